"""The parts of landing shelves: pictures, columns, cards and tabs."""

from django.utils.translation import gettext_lazy as _, pgettext_lazy
from wagtail import blocks

from home.front.links import OptionalLinkBlock
from portal.content.blocks.pictures import ALT_HELP, DECORATIVE_HELP, GrowingLineBlock, PhotoChooserBlock
from portal.content.blocks.text import PARAGRAPHS


class LandingPictureBlock(blocks.StructBlock):
    """The checklist requires `alt`, but the form does not, so that a draft can be saved without it."""

    may_be_empty = True

    image = PhotoChooserBlock(label=_("Image"), required=False)
    alt = GrowingLineBlock(label=_("Alternative text"), required=False, max_length=255, help_text=ALT_HELP)
    decorative = blocks.BooleanBlock(label=_("Decorative"), required=False, help_text=DECORATIVE_HELP)

    class Meta:
        icon = "image"
        label = _("Picture")

    def clean(self, value):
        cleaned = super().clean(value)
        if cleaned["decorative"]:
            cleaned["alt"] = ""
        return cleaned


class ColumnBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("Title"), required=False, max_length=120)
    picture = LandingPictureBlock()
    text = blocks.RichTextBlock(label=_("Text"), features=PARAGRAPHS)
    link = OptionalLinkBlock(label=_("Link"))

    class Meta:
        icon = "dots-vertical"
        label = pgettext_lazy("of a layout", "Column")
        label_format = "{title}"


class LandingCardBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("Title"), max_length=120)
    picture = LandingPictureBlock()
    text = blocks.TextBlock(label=_("Text"), required=False, max_length=300, help_text=_("One or two sentences."))
    link = OptionalLinkBlock(label=_("Link"), help_text=_("The whole card leads there."))

    class Meta:
        icon = "doc-full"
        label = pgettext_lazy("of a layout", "Card")
        label_format = "{title}"


class TabBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("Title"), max_length=60, help_text=_("One to three words."))
    text = blocks.RichTextBlock(label=_("Text"), features=PARAGRAPHS)

    class Meta:
        icon = "doc-empty"
        label = pgettext_lazy("of a layout", "Tab")
        label_format = "{title}"
