"""Compares the indexes with the pages and repairs differences."""

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import astuple, dataclass

from wagtail.models import Page

from portal.platform.records.maintenance import MaintenanceRun
from search.analysis import ANALYSIS_VERSION
from search.engines import engine
from search.indexes import DRAFTS, PUBLIC, Index
from search.indexing.entries import HOME_DEPTH
from search.indexing.index import Comparison, index_pages, indexable_pages, locked_pages
from search.query.spelling import renew_terms

# After more repairs than this, the index is optimised.
OPTIMIZE_AFTER = 1000
# Each of these maintenance runs records the version of the analysis that wrote the whole index.
ANALYSED = {PUBLIC: "search analysis", DRAFTS: "search analysis of drafts"}


@dataclass
class Differences:
    """The numbers of missing, outdated, unwanted and wordless entries, and of terms without an entry (`stray`)."""

    missing: int = 0
    outdated: int = 0
    unwanted: int = 0
    wordless: int = 0
    stray: int = 0

    @property
    def total(self) -> int:
        return sum(astuple(self))


def has_outdated_analysis() -> bool:
    """Whether another version of the analysis wrote an index, or none. Some queries would then miss pages."""
    # Every indexed page is below a home page.
    return any(map(_is_outdated, ANALYSED)) and Page.objects.filter(depth__gte=HOME_DEPTH).exists()


def _is_outdated(index: Index) -> bool:
    run = MaintenanceRun.objects.filter(name=ANALYSED[index]).first()
    return run is None or run.facts.get("version") != ANALYSIS_VERSION


def upgrade_notice() -> str:
    return (
        "A search index is missing, or another version wrote it. Once restarted, the scheduler writes it, about 300 "
        "pages a second; until then some words are not found."
        if has_outdated_analysis()
        else ""
    )


def check(index: Index = PUBLIC, *, repair: bool, report: Callable[[int], None] = lambda count: None) -> Differences:
    """Count the differences and, with `repair`, repair them in batches, each in its own transaction.

    `report` is called with the number of pages in each batch.
    """
    differences = Differences()
    indexed = engine(index).indexed_keys()
    stray = indexed - set(index.entries._default_manager.values_list("key", flat=True))
    differences.stray = len(stray)
    if repair and stray:
        engine(index).remove_keys(stray)
    for model, keys in indexable_pages(index=index):
        with locked_pages(keys) if repair else nullcontext():
            comparison = Comparison(index, model._default_manager.filter(pk__in=keys), keys)
            wordless = {
                page for page, (_digest, key) in comparison.existing.items() if key not in indexed
            } - comparison.unwanted
            outdated = comparison.outdated - wordless
            differences.missing += len(comparison.missing)
            differences.unwanted += len(comparison.unwanted)
            differences.wordless += len(wordless)
            differences.outdated += len(outdated)
            if repair:
                comparison.apply(comparison.missing | comparison.unwanted | wordless | outdated)
        report(len(keys))
    if repair:
        _finish_analysis(index)
        if differences.total > OPTIMIZE_AFTER:
            engine(index).optimize()
    return differences


def rebuild(index: Index = PUBLIC, report: Callable[[int], None] = lambda count: None) -> int:
    """Rewrite every entry in batches and return their number. Entries stay searchable until rewritten."""
    count = 0
    for model, keys in indexable_pages(index=index):
        count += index_pages(model, keys, index, force=True)
        report(len(keys))
    _finish_analysis(index)
    engine(index).optimize()
    return count


def _finish_analysis(index: Index) -> None:
    # Pages indexed after the upgrade are up to date, but their words may still have old terms.
    renew_terms()
    if _is_outdated(index):
        MaintenanceRun.note(ANALYSED[index], True, version=ANALYSIS_VERSION)
