"""Blocks of pictures and videos."""

import re
from typing import Any

from django.utils.translation import gettext_lazy as _, pgettext_lazy
from wagtail import blocks
from wagtail.images import get_image_model
from wagtail.images.blocks import ImageChooserBlock

from portal.content.blocks.previews import PreviewsOwnFile

ALT_HELP = _("What is to be seen, for those who do not see it.")
DECORATIVE_HELP = _("It shows nothing that the text does not say: screen readers pass over it.")

LEAD_IMAGE_FIELDS = ("lead_image", "lead_image_alt", "lead_image_decorative", "lead_image_caption")


class GalleryImageBlock(blocks.StructBlock):
    """The checklist, not the form, requires `alt`, so that a draft can be saved without it."""

    image = ImageChooserBlock(label=_("Image"))
    alt = blocks.CharBlock(label=_("Alternative text"), required=False, max_length=255, help_text=ALT_HELP)
    decorative = blocks.BooleanBlock(label=_("Decorative"), required=False, help_text=DECORATIVE_HELP)
    caption = blocks.CharBlock(label=pgettext_lazy("of a picture", "Caption"), required=False, max_length=300)

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

    credit = blocks.CharBlock(label=_("Credit"), required=False, max_length=160, help_text=_("Empty: the image's own."))
    wide = blocks.BooleanBlock(label=_("Wider than the text"), required=False)

    class Meta:
        icon = "image"
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
        }


class GalleryBlock(PreviewsOwnFile):
    images = blocks.ListBlock(GalleryImageBlock(), label=_("Images"), min_num=2)

    def preview_model(self):
        return get_image_model()

    def preview_files(self, file):
        return {"images": [{"image": file, "alt": "", "decorative": False, "caption": ""}] * 3}

    class Meta:
        icon = "image"
        label = _("Gallery")
        description = _("Several pictures side by side.")
        group = _("Pictures")
        template = "blocks/gallery.html"
        preview_value: dict[str, Any] = {}


# Players that do not track the reader: URL patterns and embed URLs.
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
        """The URL of a player that sets no cookie; empty if only a link to the video can be offered."""
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
        icon = "media"
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
