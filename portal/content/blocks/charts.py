"""A chart that the server draws from a pasted table."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_lazy as _, pgettext_lazy
from wagtail import blocks
from wagtail.blocks.struct_block import StructBlockValidationError

from portal.charts import lines, rows, words
from portal.charts.data import ChartData, ChartError, read
from portal.content.blocks.text import LabelChoiceBlock

KINDS = [
    ("bars", pgettext_lazy("kind of chart", "Bars")),
    ("stacked", _("Stacked bars")),
    ("lines", pgettext_lazy("kind of chart", "Lines")),
    ("multiples", _("A small chart for each series")),
    ("shares", _("Shares of a whole")),
    ("ranges", _("From one value to another")),
    ("dots", pgettext_lazy("kind of chart", "Dots")),
]
LONGEST_TABLE = 20_000
DRAWINGS: dict[str, Callable[[ChartData, str, str], SafeString]] = {
    "bars": rows.bars,
    "stacked": rows.stacked,
    "lines": lines.lines,
    "shares": rows.shares,
    "ranges": rows.ranges,
    "dots": rows.dots,
}
SAMPLE = "Année\tLorraine\tSaar\n2022\t18,2\t21,5\n2023\t19,6\t20,4\n2024\t22,1\t19,8\n2025\t24,7\t19,1"


class ChartValue(blocks.StructValue):
    """What the template shows. A text that cannot be read has no drawing; its editor gets the reason."""

    def drawn(self) -> dict[str, Any]:
        try:
            data = checked(self["kind"], self["data"])
        except ChartError:
            return {}
        title, unit = self["title"], self["unit"].strip()
        table = [
            (words.label(label), ["" if value is None else words.number(value, data.digits) for value in row])
            for label, row in zip(data.labels, data.rows, strict=True)
        ]
        several = self["kind"] == "multiples"
        has_legend = self["kind"] in ("bars", "stacked", "lines", "dots") and len(data.series) > 1
        return {
            "drawings": lines.multiples(data, unit) if several else [("", DRAWINGS[self["kind"]](data, title, unit))],
            "legend": data.series if has_legend else (),
            "unit": "" if unit in words.SHORT_UNITS else unit,
            "corner": data.corner,
            "series": data.series,
            "table": table,
        }


class ChartTableBlock(blocks.TextBlock):
    """The cells of a chart's table as text."""


class ChartBlock(blocks.StructBlock):
    title = blocks.CharBlock(
        label=_("Finding"), max_length=160, help_text=_("What the chart shows, as a sentence: “Rents rise faster.”")
    )
    kind = LabelChoiceBlock(label=_("Kind of chart"), choices=KINDS, default="bars")
    data = ChartTableBlock(
        label=_("Table"),
        max_length=LONGEST_TABLE,
        help_text=_(
            "Copy the cells from a spreadsheet and paste them here, or paste CSV. The first line has headings."
        ),
    )
    unit = blocks.CharBlock(label=_("Unit"), required=False, max_length=60)
    source = blocks.CharBlock(label=_("Source"), required=False, max_length=200)

    class Meta:
        icon = "drawing-chart"
        label = _("Chart")
        description = _("Numbers as bars, lines, shares or dots, drawn from a table.")
        group = _("Facts")
        template = "blocks/chart.html"
        value_class = ChartValue
        form_classname = "struct-block chart-fields"
        preview_value = {
            "title": "La Lorraine dépasse la Sarre en deux ans",
            "kind": "lines",
            "data": SAMPLE,
            "unit": "%",
            "source": "chambres de commerce",
        }

    def clean(self, value):
        value = super().clean(value)
        try:
            checked(value["kind"], value["data"])
        except ChartError as error:
            raise StructBlockValidationError({"data": ValidationError(str(error))}) from error
        return value


def checked(kind: str, text: str) -> ChartData:
    """Read the table of a chart. Raises ChartError if a chart of this kind cannot show it."""
    data = read(text)
    if kind in ("stacked", "shares") and min(data.values) < 0:
        raise ChartError(gettext("This kind of chart cannot show values below zero."))
    if kind == "shares" and (len(data.series) != 1 or not sum(data.values)):
        raise ChartError(gettext("Shares need one column of values, and a sum that is not zero."))
    if kind == "ranges" and len(data.series) != 2:
        raise ChartError(gettext("This kind of chart needs two columns of values: from and to."))
    if kind in ("lines", "multiples") and len(data.rows) < 2:
        raise ChartError(gettext("A line needs two rows of values."))
    return data
