"""Upload forms: pictures are redrawn or rejected, documents keep their URL."""

from collections.abc import Sequence
from io import BytesIO
from pathlib import PurePath

import willow
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.translation import gettext_lazy as _
from wagtail.documents.forms import BaseDocumentForm
from wagtail.images.fields import WagtailImageField
from wagtail.images.forms import BaseImageForm

from portal.media.drawing import TooManyPixelsError
from portal.media.uploads import BrokenPictureError, PreparedPicture, UnknownFormatError, prepare, prepare_all
from portal.recordings.captions import MOST_BYTES, CaptionsError, read_captions
from portal.recordings.types import CAPTIONS, extension_of, has_content_of, kind_of


class PictureFile(SimpleUploadedFile):
    """A picture to store, with the credit and description found in the uploaded file."""

    def __init__(self, prepared: PreparedPicture):
        super().__init__(prepared.name, prepared.content, prepared.content_type)
        self.credit, self.description = prepared.credit, prepared.description
        # Wagtail's field sets it too, for further validation.
        self.image = willow.Image.open(BytesIO(prepared.content))


def prepare_picture(file, name: str) -> PictureFile:
    """Redraw an upload within the limits in the settings. Raises the errors of `prepare`."""
    return PictureFile(prepare(file, name, settings.PICTURE_LONGEST_SIDE, settings.PICTURE_MAX_BYTES))


def prepare_pictures(pictures: Sequence[tuple[bytes, str]]) -> list[PictureFile | None]:
    """Redraw many pictures, given with their names, within the limits; None for each that cannot be redrawn."""
    found = prepare_all(pictures, settings.PICTURE_LONGEST_SIDE, settings.PICTURE_MAX_BYTES)
    return [PictureFile(each) if each else None for each in found]


class RedrawnImageField(WagtailImageField):
    """Redraws the picture and names it by its content. Wagtail would store the upload unchanged.

    Phones and programs use `.jpg` for PNG, WebP and HEIC files, too.
    """

    def to_python(self, data):
        # Wagtail's own method would reject such a name, and animated PNGs.
        uploaded = forms.FileField.to_python(self, data)
        if uploaded is None:
            return None
        self.check_image_file_size(uploaded)
        try:
            return prepare_picture(uploaded, uploaded.name or "")
        except TooManyPixelsError as fault:
            numbers = {"num_pixels": fault.pixels or _("unknown number"), "max_pixels_count": fault.most}
            sentence = self.error_messages["file_too_many_pixels"] % numbers
            raise ValidationError(sentence, code="file_too_many_pixels") from fault
        except UnknownFormatError as fault:
            sentence = self.error_messages["invalid_image_extension"]
            raise ValidationError(sentence, code="invalid_image_extension") from fault
        except BrokenPictureError as fault:
            raise ValidationError(self.error_messages["invalid_image"], code="invalid_image") from fault


def check_recording(file) -> None:
    """Refuse an upload whose content is not the audio, video or captions that its name promises."""
    kind, extension = kind_of(file.name), extension_of(file.name)
    if kind == CAPTIONS:
        file.seek(0)
        content = file.read(MOST_BYTES + 1)
        file.seek(0)
        try:
            read_captions(content)
        except CaptionsError as error:
            raise ValidationError(str(error), code="invalid_captions") from error
    elif kind and not has_content_of(file, extension):
        text = _("This file is named .%(extension)s, but its content is something else. Export it again as %(name)s.")
        raise ValidationError(text % {"extension": extension, "name": extension.upper()}, code="invalid_recording")


class DocumentForm(BaseDocumentForm):
    """Keeps a document's URL when its file is replaced by one of the same type."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk and "file" in self.fields:
            self.fields["file"].help_text = _("A new file of the same type keeps the address of this document.")

    def clean_file(self):
        file = self.cleaned_data["file"]
        if "file" in self.changed_data and file:
            check_recording(file)
        return file

    def clean(self):
        cleaned = super().clean()
        new, old = cleaned.get("file"), self.original_file
        if self.instance.pk and old and "file" in self.changed_data and new:
            name = PurePath(old.name).name
            if PurePath(new.name).suffix.lower() == PurePath(name).suffix.lower():
                # Wagtail deletes the old file before it stores the new one, so the name is free.
                new.name = name
            self.instance.measure(new)
        return cleaned


class ImageForm(BaseImageForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if plain := self.fields.get("file"):
            self.fields["file"] = RedrawnImageField(label=plain.label, required=plain.required, widget=plain.widget)
        if ends := self.fields.get("licence_ends"):
            ends.widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        if alt := self.fields.get("description"):
            alt.label = _("Alternative text")
            alt.help_text = _(
                "What the picture shows, for people who cannot see it. Suggested wherever it is used. "
                "Empty on upload: taken from the file, if somebody wrote it there."
            )

    def clean(self):
        cleaned = super().clean()
        picture = cleaned.get("file")
        for name in ("credit", "description") if isinstance(picture, PictureFile) else ():
            if name in self.fields and not cleaned.get(name):
                cleaned[name] = getattr(picture, name)
        return cleaned
