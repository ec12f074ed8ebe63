"""Computes the vectors of indexed texts in the background."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import batched
from time import time_ns
from typing import Any

from django.db import transaction

from portal.platform.tasks.durable import durable
from search.meaning import embedder, is_meaning_on
from search.models import EntryText

# Texts per task. A slow core needs a second for each.
BATCH = 50
# The beginning of a text is enough. Twice as much would take more than twice as long.
MAX_CHARACTERS = 1_000
FIELDS = ("meaning", "meaning_model", "meaning_number")
TEXTS = ("title", "summary", "text")

Readings = Mapping[int, tuple[str, int, dict[str, Any]]]
"""By page: the passage that was read, the home page, and the values of FIELDS."""


def passage(title: str, summary: str, text: str) -> str:
    return "\n".join(part for part in (title, summary, text) if part)[:MAX_CHARACTERS]


@durable
def read_texts(pages: list[int]) -> None:
    if (model := embedder()) is None:
        return
    rows = list(EntryText.objects.filter(pk__in=pages).exclude(meaning_model=model.model).values_list("pk", *TEXTS))
    vectors = model.passages([passage(*texts) for _page, *texts in rows])
    started = time_ns() // 1000
    with transaction.atomic():
        for place, ((page, *texts), vector) in enumerate(zip(rows, vectors, strict=True)):
            # This is only stored if the text is unchanged, because a change has queued another task.
            EntryText.objects.filter(pk=page, **dict(zip(TEXTS, texts, strict=True))).update(
                meaning=vector, meaning_model=model.model, meaning_number=started + place
            )


def enqueue_reading(pages: Iterable[int]) -> None:
    """Queue these pages for reading, within the current transaction."""
    if is_meaning_on():
        for batch in batched(pages, BATCH):
            read_texts.enqueue(list(batch))


def unread() -> list[int]:
    """The pages whose text has no vector from the current model, newest first."""
    if (model := embedder()) is None:
        return []
    return list(EntryText.objects.exclude(meaning_model=model.model).order_by("-pk").values_list("pk", flat=True))


def readings_of(pages: Collection[int]) -> Readings:
    """The readings of pages whose entries are about to be rewritten."""
    if not pages or not is_meaning_on():
        return {}
    rows = EntryText.objects.filter(pk__in=pages, meaning_number__isnull=False)
    return {
        page: (passage(*rest[: len(TEXTS)]), home, dict(zip(FIELDS, rest[len(TEXTS) :], strict=True)))
        for page, home, *rest in rows.values_list("pk", "entry__bucket__home", *TEXTS, *FIELDS)
    }


def copy_readings(texts: Sequence[EntryText], homes: Mapping[int, int], readings: Readings) -> None:
    """Copy the readings of unchanged passages to new rows, and queue the others."""
    changed = []
    for row in texts:
        before, home, values = readings.get(row.pk, ("", 0, {}))
        if values and before == passage(row.title, row.summary, row.text):
            for name, value in values.items():
                setattr(row, name, value)
            if home != homes[row.pk]:
                row.meaning_number = time_ns() // 1000
        else:
            changed.append(row.pk)
    enqueue_reading(changed)
