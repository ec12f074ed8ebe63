"""Line charts, with the rows from left to right. x is in percent, y in pixels."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise

from django.utils.safestring import SafeString

from portal.charts import words
from portal.charts.data import ChartData, Label
from portal.charts.rows import Canvas
from portal.charts.scales import Scale, reserve, ticks

HEIGHT, SMALL = 220, 108
TOP, BOTTOM = 18, 24
# With more rows than this, only the line shows the values.
MOST_POINTS = 16
SEGMENT = '<line class="chart__line chart__line--{}" x1="{}%" y1="{}" x2="{}%" y2="{}"/>'
POINT = '<circle class="chart__point chart__point--{}" cx="{}%" cy="{}" r="3.5"/>'


def lines(data: ChartData, title: str, unit: str) -> SafeString:
    """A line for each series on common scales. A missing value interrupts its line."""
    return _drawn(data, range(len(data.series)), title, unit, HEIGHT)


def multiples(data: ChartData, unit: str) -> list[tuple[str, SafeString]]:
    """A small chart for each series, all on the same scales: its name and its drawing."""
    return [(name, _drawn(data, [number], name, unit, SMALL)) for number, name in enumerate(data.series)]


def _drawn(data: ChartData, series: Sequence[int], title: str, unit: str, height: int) -> SafeString:
    canvas = Canvas()
    up, start = _grid(canvas, data, unit, height)
    across = _places(data.labels, start)
    for number in series:
        # A small chart has one series, in the first colour.
        _line(canvas, data.column(number), across, up, number + 1 if height == HEIGHT else 1)
    canvas.y = height
    _axis(canvas, data.labels, across)
    return canvas.svg(title)


def _places(labels: Sequence[Label], start: float) -> list[float]:
    """Where each row stands, in percent of the width: dates at their distance in time."""
    days = [label.day.toordinal() for label in labels if label.day]
    if len(days) < len(labels) or days != sorted(days) or days[0] == days[-1]:
        days = list(range(len(labels)))
    scale = Scale(days[0], days[-1], start, 98)
    return [scale(day) for day in days]


def _grid(canvas: Canvas, data: ChartData, unit: str, height: int) -> tuple[Scale, float]:
    """Draw the horizontal lines with their values. Return the scale of the values, and where the chart starts."""
    low, high = min(data.values), max(data.values)
    # From zero, unless the values are so far from it that their differences would not be visible.
    if low >= 0 and low <= high * Decimal("0.75"):
        low = Decimal()
    values = ticks(float(low), float(high), 5 if height == HEIGHT else 3)
    up = Scale(values[0], values[-1], height - BOTTOM, TOP)
    step = values[1] - values[0]
    digits = next((digits for digits in range(6) if round(step, digits) == round(step, 9)), 6)
    texts = [words.number(value, digits, unit) for value in values]
    for value, text in zip(values, texts, strict=True):
        canvas.add('<line class="chart__rule" x1="0" x2="100%" y1="{0}" y2="{0}"/>', up(value))
        if height == HEIGHT or value in (values[0], values[-1]):
            canvas.text("tick", 0, up(value) - 4, text)
    return up, reserve(texts)


def _line(canvas: Canvas, column: list[Decimal | None], across: list[float], up: Scale, number: int) -> None:
    points = [(x, None if value is None else up(value)) for x, value in zip(across, column, strict=True)]
    for (x, y), (next_x, next_y) in pairwise(points):
        if y is not None and next_y is not None:
            canvas.add(SEGMENT, number, x, y, next_x, next_y)
    for place, (x, y) in enumerate(points):
        near = [points[place + step][1] for step in (-1, 1) if 0 <= place + step < len(points)]
        if y is not None and (len(points) <= MOST_POINTS or not any(each is not None for each in near)):
            canvas.add(POINT, number, x, y)


def _axis(canvas: Canvas, labels: Sequence[Label], across: list[float]) -> None:
    """Name as many rows as fit on the narrowest phone, the first and the last in any case."""
    texts = [words.label(label, short=True) for label in labels]
    room = reserve(texts)
    canvas.text("tick", across[0], canvas.y - 6, texts[0])
    end = across[0] + room
    for x, text in zip(across[1:-1], texts[1:-1], strict=True):
        if x - room / 2 >= end and x + room / 2 <= 100 - room:
            canvas.text("tick", x, canvas.y - 6, text, "middle")
            end = x + room / 2
    canvas.text("tick", 100, canvas.y - 6, texts[-1], "end")
