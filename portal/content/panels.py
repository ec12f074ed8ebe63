"""Panels and form fields that the newsroom adds to Wagtail's."""

from typing import Any, ClassVar

from django import forms
from django.template.defaultfilters import linebreaksbr
from django.utils.translation import gettext, gettext_lazy as _
from modelcluster.forms import BaseChildFormSet
from wagtail.admin.panels import FieldPanel, MultipleChooserPanel, PageChooserPanel, Panel, PublishingPanel
from wagtail.admin.widgets import AdminDateTimeInput

from portal.content.blocks.pictures import LEAD_IMAGE_FIELDS
from portal.content.forms import DistinctRows
from portal.content.kinds import Listed, models_of

CROP_HELP = _(
    "It is cropped to fit, and keeps its faces or its upper part. To change that, edit the picture and draw a box "
    "around what must remain visible."
)


def lead_image_panels() -> list[FieldPanel]:
    chosen, *texts = LEAD_IMAGE_FIELDS
    return [FieldPanel(chosen, help_text=CROP_HELP), *map(FieldPanel, texts)]


class ColourInput(forms.TextInput):
    """A colour as #rrggbb, typed or chosen with the browser's colour picker."""

    def __init__(self, attrs: dict[str, Any] | None = None):
        super().__init__({"data-colour": _("Choose the colour"), "spellcheck": "false", **(attrs or {})})

    class Media:
        css = {"all": ["css/colour-input.css"]}
        js = [forms.Script("js/colour-input.js", defer=True)]


class EmbargoPanel(PublishingPanel):
    """Wagtail's schedule dialog, with the embargo first."""

    children: list[Panel]

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        if "children" not in kwargs:
            # It has the attributes of Wagtail's fields, so that the dialog shows and counts this field's errors.
            widget = AdminDateTimeInput(
                js_overlay_parent_selector="#schedule-publishing-dialog",
                attrs={
                    "data-controller": "w-action",
                    "data-action": "w-dialog:hidden->w-action#reset",
                    "data-w-dialog-target": "notify",
                },
            )
            go_live, expiry = self.children
            # The field's script shows the error while the user types; the server validates as well.
            expiry.widget.attrs["data-not-past"] = ""
            self.children = [FieldPanel("embargo_until", widget=widget), go_live, expiry]


class DistinctChoices(DistinctRows):
    """Rows with distinct choices, as a unique constraint in the database requires."""

    def save(self, commit: bool = True) -> list[Any]:
        saved: list[Any] = super().save(commit=commit)
        if len(self.rows_to_be) > 1 and any(map(self.is_changed, self.rows_to_be)):
            self._take_stored_keys()
        return saved

    def _take_stored_keys(self) -> None:
        """Give each row the primary key under which its choice is stored.

        Rows are saved one by one: if two swapped their choices, the first would violate the constraint.
        """
        column = self.model._meta.get_field(self.distinct_by[0]).attname
        rows = getattr(self.instance, self.rel_name).get_object_list()
        held = {row.pk: row for row in rows if row.pk is not None}
        stored = dict(self.model._base_manager.filter(pk__in=held).values_list(column, "pk")) if held else {}
        keys = [stored.get(getattr(row, column)) for row in rows]
        left = sorted(held.keys() - {*keys})
        for row, key in zip(rows, keys, strict=True):
            has_own = row.pk is not None
            row.pk = left.pop(0) if key is None and has_own and left else key


class DistinctChoicesPanel(MultipleChooserPanel):
    """A list of chosen records without duplicates."""

    def get_form_options(self) -> dict[str, Any]:
        options: dict[str, Any] = super().get_form_options()
        choices = type("DistinctChoices", (DistinctChoices,), {"distinct_by": (self.chooser_field_name,)})
        options["formsets"][self.relation_name]["formset"] = choices
        return options


class OtherPages(BaseChildFormSet):
    """A list of pages that excludes the page itself."""

    chosen: ClassVar[str]

    def clean(self) -> None:
        for row in self.forms:
            page = row.cleaned_data.get(self.chosen) if row.is_valid() else None
            if page is not None and page.pk == self.instance.pk:
                row.add_error(self.chosen, gettext("This is the page that you are editing. Choose another one."))
        super().clean()


class OtherPagesPanel(MultipleChooserPanel):
    def get_form_options(self) -> dict[str, Any]:
        options: dict[str, Any] = super().get_form_options()
        others = type("OtherPages", (OtherPages,), {"chosen": self.chooser_field_name})
        options["formsets"][self.relation_name]["formset"] = others
        return options


class StoryChooserPanel(PageChooserPanel):
    """Offers pages of every kind that is listed as a story."""

    def get_form_options(self) -> dict[str, Any]:
        self.page_type = models_of(Listed.STORIES)
        options: dict[str, Any] = super().get_form_options()
        return options


class ShownPanel(FieldPanel):
    """Shows read-only values. Wagtail would show “None” for an empty value and drop line breaks."""

    def format_value_for_display(self, value: Any) -> Any:
        shown = "–" if value is None else super().format_value_for_display(value)
        return linebreaksbr(shown) if isinstance(shown, str) and "\n" in shown else shown
