"""Blocks of pictures and videos."""

import re
from typing import Any

from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _, pgettext_lazy
from wagtail import blocks
from wagtail.admin.widgets import AdminAutoHeightTextInput, BaseChooser
from wagtail.images import get_image_model
from wagtail.images.blocks import ImageChooserBlock
from wagtail.images.shortcuts import get_rendition_or_not_found
from wagtail.images.widgets import AdminImageChooser

from portal.content.blocks.previews import PreviewsOwnFile

ALT_HELP = _("What the picture shows, for people who cannot see it.")
DECORATIVE_HELP = _("It adds nothing to the text: screen readers skip it.")

LEAD_IMAGE_FIELDS = ("lead_image", "lead_image_caption", "lead_image_alt", "lead_image_decorative")


class GrowingLineBlock(blocks.CharBlock):
    """A text field that grows to show its whole line."""

    def __init__(self, **kwargs: Any):
        super().__init__(**kwargs)
        self.field.widget = AdminAutoHeightTextInput(attrs={**self.field.widget.attrs, "rows": 1})

    def clean(self, value):
        # A disabled field submits nothing.
        return super().clean(" ".join((value or "").split()))


class PhotoChooser(AdminImageChooser):
    """Shows the picture large enough to describe it, together with its credit."""

    def get_value_data_from_instance(self, instance):
        # Skips Wagtail's smaller preview.
        data = BaseChooser.get_value_data_from_instance(self, instance)
        preview = get_rendition_or_not_found(instance, "max-480x480")
        data["preview"] = {"url": preview.url, "width": preview.width, "height": preview.height}
        return data | {"default_alt_text": instance.default_alt_text, "credit": instance.credit}


class PhotoChooserBlock(ImageChooserBlock):
    @cached_property
    def widget(self):
        return PhotoChooser()


class GalleryImageBlock(blocks.StructBlock):
    """The checklist requires `alt`, but the form does not, so that a draft can be saved without it."""

    image = PhotoChooserBlock(label=_("Image"))
    alt = GrowingLineBlock(label=_("Alternative text"), required=False, max_length=255, help_text=ALT_HELP)
    decorative = blocks.BooleanBlock(label=_("Decorative"), required=False, help_text=DECORATIVE_HELP)
    caption = GrowingLineBlock(label=pgettext_lazy("of a picture", "Caption"), required=False, max_length=300)
    credit = blocks.CharBlock(label=_("Credit"), required=False, max_length=160, help_text=_("Empty: the image's own."))

    class Meta:
        icon = "image"
        label = _("Image")

    def clean(self, value):
        cleaned = super().clean(value)
        if cleaned["decorative"]:
            cleaned["alt"] = ""
        return cleaned


class FigureBlock(GalleryImageBlock, PreviewsOwnFile):
    preview_field = "image"

    wide = blocks.BooleanBlock(label=_("Wider than the text"), required=False)
    full = blocks.BooleanBlock(
        label=_("As wide as the window"), required=False, help_text=_("In a long read; elsewhere wider than the text.")
    )

    class Meta:
        icon = "drawing-figure"
        label = _("Image")
        description = _("A picture with caption and credit.")
        group = _("Pictures")
        template = "blocks/figure.html"
        preview_value = {
            "alt": "",
            "decorative": False,
            "caption": "L’atelier, un matin d’hiver.",
            "credit": "",
            "wide": False,
            "full": False,
        }


class GalleryBlock(PreviewsOwnFile):
    images = blocks.ListBlock(GalleryImageBlock(), label=_("Images"), min_num=2)

    def preview_model(self):
        return get_image_model()

    def preview_files(self, file):
        return {"images": [{"image": file, "alt": "", "decorative": False, "caption": "", "credit": ""}] * 3}

    class Meta:
        icon = "drawing-gallery"
        label = _("Gallery")
        description = _("Several pictures side by side.")
        group = _("Pictures")
        template = "blocks/gallery.html"
        preview_value: dict[str, Any] = {}


# Players that do not track readers: URL patterns and embed URLs.
PLAYERS = [
    (
        re.compile(
            r"https://(?:www\.|m\.)?(?:youtube\.com/watch\?(?:.*&)?v=|youtu\.be/|youtube\.com/shorts/)([\w-]{6,20})"
        ),
        "https://www.youtube-nocookie.com/embed/{}?autoplay=1",
    ),
    (re.compile(r"https://(?:www\.)?vimeo\.com/(\d{5,12})"), "https://player.vimeo.com/video/{}?autoplay=1&dnt=1"),
]


class VideoValue(blocks.StructValue):
    @property
    def player(self) -> str:
        """The URL of a player that sets no cookies; empty if the block can only link to the video."""
        for pattern, address in PLAYERS:
            if found := pattern.match(self["url"] or ""):
                return address.format(found[1])
        return ""


class VideoBlock(PreviewsOwnFile):
    preview_field = "image"

    title = blocks.CharBlock(label=_("Title"), max_length=160)
    url = blocks.URLBlock(label=_("Address"), help_text=_("YouTube and Vimeo play in the page, others on their site."))
    image = ImageChooserBlock(label=_("Poster"), help_text=_("The video's host receives no request before a click."))
    duration = blocks.CharBlock(label=_("Duration"), required=False, max_length=12)
    transcript = blocks.RichTextBlock(label=_("Transcript"), required=False, features=["bold", "italic", "ul"])

    class Meta:
        icon = "drawing-video"
        label = _("Video")
        description = _("A video behind its poster: third parties learn nothing about readers before a click.")
        group = _("Pictures")
        value_class = VideoValue
        template = "blocks/video.html"
        preview_value = {
            "title": "Visite de l’atelier",
            "url": "https://vimeo.com/123456",
            "duration": "3:40",
            "transcript": "<p>Le film montre les trois étapes de la fabrication.</p>",
        }
