"""Blocks that show data: key figures, tables, timelines."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.contrib.typed_table_block.blocks import TypedTable, TypedTableBlock
from wagtail_localize.segments import StringSegmentValue


class FigureValueBlock(blocks.StructBlock):
    value = blocks.CharBlock(label=_("Figure"), max_length=24)
    label = blocks.CharBlock(label=_("What it counts"), max_length=120)

    class Meta:
        icon = "order"
        label = _("Key figure")


class KeyFiguresBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("Title"), required=False, max_length=120)
    figures = blocks.ListBlock(FigureValueBlock(), label=_("Figures"), min_num=1, max_num=4)

    class Meta:
        icon = "drawing-key-figures"
        label = _("Key figures")
        description = _("Two to four numbers that carry the story.")
        group = _("Facts")
        template = "blocks/key_figures.html"
        preview_value = {
            "title": "En chiffres",
            "figures": [
                {"value": "42", "label": "emplois créés"},
                {"value": "3,1 M€", "label": "investis en deux ans"},
                {"value": "−28 %", "label": "de gaz consommé"},
            ],
        }


class TimelineEntryBlock(blocks.StructBlock):
    date = blocks.CharBlock(label=_("Date"), max_length=40)
    title = blocks.CharBlock(label=_("Title"), max_length=160)
    text = blocks.TextBlock(label=_("Text"), required=False)

    class Meta:
        icon = "date"
        label = _("Step")


class TimelineBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("Title"), required=False, max_length=120)
    entries = blocks.ListBlock(TimelineEntryBlock(), label=_("Steps"), min_num=1)

    class Meta:
        icon = "drawing-timeline"
        label = _("Timeline")
        description = _("What happened when, or what comes next.")
        group = _("Facts")
        template = "blocks/timeline.html"
        preview_value = {
            "title": "Trois générations",
            "entries": [
                {"date": "1962", "title": "Un atelier de quatre personnes", "text": "Dans une ancienne grange."},
                {"date": "1994", "title": "La première presse numérique", "text": ""},
                {"date": "2018", "title": "Les salariés reprennent l’entreprise", "text": ""},
            ],
        }


class TranslatedTableBlock(TypedTableBlock):
    """A table that wagtail-localize can translate, by paths such as `columns.0.heading` and `rows.2.values.1`."""

    def get_translatable_segments(self, table: TypedTable) -> list[StringSegmentValue]:
        found = [
            StringSegmentValue(f"columns.{number}.heading", column["heading"] or "")
            for number, column in enumerate(table.columns)
        ]
        found += [
            StringSegmentValue(f"rows.{number}.values.{place}", text or "")
            for number, row in enumerate(table.row_data)
            for place, text in enumerate(row["values"])
        ]
        return [segment for segment in found if not segment.is_empty()]

    def restore_translated_segments(self, table: TypedTable, segments: list[StringSegmentValue]) -> TypedTable:
        for segment in segments:
            part, number, *rest = segment.path.split(".")
            if part == "columns":
                table.columns[int(number)]["heading"] = segment.render_text()
            else:
                table.row_data[int(number)]["values"][int(rest[-1])] = segment.render_text()
        return table


class TableBlock(blocks.StructBlock):
    caption = blocks.CharBlock(
        label=_("Caption"), max_length=200, help_text=_("What the table shows; read aloud before its cells.")
    )
    table = TranslatedTableBlock([("text", blocks.CharBlock(label=_("Text"), required=False))], label=_("Table"))

    class Meta:
        icon = "drawing-table"
        label = _("Table")
        description = _("Rows and columns with a caption; the first row holds the headings.")
        group = _("Facts")
        template = "blocks/table.html"
        preview_value = {
            "caption": "Surfaces disponibles par zone",
            "table": {
                "columns": [{"type": "text", "heading": "Zone"}, {"type": "text", "heading": "Hectares"}],
                "rows": [{"values": ["Les Sables", "12"]}, {"values": ["Eiffel", "7"]}],
                "caption": "",
            },
        }
