"""Panels and fields of the newsroom's forms in addition to Wagtail's."""

from typing import Any

from django import forms
from django.template.defaultfilters import linebreaksbr
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultipleChooserPanel, Panel, PublishingPanel
from wagtail.admin.widgets import AdminDateTimeInput

from portal.core.blocks.pictures import LEAD_IMAGE_FIELDS
from portal.core.forms import DistinctRows, OtherPages

CROP_HELP = _(
    "It is cropped to fit; a tall one keeps its upper part. Where that is wrong, edit the picture and draw a box "
    "around what must stay in sight."
)


def lead_image_panels() -> list[FieldPanel]:
    chosen, *texts = LEAD_IMAGE_FIELDS
    return [FieldPanel(chosen, help_text=CROP_HELP), *map(FieldPanel, texts)]


class ColourInput(forms.TextInput):
    """A colour as #rrggbb, to be typed or, where there is a script, chosen with the browser's own picker."""

    def __init__(self, attrs: dict[str, Any] | None = None):
        super().__init__({"data-colour": _("Choose the colour"), "spellcheck": "false", **(attrs or {})})

    class Media:
        css = {"all": ["css/colour-input.css"]}
        js = [forms.Script("js/colour-input.js", defer=True)]


class EmbargoPanel(PublishingPanel):
    """Wagtail's dialog for the publishing schedule, with the embargo first."""

    children: list[Panel]

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        if "children" not in kwargs:
            # The attributes of Wagtail's own fields, so that the dialog shows and counts errors of this one.
            widget = AdminDateTimeInput(
                js_overlay_parent_selector="#schedule-publishing-dialog",
                attrs={
                    "data-controller": "w-action",
                    "data-action": "w-dialog:hidden->w-action#reset",
                    "data-w-dialog-target": "notify",
                },
            )
            go_live, expiry = self.children
            # The script of the field says so as it is typed; the server refuses it.
            expiry.widget.attrs["data-not-past"] = ""
            self.children = [FieldPanel("embargo_until", widget=widget), go_live, expiry]


class DistinctChoicesPanel(MultipleChooserPanel):
    """A list of chosen records in which each stands once."""

    def get_form_options(self) -> dict[str, Any]:
        options: dict[str, Any] = super().get_form_options()
        choices = type("DistinctChoices", (DistinctRows,), {"distinct_by": (self.chooser_field_name,)})
        options["formsets"][self.relation_name]["formset"] = choices
        return options


class OtherPagesPanel(MultipleChooserPanel):
    """A list of pages to which the page itself does not belong."""

    def get_form_options(self) -> dict[str, Any]:
        options: dict[str, Any] = super().get_form_options()
        others = type("OtherPages", (OtherPages,), {"chosen": self.chooser_field_name})
        options["formsets"][self.relation_name]["formset"] = others
        return options


class ShownPanel(FieldPanel):
    """For values that are only shown: where there is none, Wagtail would say “None”, and it runs lines together."""

    def format_value_for_display(self, value: Any) -> Any:
        shown = "–" if value is None else super().format_value_for_display(value)
        return linebreaksbr(shown) if isinstance(shown, str) and "\n" in shown else shown
