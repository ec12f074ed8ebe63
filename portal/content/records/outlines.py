"""Map outlines: borders and lines that an administrator loads from GeoJSON."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.functional import cached_property
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, gettext_lazy as _, pgettext_lazy
from wagtail.admin.panels import FieldPanel, HelpPanel

from portal.content.records.catalogue import CatalogueRecord
from portal.content.separation.forms import CatalogueForm
from portal.maps.drawing import drawn
from portal.maps.outlines import MOST_CHARACTERS, MapError, Outline, read, written


class MapOutlineForm(CatalogueForm):
    """Takes GeoJSON from a file or as text, and stores it simplified."""

    file = forms.FileField(
        label=_("GeoJSON file"),
        required=False,
        help_text=_("Polygons and lines in degrees (WGS 84). Long outlines are simplified."),
    )

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if "geojson" in self.fields:
            # The file can take its place.
            self.fields["geojson"].required = False

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        file = cleaned.get("file")
        if "geojson" not in self.fields or "file" in self.errors or "geojson" in self.errors:
            return cleaned
        try:
            text = _text_of(file) if file else cleaned.get("geojson") or ""
            if not text.strip():
                raise MapError(gettext("Choose a file, or paste GeoJSON."))
            cleaned["geojson"] = written(read(text))
        except MapError as error:
            self.add_error("file" if file else "geojson", ValidationError(str(error)))
        return cleaned


def _text_of(file: Any) -> str:
    """The text of an uploaded file. Raises MapError."""
    # A character in UTF-8 has at most four bytes, but GeoJSON is mostly digits.
    if file.size > MOST_CHARACTERS:
        raise MapError(gettext("This GeoJSON is too long: at most two million characters."))
    try:
        return str(file.read().decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise MapError(gettext("This file is not text in UTF-8.")) from error


class MapOutline(CatalogueRecord):
    base_form_class = MapOutlineForm

    name = models.CharField(_("name"), max_length=80, help_text=_("For the choice in the editor: “Lorraine, 2026”."))
    geojson = models.TextField(
        _("GeoJSON"), help_text=_("Or paste the text here. With a file, this is replaced by its content.")
    )
    credit = models.CharField(
        _("credit"),
        max_length=200,
        blank=True,
        help_text=_("Whom the licence of the data names: shown below each map."),
    )

    panels = [
        "name",
        FieldPanel("file"),
        HelpPanel(template="core/map_outline.html", heading=pgettext_lazy("of a region", "Map")),
        # Wagtail's own grows with its text, here by a thousand lines.
        FieldPanel("geojson", widget=forms.Textarea({"rows": 6, "spellcheck": "false"})),
        "credit",
        "site",
    ]

    class Meta:
        ordering = ["name", "pk"]
        verbose_name = _("map outline")
        verbose_name_plural = _("map outlines")

    def __str__(self):
        return self.name

    @cached_property
    def shape(self) -> Outline | None:
        """The borders and lines; None if a program has stored something else."""
        try:
            return read(self.geojson)
        except MapError:
            return None

    def drawing(self) -> SafeString:
        return drawn(self.shape, [], self.name, get_language() or "") if self.geojson and self.shape else SafeString()
