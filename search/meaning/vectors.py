"""The index's vectors in a process's memory.

They only propose pages. For each query, `search.meaning.near` checks in the index which of these pages readers may see.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from threading import Lock
from time import monotonic

import numpy as np
from django.db.models import QuerySet
from numpy.typing import NDArray

from search.meaning import DIMENSIONS
from search.models import EntryText

# This many of the newest vectors are held in memory: 384 bytes each, and 24 for their columns.
MAX_VECTORS = 200_000
# At most this many are read during one query, so that no reader waits for all of them.
CHUNK = 4_000
# Seconds between reads of new vectors.
PAUSE = 10.0
# Vectors are numbered by time in microseconds. A transaction of up to a minute may add one before the newest.
OVERLAP = 60_000_000
# If a language has more texts than this, their mean has more weight than the usual value.
FEW = 20
# This many vectors, as floats, fit into the processor's cache.
BLOCK = 2_048


@dataclass(frozen=True)
class Similarities:
    """The similarity of pages to a query. `excess` is the difference to the mean of the page's language."""

    pages: NDArray[np.int64]
    languages: NDArray[np.str_]
    excess: NDArray[np.float32]
    least: float

    def best(self, number: int) -> list[int]:
        """The most similar pages, best first, without unrelated ones."""
        near = np.flatnonzero(self.excess >= self.least)
        order = np.argsort(-self.excess[near], kind="stable")[:number]
        return [int(page) for page in self.pages[near[order]]]

    def shares(self, pages: Collection[int]) -> dict[int, tuple[str, float]]:
        """The language and similarity of each of these pages: 1 for the most similar of all, 0 for an unrelated one."""
        if not len(self.excess):
            return {}
        places = np.flatnonzero(np.isin(self.pages, list(pages)))
        shares = np.maximum(self.excess[places], 0) / max(float(self.excess.max()), self.least)
        rows = zip(self.languages[places].tolist(), shares.tolist(), strict=True)
        return dict(zip(self.pages[places].tolist(), rows, strict=True))


class Vectors:
    """The vectors of one model: an int8 matrix, and arrays with each row's page, home page, number and length."""

    def __init__(self, model: str, usual: float, least: float) -> None:
        self.model, self.usual, self.least = model, usual, least
        self.matrix = np.empty((0, DIMENSIONS), np.int8)
        self.pages = np.empty(0, np.int64)
        self.homes = np.empty(0, np.int64)
        self.numbers = np.empty(0, np.int64)
        self.lengths = np.empty(0, np.float32)
        self.is_complete = False
        self.looked_at = -PAUSE
        self._lock = Lock()

    def refresh(self) -> None:
        """Read new vectors, and some older ones not read yet, newest first."""
        with self._lock:
            if self.is_complete and monotonic() - self.looked_at < PAUSE:
                return
            rows = EntryText.objects.filter(meaning_model=self.model, meaning_number__isnull=False)
            free = CHUNK
            if len(self.numbers):
                recent = rows.filter(meaning_number__gt=int(self.numbers.max()) - OVERLAP)
                present = set(zip(self.numbers.tolist(), self.pages.tolist(), strict=True))
                new = [row for row in recent.values_list("meaning_number", "entry_id") if row not in present]
                if new := sorted(new, reverse=True)[:CHUNK]:
                    self._add(rows.filter(entry__in=[page for _number, page in new]))
                free -= len(new)
            if free and not (self.is_complete and len(self.numbers)):
                if len(self.numbers):
                    rows = rows.filter(meaning_number__lt=int(self.numbers.min()))
                added = self._add(rows.order_by("-meaning_number")[:free])
                self.is_complete = added < free or len(self.pages) >= MAX_VECTORS
            self.looked_at = monotonic()

    def _add(self, rows: QuerySet[EntryText]) -> int:
        found = list(rows.values_list("entry_id", "entry__bucket__home", "meaning_number", "meaning"))
        fresh = [row for row in found if row[3] is not None and len(row[3]) == DIMENSIONS]
        if fresh:
            pages, homes, numbers, vectors = zip(*fresh, strict=True)
            matrix = np.frombuffer(b"".join(map(bytes, vectors)), np.int8).reshape(-1, DIMENSIONS)
            lengths = np.sqrt(np.square(matrix, dtype=np.float32).sum(axis=1))
            # Replace the old vectors of these pages.
            others = ~np.isin(self.pages, pages)
            every = np.concatenate([self.numbers[others], np.array(numbers, np.int64)])
            order = np.argsort(-every)[:MAX_VECTORS]
            self.matrix = np.concatenate([self.matrix[others], matrix])[order]
            self.pages = np.concatenate([self.pages[others], np.array(pages, np.int64)])[order]
            self.homes = np.concatenate([self.homes[others], np.array(homes, np.int64)])[order]
            self.lengths = np.concatenate([self.lengths[others], np.maximum(lengths, 1)])[order]
            self.numbers = every[order]
        return len(found)

    def forget(self, pages: Collection[int]) -> None:
        """Stop proposing these pages."""
        with self._lock:
            self.homes = np.where(np.isin(self.pages, list(pages)), -1, self.homes)

    def similarities(self, query: bytes, homes: Mapping[int, str]) -> Similarities:
        """The similarity of all pages below these home pages, given by language.

        A query is closer to any text in its own language than to texts in others, so each language is compared with its
        own mean.
        """
        with self._lock:
            matrix, pages, lengths, own = self.matrix, self.pages, self.lengths, self.homes
        direction = np.frombuffer(query, np.int8).astype(np.float32)
        direction /= max(float(np.sqrt(np.square(direction).sum())), 1.0)
        found, languages, nearness = [np.empty(0, np.int64)], [np.empty(0, np.str_)], [np.empty(0, np.float32)]
        for language in set(homes.values()):
            places = np.flatnonzero(np.isin(own, [home for home, code in homes.items() if code == language]))
            parts = [places[first : first + BLOCK] for first in range(0, len(places), BLOCK)]
            found += [pages[part] for part in parts]
            languages.append(np.full(len(places), language))
            cosines = [(matrix[part].astype(np.float32) @ direction) / lengths[part] for part in parts]
            total = sum(float(each.sum()) for each in cosines)
            mean = (total + FEW * self.usual) / (len(places) + FEW)
            nearness += [each - np.float32(mean) for each in cosines]
        return Similarities(np.concatenate(found), np.concatenate(languages), np.concatenate(nearness), self.least)
