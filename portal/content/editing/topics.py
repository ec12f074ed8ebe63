"""The topics panel: Wagtail's chooser rows shown as chips below an autocomplete field."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import MultipleChooserPanel

from portal.content.panels import DistinctChoicesPanel


class TopicsPanel(DistinctChoicesPanel):
    def __init__(self, relation_name: str = "page_topics", **kwargs: Any):
        words = {"chooser_field_name": "topic", "heading": _("Topics"), "label": _("topic")}
        super().__init__(relation_name, **words | kwargs)

    @property
    def clean_name(self) -> str:
        # Otherwise the label would stay in the language in which the process first rendered it.
        return "topics"

    class BoundPanel(MultipleChooserPanel.BoundPanel):
        template_name = "editing/topics.html"

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            context: dict[str, Any] = super().get_context_data(parent_context)
            within = self.instance if self.instance.pk else self.instance.begun_below
            return context | {"page_key": within.pk if within else ""}
