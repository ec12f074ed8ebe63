"""Compares the index with the pages, and mends what differs."""

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass

from search.engines import engine
from search.indexing.index import Comparison, held, index_pages, pages_below
from search.models import IndexEntry

# After so many changes the database is asked to put its index in order.
MANY = 1000


@dataclass
class Differences:
    """How many entries are missing, are not as their page is, should not be there, have lost their words; and how many
    words belong to no entry."""

    missing: int = 0
    outdated: int = 0
    unwanted: int = 0
    wordless: int = 0
    stray: int = 0

    @property
    def total(self) -> int:
        return self.missing + self.outdated + self.unwanted + self.wordless + self.stray


def check(*, mend: bool, report: Callable[[int], None] = lambda count: None) -> Differences:
    """What differs between pages and index; each batch is mended in a transaction of its own."""
    found = Differences()
    engine().create()
    words = engine().keys()
    stray = words - set(IndexEntry.objects.values_list("key", flat=True))
    found.stray = len(stray)
    if mend and stray:
        engine().discard(stray)
    for model, keys in pages_below():
        with held(keys) if mend else nullcontext():
            compared = Comparison(model, keys)
            wordless = {page for page, (_digest, key) in compared.known.items() if key not in words} - compared.unwanted
            outdated = compared.outdated - wordless
            found.missing += len(compared.missing)
            found.unwanted += len(compared.unwanted)
            found.wordless += len(wordless)
            found.outdated += len(outdated)
            if mend:
                compared.settle(compared.missing | compared.unwanted | wordless | outdated)
        report(len(keys))
    if mend and found.total > MANY:
        engine().settle()
    return found


def rebuild(report: Callable[[int], None] = lambda count: None) -> int:
    """Write every entry anew, batch by batch: what is not written yet is found as it was."""
    count = 0
    engine().create()
    for model, keys in pages_below():
        count += index_pages(model, keys, afresh=True)
        report(len(keys))
    engine().settle()
    return count
