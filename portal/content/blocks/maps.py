"""A map that the server draws from an outline and a list of points."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import cached_property
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, gettext_lazy as _, pgettext_lazy
from wagtail import blocks
from wagtail.blocks.list_block import ListBlockValidationError
from wagtail.blocks.struct_block import StructBlockValidationError
from wagtail.snippets.blocks import SnippetChooserBlock

from portal.content.blocks.links import TargetValue
from portal.content.blocks.previews import PreviewsOwnFile
from portal.maps.coordinates import read_pair, written_pair
from portal.maps.drawing import MapPoint, drawn
from portal.maps.outlines import MapError, Outline, Position
from portal.maps.projection import is_far

MOST_POINTS = 30


class CoordinatesBlock(blocks.FieldBlock):
    """Latitude and longitude in one field, as map services copy them. Translators and the search do not need them."""

    def __init__(self, required: bool = True, help_text: Any = None, **kwargs: Any):
        self.field = forms.CharField(required=required, help_text=help_text, max_length=60)
        super().__init__(**kwargs)

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        try:
            return written_pair(read_pair(text)) if text else ""
        except MapError as error:
            raise ValidationError(str(error)) from error

    class Meta:
        icon = "crosshairs"
        default = ""


class OutlineChooserBlock(SnippetChooserBlock):
    def get_api_representation(self, value: Any, context: Any = None) -> dict[str, Any] | None:
        return {"name": value.name, "credit": value.credit, "geojson": value.geojson} if value else None


class PointValue(TargetValue):
    def position(self) -> Position | None:
        """Longitude and latitude; None in a draft without them."""
        try:
            return read_pair(self["coordinates"] or "")
        except MapError:
            return None


class PointBlock(blocks.StructBlock):
    name = blocks.CharBlock(label=_("Name"), max_length=80)
    coordinates = CoordinatesBlock(
        label=_("Latitude, longitude"), help_text=_("As map services copy them: 49.1193, 6.1757.")
    )
    text = blocks.TextBlock(label=_("Text"), required=False, max_length=300)
    page = blocks.PageChooserBlock(label=_("Page"), required=False)
    url = blocks.URLBlock(label=_("Or address"), required=False)

    class Meta:
        icon = "crosshairs"
        label = _("Point")
        value_class = PointValue

    def clean(self, value):
        cleaned = super().clean(value)
        if cleaned["page"] and cleaned["url"]:
            message = _("Choose a page or write an address, not both.")
            raise StructBlockValidationError({"page": ValidationError(message)})
        return cleaned


class MapValue(blocks.StructValue):
    @cached_property
    def places(self) -> list[PointValue]:
        """The points that have a place, in the order of their numbers."""
        return [point for point in self["points"] if point.position()]

    @property
    def shape(self) -> Outline | None:
        return self["outline"].shape if self["outline"] else None

    def drawing(self) -> SafeString:
        points = [MapPoint(place["name"], position) for place in self.places if (position := place.position())]
        if not (points or self.shape):
            return SafeString()
        return drawn(self.shape, points, self["title"], get_language() or "")


class MapBlock(PreviewsOwnFile):
    preview_field = "outline"
    preview_permission = "view"

    title = blocks.CharBlock(
        label=_("Finding"), max_length=160, help_text=_("What the map shows, as a sentence: “Half the ports are idle.”")
    )
    outline = OutlineChooserBlock(
        "core.MapOutline",
        label=_("Outline"),
        help_text=_("Borders and lines behind the points. Administrators of the site load them."),
    )
    points = blocks.ListBlock(
        PointBlock(),
        label=_("Points"),
        min_num=1,
        max_num=MOST_POINTS,
        help_text=_("They are numbered in this order, on the map and in the list beside it."),
    )
    source = blocks.CharBlock(label=_("Source"), required=False, max_length=200)

    class Meta:
        icon = "drawing-map"
        label = pgettext_lazy("of a region", "Map")
        description = _("Numbered points on an outline, with a list of them.")
        group = _("Facts")
        template = "blocks/map.html"
        value_class = MapValue
        preview_value = {
            "title": "Trois ports de la Moselle se partagent le trafic",
            "points": [
                {
                    "name": "Metz",
                    "coordinates": "49.1341, 6.1833",
                    "text": "Le premier port céréalier",
                    "page": None,
                    "url": "",
                },
                {"name": "Thionville-Illange", "coordinates": "49.3266, 6.1764", "text": "", "page": None, "url": ""},
                {"name": "Frouard", "coordinates": "48.7585, 6.1396", "text": "", "page": None, "url": ""},
            ],
            "source": "Voies navigables de France",
        }

    def clean(self, value):
        cleaned = super().clean(value)
        shape = cleaned.shape
        if shape is None:
            return cleaned
        errors = {}
        for number, point in enumerate(cleaned["points"]):
            position = point.position()
            if position and is_far(position, shape.positions):
                message = gettext("This point is far from the outline. Latitude comes first, then longitude.")
                errors[number] = StructBlockValidationError({"coordinates": ValidationError(message)})
        if errors:
            raise StructBlockValidationError({"points": ListBlockValidationError(block_errors=errors)})
        return cleaned
