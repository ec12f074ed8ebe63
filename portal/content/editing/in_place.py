"""Panels that are edited directly on the page: lines of text, and the lead picture with its crops."""

from typing import Any

from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.admin.widgets import AdminAutoHeightTextInput

from portal.content.blocks.pictures import LEAD_IMAGE_FIELDS


class LeadPicturePanel(MultiFieldPanel):
    """The crops of the lead picture, above its fields."""

    def __init__(self, children: Any = (), **kwargs: Any):
        super().__init__(children or [FieldPanel(name) for name in LEAD_IMAGE_FIELDS], **kwargs)

    @property
    def clean_name(self) -> str:
        return "lead_image"

    class BoundPanel(MultiFieldPanel.BoundPanel):
        template_name = "editing/lead_picture.html"


def line_of_text(name: str, placeholder: Any) -> FieldPanel:
    """A text field edited in place. It grows with its text and shows `placeholder` while it is empty."""
    return FieldPanel(name, widget=AdminAutoHeightTextInput(attrs={"placeholder": placeholder}))
