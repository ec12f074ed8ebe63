"""Parts of the newsroom's form for a page that Wagtail has not."""

from wagtail.admin.panels import FieldPanel, PublishingPanel
from wagtail.admin.widgets import AdminDateTimeInput


class EmbargoPanel(PublishingPanel):
    """Wagtail's dialog for the publishing schedule, with the embargo first."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        if "children" not in kwargs:
            # As Wagtail has them, so that the dialog shows and counts their errors.
            widget = AdminDateTimeInput(
                js_overlay_parent_selector="#schedule-publishing-dialog",
                attrs={
                    "data-controller": "w-action",
                    "data-action": "w-dialog:hidden->w-action#reset",
                    "data-w-dialog-target": "notify",
                },
            )
            self.children = [FieldPanel("embargo_until", widget=widget), *self.children]
