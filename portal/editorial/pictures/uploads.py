"""The second step of a multiple upload, which Wagtail would store with its metadata."""

from typing import Any

from wagtail.images.views import multiple

from portal.media.forms import prepare_picture


class CreateFromUploadView(multiple.CreateFromUploadedImageView):
    """For an upload whose form needs more input. The file was checked in the first step."""

    def save_object(self, form: Any) -> None:
        uploaded = self.upload.file
        with uploaded.open("rb") as content:
            picture = prepare_picture(content, uploaded.name)
        self.object.file.save(picture.name, picture, save=False)
        self.object.uploaded_by_user = self.request.user
        self.object.file_size = picture.size
        self.object.credit = form.cleaned_data.get("credit") or picture.credit
        form.save()
        self.object.file.close()
