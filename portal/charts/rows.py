"""Charts with a line of text and a bar for each row. They are as wide as their column: x is in percent, y in pixels."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from portal.charts import words
from portal.charts.data import ChartData
from portal.charts.scales import LETTER, NARROWEST, Scale, reserve, with_zero

LINE, BAR, THIN, SPACE = 20, 16, 10, 14

SVG = '<svg class="chart__drawing" width="100%" height="{}" role="img" aria-label="{}">{}</svg>'
TEXT = '<text class="chart__{}" x="{}%" dx="{}" y="{}" text-anchor="{}">{}</text>'
RECT = '<rect class="chart__{}" x="{}%" y="{}" width="{}%" height="{}"/>'
RULE = '<line class="chart__{}" x1="{}%" x2="{}%" y1="{}" y2="{}"/>'
DOT = '<circle class="chart__{}" cx="{}%" cy="{}" r="6"/>'


@dataclass
class Canvas:
    """The parts of a drawing, and the height that they have reached."""

    parts: list[SafeString] = field(default_factory=list)
    y: float = 0

    def add(self, markup: str, *values: Any) -> None:
        self.parts.append(format_html(markup, *values))

    def text(self, kind: str, x: float, y: float, words: str, anchor: str = "start", dx: int = 0) -> None:
        self.add(TEXT, kind, x, dx, y, anchor, words)

    def heading(self, left: str, right: str = "") -> None:
        """A row's label, and a value at its right end. What does not fit on the narrowest phone is on more lines."""
        room = int(NARROWEST / LETTER)
        lines = list(_broken(left, room - len(right) - 2 if len(right) < room // 2 else room))
        for number, line in enumerate(lines):
            self.text("name", 0, self.y + LINE - 6, line)
            if right and number == len(lines) - 1:
                self.text("value", 100, self.y + LINE - 6, right, "end")
            self.y += LINE

    def svg(self, title: str) -> SafeString:
        return format_html(SVG, round(self.y), title, format_html_join("", "{}", ((part,) for part in self.parts)))


def _broken(text: str, length: int) -> Iterator[str]:
    """Break a text into lines of at most this length, between words where possible."""
    line = ""
    for word in text.split():
        while len(word) > length:
            if line:
                yield line
                line = ""
            yield word[:length]
            word = word[length:]
        if line and len(line) + 1 + len(word) > length:
            yield line
            line = word
        else:
            line = f"{line} {word}".strip()
    yield line


def bars(data: ChartData, title: str, unit: str) -> SafeString:
    """A bar for each value, beside those of the same row."""
    low, high = with_zero(data.values)
    written = [[_number(data, value, unit) for value in row] for row in data.rows]
    room = reserve(text for row in written for text in row)
    scale = Scale(low, high, room if low < 0 else 0, 100 - room)
    height = BAR if len(data.series) == 1 else THIN + 4
    canvas = Canvas()
    for label, row, texts in zip(data.labels, data.rows, written, strict=True):
        canvas.heading(words.label(label))
        top = canvas.y
        for number, (value, text) in enumerate(zip(row, texts, strict=True), 1):
            at = scale(value if value is not None else 0)
            left, right = sorted((scale(0), at))
            canvas.add(RECT, f"bar chart__bar--{number}", left, canvas.y, round(right - left, 2), height)
            before = value is not None and value < 0
            canvas.text("value", at, canvas.y + height - 3, text, "end" if before else "start", -6 if before else 6)
            canvas.y += height + 2
        if low < 0:
            canvas.add(RULE, "zero", scale(0), scale(0), top - 3, canvas.y + 1)
        canvas.y += SPACE
    canvas.y -= SPACE
    return canvas.svg(title)


def stacked(data: ChartData, title: str, unit: str) -> SafeString:
    """The values of a row one behind the other, with their sum at the end. There are no negative values."""
    sums = [sum((value for value in row if value is not None), Decimal()) for row in data.rows]
    scale = Scale(0, with_zero(sums)[1], 0, 100)
    canvas = Canvas()
    for label, row, total in zip(data.labels, data.rows, sums, strict=True):
        canvas.heading(words.label(label), words.number(total, data.digits, unit))
        start = 0.0
        for number, value in enumerate(row, 1):
            width = scale(value or 0)
            canvas.add(RECT, f"bar chart__bar--{number}", round(start, 2), canvas.y, width, BAR)
            start += width
        canvas.y += BAR + SPACE
    canvas.y -= SPACE
    return canvas.svg(title)


def shares(data: ChartData, title: str, unit: str) -> SafeString:
    """What part of the whole each value of the first series is, in percent that add up to 100."""
    column = [value or Decimal() for value in data.column(0)]
    canvas = Canvas()
    for label, value, percent in zip(data.labels, column, percentages(column), strict=True):
        canvas.heading(words.label(label), words.number(percent, 0, "%"))
        canvas.add(RECT, "track", 0, canvas.y, 100, BAR)
        share = round(float(value / sum(column)) * 100, 2)
        canvas.add(RECT, "bar chart__bar--1", 0, canvas.y, share, BAR)
        canvas.y += BAR + SPACE
    canvas.y -= SPACE
    return canvas.svg(title)


def percentages(values: list[Decimal]) -> list[int]:
    """Whole percentages that add up to 100. The largest remainders are rounded up; the sum of the values is not 0."""
    exact = [value / sum(values) * 100 for value in values]
    whole = [int(value) for value in exact]
    by_remainder = sorted(range(len(values)), key=lambda place: whole[place] - exact[place])
    for place in by_remainder[: 100 - sum(whole)]:
        whole[place] += 1
    return whole


def ranges(data: ChartData, title: str, unit: str) -> SafeString:
    """A bar from the value of the first series to that of the second."""
    written = [[_number(data, value, unit) for value in row] for row in data.rows]
    room = reserve(text for row in written for text in row)
    scale = _between(data, room)
    canvas = Canvas()
    for label, row, texts in zip(data.labels, data.rows, written, strict=True):
        canvas.heading(words.label(label))
        pair = sorted(
            ((scale(value), text) for value, text in zip(row, texts, strict=True) if value is not None),
            key=lambda each: each[0],
        )
        middle = canvas.y + BAR / 2
        canvas.add(RULE, "rail", 0, 100, middle, middle)
        if pair:
            (left, low), (right, high) = pair[0], pair[-1]
            canvas.add(RECT, "bar chart__bar--1", left, canvas.y + 2, max(round(right - left, 2), 0.6), BAR - 4)
            canvas.text("value", left, canvas.y + BAR - 3, low, "end", -6)
            if len(pair) == 2:
                canvas.text("value", right, canvas.y + BAR - 3, high, "start", 6)
        canvas.y += BAR + SPACE
    canvas.y -= SPACE
    return canvas.svg(title)


def dots(data: ChartData, title: str, unit: str) -> SafeString:
    """A dot for each value on one line per row. With two series, the row also says from which value to which."""
    scale = _between(data, 3)
    canvas = Canvas()
    for label, row in zip(data.labels, data.rows, strict=True):
        found = [(number, value) for number, value in enumerate(row, 1) if value is not None]
        values = [words.number(value, data.digits, unit) for _number, value in found]
        canvas.heading(words.label(label), " → ".join(values) if len(data.series) < 3 else "")
        middle = canvas.y + BAR / 2
        canvas.add(RULE, "rail", 0, 100, middle, middle)
        if len(found) > 1:
            places = [scale(value) for _number, value in found]
            canvas.add(RULE, "span", min(places), max(places), middle, middle)
        for number, value in found:
            canvas.add(DOT, f"dot chart__dot--{number}", scale(value), middle)
        canvas.y += BAR + SPACE
    canvas.y -= SPACE
    return canvas.svg(title)


def _between(data: ChartData, room: float) -> Scale:
    """A scale that need not begin at zero."""
    low, high = float(min(data.values)), float(max(data.values))
    if low == high:
        low, high = low - 1, high + 1
    return Scale(low, high, room, 100 - room)


def _number(data: ChartData, value: Decimal | None, unit: str) -> str:
    return "–" if value is None else words.number(value, data.digits, unit)
