"""The import report: its counts, and the result for each item, as text and as spreadsheet rows."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from django.utils.translation import gettext as _
from wagtail.models import Page

from portal.editorial.mails.page_mails import edit_link
from portal.moving.models import ImportedItem, ImportSource
from portal.moving.wording import (
    STATES,
    broken_in_words,
    count_in_words,
    counted,
    left_out_in_words,
    note_in_words,
    note_name,
)
from portal.moving.wordpress.records import Item
from portal.platform.spreadsheets.files import as_csv, as_xlsx


@dataclass
class SiteImportReport:
    """`done` counts the handled items, `linked` is the key of the last item whose links were converted.

    An interrupted import resumes from there.
    """

    counts: Counter[str] = field(default_factory=Counter)
    # Deliberate omissions: a code, the count, and the detail.
    left_out: list[tuple[str, int, str]] = field(default_factory=list)
    # Failures to store something, each in a sentence.
    problems: list[str] = field(default_factory=list)
    notes: Counter[str] = field(default_factory=Counter)
    words_before: int = 0
    words_after: int = 0
    done: int = 0
    linked: int = 0
    # Reasons for missing files, by key.
    refused: dict[str, str] = field(default_factory=dict)
    # After an import was undone: the old paths of redirects made here that led to its pages.
    broken: list[str] = field(default_factory=list)

    def leave_out(self, code: str, count: int = 1, what: str = "") -> None:
        self.left_out.append((code, count, what))

    def count_lines(self) -> list[str]:
        return [count_in_words(code, count) for code, count in self.counts.items() if count]

    def note_lines(self) -> list[str]:
        return [counted(note_name(code), count) for code, count in self.notes.most_common()]

    def left_out_lines(self) -> list[str]:
        return [left_out_in_words(*facts) for facts in self.left_out]

    def broken_line(self) -> str:
        return broken_in_words(self.broken) if self.broken else ""

    def lines(self) -> Iterator[str]:
        yield ", ".join(self.count_lines()) or "nothing"
        yield f"words before: {self.words_before:,}, after: {self.words_after:,}"
        if self.notes:
            yield "to be looked at: " + ", ".join(self.note_lines())
        yield from (f"left out: {sentence}" for sentence in self.left_out_lines())
        yield from (f"problem: {sentence}" for sentence in self.problems)

    def as_json(self) -> dict[str, Any]:
        # This does not use `asdict`, because it turns counters into counters of pairs.
        return {**vars(self), "counts": dict(self.counts), "notes": dict(self.notes)}

    @classmethod
    def from_json(cls, facts: dict[str, Any]) -> Self:
        left_out = [(str(code), int(count), str(what)) for code, count, what in facts.get("left_out", [])]
        counters = {name: Counter(facts.get(name, {})) for name in ("counts", "notes")}
        return cls(**{**facts, **counters, "left_out": left_out})


def columns() -> list[str]:
    return [
        *(_("number there"), _("title of the page"), _("old address"), _("new address"), _("state"), _("edit")),
        *(_("words before"), _("words after"), _("to be looked at")),
    ]


def rows_of(source: ImportSource) -> Iterator[list[Any]]:
    """The column names, and one row for each page, in source order."""
    yield columns()
    here = set(source.items_here().values_list("pk", flat=True))
    items = ImportedItem.objects.filter(source=source, kind=ImportedItem.Kind.PAGE).select_related("page")
    for item in items.defer("old_text", "field_hashes").order_by("pk").iterator(200):
        page = item.page if item.pk in here else None
        yield [
            item.key,
            item.title,
            item.old_address,
            page.full_url if page else "",
            state_of(item, here),
            edit_link(page) if page else "",
            item.words_before,
            item.words_after,
            "; ".join(note_in_words(*note) for note in item.notes),
        ]


def state_of(item: ImportedItem, here: set[int]) -> str:
    """The current state of an item in words; `here` has the keys of pages that are still in their edition."""
    page: Page | None = item.page
    if page is None:
        code = "deleted here"
    elif item.pk not in here:
        code = "in another site"
    elif item.is_conflict:
        code = "changed on both sides"
    elif item.is_gone:
        code = "gone there"
    elif page.live:
        code = "live"
    else:
        code = "in review" if page.workflow_in_progress else "draft"
    return str(STATES[code])


def write_spreadsheet(path: Path, rows: Iterable[list[Any]]) -> None:
    path.write_bytes(as_xlsx(rows) if path.suffix.lower() == ".xlsx" else b"".join(as_csv(rows)))


def comment_rows(items: Iterable[Item]) -> Iterator[list[Any]]:
    """Readers' comments, which are not imported, for an archive."""
    yield ["address", "title", "date (UTC)", "author", "approved", "comment"]
    for item in items:
        for each in item.comments:
            approved = "yes" if each.is_approved else "no"
            yield [item.link, item.title, each.date, each.author, approved, each.text]
