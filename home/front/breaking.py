"""The band of breaking news: one sentence and a link, until a set time."""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks.struct_block import BlockGroup

from home.front.base import Shelf, TypedDateTimeBlock
from home.front.links import OptionalLinkBlock, public_link

PREVIEW_END = timedelta(hours=3)


class BreakingShelf(Shelf):
    may_be_empty = False

    label = blocks.CharBlock(
        label=_("Label"), required=False, max_length=30, help_text=_("Empty: “Breaking” in the language of the page.")
    )
    text = blocks.CharBlock(label=_("Text"), max_length=140)
    link = OptionalLinkBlock(label=_("Link"))
    ends_at = TypedDateTimeBlock(label=_("Ends at"), help_text=_("The band is hidden from then on."))

    class Meta:
        icon = "drawing-breaking-shelf"
        label = _("Breaking news")
        description = _("One sentence across the page, with a link, until a set time. It belongs at the top.")
        template = "home/shelves/breaking.html"
        preview_value = {"label": "", "text": "Le pont de Thionville est fermé jusqu’à ce soir."}

    def arrange(self, value, cards, edition, now):
        return {"link": public_link(value["link"], edition, now)}

    def get_preview_value(self):
        return self.normalize(
            {**self.get_default(), **self.meta.preview_value, "ends_at": timezone.now() + PREVIEW_END}
        )

    def get_form_layout(self):
        return BlockGroup(["label", "text", "link", "ends_at"])
