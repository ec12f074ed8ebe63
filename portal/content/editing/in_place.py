"""The panels that are written in place on the paper: lines of text, and the lead picture with its crops."""

from typing import Any

from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.admin.widgets import AdminAutoHeightTextInput

from portal.content.blocks.pictures import LEAD_IMAGE_FIELDS


class LeadPicturePanel(MultiFieldPanel):
    """The picture as its crops, above its fields."""

    def __init__(self, children: Any = (), **kwargs: Any):
        super().__init__(children or [FieldPanel(name) for name in LEAD_IMAGE_FIELDS], **kwargs)

    @property
    def clean_name(self) -> str:
        return "lead_image"

    class BoundPanel(MultiFieldPanel.BoundPanel):
        template_name = "editing/lead_picture.html"


def line_of_text(name: str, placeholder: Any) -> FieldPanel:
    """A text that is written in place: it grows with its lines, and says what it is while it is empty."""
    return FieldPanel(name, widget=AdminAutoHeightTextInput(attrs={"placeholder": placeholder}))
