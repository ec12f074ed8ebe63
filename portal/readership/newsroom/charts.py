"""Draws charts as SVG, without a script and without styles of its own: plain values in, markup out."""

from collections.abc import Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

WIDTH, HEIGHT = 720, 200
LEFT, BOTTOM, TOP = 64, 26, 16
# At most so many words stand below the bars.
MOST_LABELS = 8
# A word that would begin nearer to the edge ends there.
WIDEST_LABEL = 66


def bars(values: Sequence[tuple[str, int]], title: str, describe: str = "{label}: {value}") -> SafeString:
    """A bar for each label; the words of the chart are also its text for who does not see it."""
    top = round_up(max((value for _label, value in values), default=0))
    step = (WIDTH - LEFT) / max(len(values), 1)
    space = HEIGHT - TOP - BOTTOM
    each = -(-len(values) // MOST_LABELS) or 1
    drawn = format_html_join(
        "",
        '<rect class="chart__bar" x="{}" y="{}" width="{}" height="{}"><title>{}</title></rect>',
        (
            (
                f"{LEFT + number * step:.1f}",
                f"{TOP + space - value / top * space:.1f}",
                f"{max(step * 0.8, 0.8):.1f}",
                f"{value / top * space:.1f}",
                describe.format(label=label, value=value),
            )
            for number, (label, value) in enumerate(values)
        ),
    )
    labels = format_html_join(
        "",
        '<text class="chart__label" x="{}" y="{}" text-anchor="{}">{}</text>',
        (
            (*_anchored(LEFT + number * step), label)
            for number, (label, _value) in enumerate(values)
            if number % each == 0
        ),
    )
    lines = format_html_join(
        "",
        '<line class="chart__line" x1="{0}" x2="{1}" y1="{2}" y2="{2}"/>'
        '<text class="chart__label chart__label--value" x="{3}" y="{4}" text-anchor="end">{5}</text>',
        (
            (
                LEFT,
                WIDTH,
                f"{TOP + space * (1 - part):.1f}",
                LEFT - 6,
                f"{TOP + space * (1 - part) + 4:.1f}",
                int(top * part),
            )
            for part in (0, 0.5, 1)
        ),
    )
    return format_html(
        '<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}" xmlns="http://www.w3.org/2000/svg">{}{}<g>{}</g></svg>',
        WIDTH,
        HEIGHT,
        title,
        lines,
        drawn,
        labels,
    )


def _anchored(start: float) -> tuple[str, int, str]:
    """Where a word below the bars stands, and which of its ends is there."""
    if start > WIDTH - WIDEST_LABEL:
        return str(WIDTH), HEIGHT - 6, "end"
    return f"{start:.1f}", HEIGHT - 6, "start"


def round_up(value: int) -> int:
    """The next even number of the form 2, 4, 6, 8 or 10 times a power of ten: a scale whose half is whole."""
    power = 1
    while value > 10 * power:
        power *= 10
    return max(-(-value // (2 * power)) * 2 * power, 2)
