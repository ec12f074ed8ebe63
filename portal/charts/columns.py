"""Draws charts as SVG from plain values, without scripts or inline styles."""

from collections.abc import Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

WIDTH, HEIGHT = 720, 200
LEFT, BOTTOM, TOP = 64, 26, 16
MAX_LABELS = 8
# A label that would start closer than this to the right edge is aligned with the edge.
WIDEST_LABEL = 66

SVG = (
    f'<svg class="chart" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{{}}" xmlns="http://www.w3.org/2000/svg">'
    "{}{}<g>{}</g></svg>"
)
LINE = (
    f'<line class="chart__line" x1="{LEFT}" x2="{WIDTH}" y1="{{0}}" y2="{{0}}"/>'
    f'<text class="chart__label chart__label--value" x="{LEFT - 6}" y="{{1}}" text-anchor="end">{{2}}</text>'
)
BAR = '<rect class="chart__bar" x="{}" y="{}" width="{}" height="{}"><title>{}: {}</title></rect>'
LABEL = f'<text class="chart__label" x="{{}}" y="{HEIGHT - 6}" text-anchor="{{}}">{{}}</text>'


def bars(rows: Sequence[tuple[str, int]], title: str) -> SafeString:
    """A bar for each label, with its value as text for screen readers."""
    top = round_up(max((value for _label, value in rows), default=0))
    step, space = (WIDTH - LEFT) / max(len(rows), 1), HEIGHT - TOP - BOTTOM
    width, every = f"{max(step * 0.8, 0.8):.1f}", -(-len(rows) // MAX_LABELS) or 1
    drawn, labels = [], []
    for number, (label, value) in enumerate(rows):
        x, height = LEFT + number * step, value / top * space
        drawn.append((f"{x:.1f}", f"{TOP + space - height:.1f}", width, f"{height:.1f}", label, value))
        if number % every == 0:
            labels.append((WIDTH, "end", label) if x > WIDTH - WIDEST_LABEL else (f"{x:.1f}", "start", label))
    heights = [(TOP + space * (1 - part), int(top * part)) for part in (0, 0.5, 1)]
    lines = [(f"{y:.1f}", f"{y + 4:.1f}", value) for y, value in heights]
    parts = [format_html_join("", markup, each) for markup, each in ((LINE, lines), (BAR, drawn), (LABEL, labels))]
    return format_html(SVG, title, *parts)


def round_up(value: int) -> int:
    """The upper end of a scale: 2, 4, 6, 8 or 10 times a power of ten, so that half of it is a whole number."""
    power = 1
    while value > 10 * power:
        power *= 10
    return max(-(-value // (2 * power)) * 2 * power, 2)
