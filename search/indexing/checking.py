"""Compares the index with the pages and repairs differences."""

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import astuple, dataclass

from portal.platform.records.maintenance import MaintenanceRun
from search.analysis import ANALYSIS_VERSION
from search.engines import engine
from search.indexing.index import Comparison, index_pages, indexable_pages, locked_pages
from search.models import IndexEntry
from search.query.spelling import renew_terms

# The index is optimized after more repairs than this.
OPTIMIZE_AFTER = 1000
# The maintenance run that records which version of the analysis wrote the whole index.
ANALYSED = "search analysis"


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
    """Whether another version of the analysis wrote entries, which some queries therefore miss."""
    run = MaintenanceRun.objects.filter(name=ANALYSED).first()
    return (run is None or run.facts.get("version") != ANALYSIS_VERSION) and IndexEntry.objects.exists()


def upgrade_notice() -> str:
    return (
        "The search index was written by another version. Once restarted, the scheduler rewrites it, about 300 pages a "
        "second; until then some words are not found."
        if has_outdated_analysis()
        else ""
    )


def check(*, repair: bool, report: Callable[[int], None] = lambda count: None) -> Differences:
    """Count the differences and, with `repair`, repair them batch by batch, each in its own transaction.

    `report` is called with the number of pages of each batch.
    """
    differences = Differences()
    indexed = engine().indexed_keys()
    stray = indexed - set(IndexEntry.objects.values_list("key", flat=True))
    differences.stray = len(stray)
    if repair and stray:
        engine().remove_keys(stray)
    for model, keys in indexable_pages():
        with locked_pages(keys) if repair else nullcontext():
            comparison = Comparison(model._default_manager.filter(pk__in=keys), keys)
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
        _finish_analysis()
        if differences.total > OPTIMIZE_AFTER:
            engine().optimize()
    return differences


def rebuild(report: Callable[[int], None] = lambda count: None) -> int:
    """Rewrite every entry, batch by batch, and return their number; until rewritten, an entry stays searchable."""
    count = 0
    for model, keys in indexable_pages():
        count += index_pages(model, keys, force=True)
        report(len(keys))
    _finish_analysis()
    engine().optimize()
    return count


def _finish_analysis() -> None:
    # Pages that were indexed after the upgrade are up to date, but their words may still have old terms.
    renew_terms()
    if has_outdated_analysis():
        MaintenanceRun.note(ANALYSED, True, version=ANALYSIS_VERSION)
