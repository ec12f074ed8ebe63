"""The second step of a multiple upload: stores the prepared picture without the metadata that Wagtail would store."""

from typing import Any

from wagtail.images.views import multiple

from portal.media.forms import prepare_picture


class CreateFromUploadView(multiple.CreateFromUploadedImageView):
    """The view for an upload that needs further input. The first step has checked the file."""

    def save_object(self, form: Any) -> None:
        uploaded = self.upload.file
        with uploaded.open("rb") as content:
            picture = prepare_picture(content, uploaded.name)
        self.object.file.save(picture.name, picture, save=False)
        self.object.uploaded_by_user = self.request.user
        self.object.file_size = picture.size
        for name in ("credit", "description"):
            setattr(self.object, name, form.cleaned_data.get(name) or getattr(picture, name))
        form.save()
        self.object.file.close()
