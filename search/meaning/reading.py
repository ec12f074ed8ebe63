"""Reads the texts of the index into vectors: in the background, and never in the request that publishes."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import batched
from time import time_ns
from typing import Any

from django.db import transaction

from portal.platform.tasks.durable import durable
from search.meaning import embedder, is_on
from search.models import EntryText

# So many texts a task, of which a slow core reads one in a second.
BATCH = 50
# The beginning of a text says what it is about; twice as much takes more than twice as long to read.
MOST_CHARACTERS = 1_000
FIELDS = ("meaning", "meaning_model", "meaning_number")
TEXTS = ("title", "summary", "text")

Kept = Mapping[int, tuple[str, int, dict[str, Any]]]
"""By page, what was read of it: its passage, its home page and the values of FIELDS."""


def passage(title: str, summary: str, text: str) -> str:
    """What is read of a text."""
    return "\n".join(part for part in (title, summary, text) if part)[:MOST_CHARACTERS]


@durable
def read_texts(pages: list[int]) -> None:
    """Read those of these pages that are in the index and have not been read by this model."""
    if (model := embedder()) is None:
        return
    rows = list(EntryText.objects.filter(pk__in=pages).exclude(meaning_model=model.model).values_list("pk", *TEXTS))
    vectors = model.passages([passage(*texts) for _page, *texts in rows])
    started = time_ns() // 1000
    with transaction.atomic():
        for place, ((page, *texts), vector) in enumerate(zip(rows, vectors, strict=True)):
            # Only if its text is still the same: a change has asked for another reading.
            EntryText.objects.filter(pk=page, **dict(zip(TEXTS, texts, strict=True))).update(
                meaning=vector, meaning_model=model.model, meaning_number=started + place
            )


def ask_for_reading(pages: Iterable[int]) -> None:
    """Let these pages be read by the queue, within the current transaction."""
    if is_on():
        for batch in batched(pages, BATCH):
            read_texts.enqueue(list(batch))


def unread() -> list[int]:
    """The pages that this model has not read: all of them after the extra was switched on, or with another model."""
    if (model := embedder()) is None:
        return []
    return list(EntryText.objects.exclude(meaning_model=model.model).order_by("-pk").values_list("pk", flat=True))


def kept_of(pages: Collection[int]) -> Kept:
    """What was read of pages whose entries are about to be written again."""
    if not pages or not is_on():
        return {}
    rows = EntryText.objects.filter(pk__in=pages, meaning_number__isnull=False)
    return {
        page: (passage(*texts), home, dict(zip(FIELDS, values, strict=True)))
        for page, home, *rest in rows.values_list("pk", "entry__bucket__home", *TEXTS, *FIELDS)
        for texts, values in [(rest[: len(TEXTS)], rest[len(TEXTS) :])]
    }


def take_over(texts: Sequence[EntryText], homes: Mapping[int, int], kept: Kept) -> None:
    """Give new rows what was read of the same passages before, and let the others be read."""
    unread = []
    for row in texts:
        before = kept.get(row.pk)
        if before and before[0] == passage(row.title, row.summary, row.text):
            for name, value in before[2].items():
                setattr(row, name, value)
            if before[1] != homes[row.pk]:
                row.meaning_number = time_ns() // 1000
        else:
            unread.append(row.pk)
    ask_for_reading(unread)
