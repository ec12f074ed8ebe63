"""The upload form of images, which rejects a file that cannot be decoded completely."""

import struct

from django.core.exceptions import ValidationError
from PIL import Image as Canvas
from wagtail.images.fields import WagtailImageField
from wagtail.images.forms import BaseImageForm


class WholeImageField(WagtailImageField):
    """Decodes the whole file; Wagtail checks only its first bytes, and a truncated file would fail at a rendition."""

    def to_python(self, data):
        try:
            picture = super().to_python(data)
            if picture is not None:
                with Canvas.open(picture) as opened:
                    opened.load()
                picture.seek(0)
        except (OSError, EOFError, SyntaxError, ValueError, struct.error) as fault:
            raise ValidationError(self.error_messages["invalid_image"], code="invalid_image") from fault
        return picture


class ImageForm(BaseImageForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if plain := self.fields.get("file"):
            self.fields["file"] = WholeImageField(label=plain.label, required=plain.required, widget=plain.widget)
