"""The report of an import: what became of each item, as text and as a spreadsheet's lines (CSV)."""

import csv
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from io import StringIO
from typing import Any

from django.urls import reverse
from wagtail.models import Page

from portal.moving.models import ImportedItem, ImportSource
from portal.moving.wordpress.records import Item

COLUMNS = (
    *("number", "title", "old address", "new address", "state", "edit", "words before", "words after"),
    "to be looked at",
)
# A part of a note for spreadsheets, in which a cell that begins like this would be a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass
class SiteImportReport:
    counts: Counter[str] = field(default_factory=Counter)
    # What was left out on purpose, and what could not be stored, each in a sentence.
    left_out: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    notes: Counter[str] = field(default_factory=Counter)
    words_before: int = 0
    words_after: int = 0

    def lines(self) -> Iterator[str]:
        yield ", ".join(f"{count:,} {name}" for name, count in self.counts.items() if count) or "nothing"
        yield f"words before: {self.words_before:,}, after: {self.words_after:,}"
        if self.notes:
            yield "to be looked at: " + ", ".join(f"{name} ({count:,})" for name, count in self.notes.most_common())
        yield from (f"left out: {sentence}" for sentence in self.left_out)
        yield from (f"problem: {sentence}" for sentence in self.problems)


def rows_of(source: ImportSource) -> Iterator[list[Any]]:
    """One line for each page, in the order of the source."""
    here = set(source.items_here().values_list("pk", flat=True))
    items = ImportedItem.objects.filter(source=source, kind=ImportedItem.Kind.PAGE).select_related("page")
    for item in items.order_by("pk").iterator(200):
        page = item.page
        yield [
            item.key,
            item.title,
            item.old_address,
            page.full_url if page else "",
            state_of(item) if page is None or item.pk in here else "in another site",
            reverse("wagtailadmin_pages:edit", args=[page.pk]) if page else "",
            item.words_before,
            item.words_after,
            "; ".join(f"{code}: {detail}" if detail else code for code, detail in item.notes),
        ]


def state_of(item: ImportedItem) -> str:
    page: Page | None = item.page
    if page is None:
        return "deleted here"
    if item.is_conflict:
        return "changed on both sides"
    if item.is_gone:
        return "gone there"
    if page.live:
        return "live"
    return "in review" if page.workflow_in_progress else "draft"


def as_csv(source: ImportSource) -> str:
    return _csv(COLUMNS, rows_of(source))


def comments_as_csv(items: Iterable[Item]) -> str:
    """The comments of readers, which have no place here, for an archive."""
    columns = ("address", "title", "date (UTC)", "author", "approved", "comment")
    return _csv(
        columns,
        (
            [item.link, item.title, each.date, each.author, "yes" if each.is_approved else "no", each.text]
            for item in items
            for each in item.comments
        ),
    )


def _csv(columns: Iterable[str], rows: Iterable[list[Any]]) -> str:
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(columns)
    for row in rows:
        writer.writerow([f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell for cell in row])
    return text.getvalue()
