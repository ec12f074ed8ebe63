"""Draws the names of regions and towns. A class says from which width a name fits; a style sheet hides it below."""

from collections.abc import Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from portal.maps.labels import LabelBox, Named, centred, label_point, placed
from portal.maps.outlines import Outline
from portal.maps.projection import Frame, Place, clipped

NAME = (
    '<svg x="{}%" y="{}%" overflow="visible" aria-hidden="true"><text class="map-name map-name--{} map-name--from-{}"'
    ' x="{}" y="{}" dy="0.34em" text-anchor="{}">{}</text></svg>'
)

Spot = tuple[Place, LabelBox]


def drawn_names(
    kind: str, names: Sequence[tuple[str, Named]], spots: Sequence[Spot], ratio: float
) -> tuple[SafeString, list[Spot]]:
    """The names that fit somewhere, the first ones first, and the spots with those that they take."""
    found = placed([named for _text, named in names], spots, ratio)
    shown = [(text, named.place, *each) for (text, named), each in zip(names, found, strict=True) if each]
    html = format_html_join("", "{}", ((drawn_name(kind, *each),) for each in shown))
    return html, [*spots, *((place, box) for _text, place, box, _width in shown)]


def drawn_name(kind: str, text: str, place: Place, box: LabelBox, width: int) -> SafeString:
    middle = box.left + box.width / 2
    x, anchor = (middle, "middle") if abs(middle) < box.width / 4 else (box.left, "start")
    if anchor == "start" and box.left < 0:
        x, anchor = box.left + box.width, "end"
    right, down = (round(part * 100, 2) for part in place)
    return format_html(NAME, right, down, kind, width, round(x), round(box.top + box.height / 2), anchor, text)


def drawn_regions(
    outline: Outline, frame: Frame, spots: Sequence[Spot], language: str
) -> tuple[SafeString, list[Spot]]:
    """The names of the regions, the largest first, where they fit into their region."""
    regions = []
    for names, lines in outline.regions.items():
        parts = (clipped([frame(position) for position in line.positions]) for line in lines)
        rings = [ring for ring in parts if len(ring) > 2]
        if not rings:
            continue
        width, height = _extent([place for ring in rings for place in ring])
        text = names.name_in(language)
        regions.append((width * height, text, Named(label_point(rings, frame.ratio), centred(text), width)))
    regions.sort(key=lambda each: each[0], reverse=True)
    return drawn_names("region", [(text, named) for _size, text, named in regions], spots, frame.ratio)


def _extent(places: Sequence[Place]) -> tuple[float, float]:
    xs, ys = zip(*places, strict=True)
    return max(xs) - min(xs), max(ys) - min(ys)
