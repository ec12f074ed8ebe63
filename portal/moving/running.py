"""Runs an import in repeatable steps: after an interruption, the next run resumes."""

import logging
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import batched, islice
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import DataError
from django.utils import timezone
from django.utils.translation import get_language, gettext as _, override, pgettext_lazy
from wagtail.models import Locale, Site

from portal.content.kinds import kind_named
from portal.content.records.settings import SiteSettings
from portal.editorial.mails.withheld import review_mails_withheld
from portal.editorial.roles import media_collection
from portal.moving.converting.converted import Converted
from portal.moving.models import ImportedItem, ImportSource
from portal.moving.planning.mapping import KINDS, Mapping, choices_of, propose, with_choices
from portal.moving.planning.survey import MACHINERY, MOST_KINDS, PAGE_KINDS, Survey, content_items, survey_of
from portal.moving.reporting import SiteImportReport
from portal.moving.wordpress.records import Item, Records
from portal.moving.writing.catalogue import Catalogue
from portal.moving.writing.changes import DELETED, MOVED, update
from portal.moving.writing.drafts import DraftStore
from portal.moving.writing.files import FileStore, documents_of, unused_documents
from portal.moving.writing.front import arrange_front, shelves_for
from portal.moving.writing.hashes import hash_of_item
from portal.moving.writing.links import Addresses, document_keys, empty_pages, link_pages, page_keys
from portal.moving.writing.menus import bring_menu
from portal.moving.writing.pages import Draft, PageBuilder
from portal.moving.writing.redirects import redirect_all
from portal.moving.writing.statutory import link_statutory_pages
from portal.moving.writing.targets import Targets
from portal.moving.writing.versions import EarlierVersions
from portal.platform.operation.process_locks import process_lock

logger = logging.getLogger(__name__)

BATCH = 50
# An item with a value that causes one of these is left out of the import.
REFUSED = (ValidationError, DataError, ValueError, OverflowError, RecursionError)
NEWS = pgettext_lazy("title", "News")
# Called between two steps, with the step's name, the number done and the total. It may raise an exception; the import
# can then resume with the same report.
Progress = Callable[[str, int, int], None]


class ImportBusyError(Exception):
    """Another process is importing the same source into the same edition."""


def silent(step: str, done: int, total: int) -> None:
    pass


@dataclass(frozen=True)
class Options:
    """`media` is a folder with the old uploads, or its URL; `private_hosts` are read although they are not public."""

    media: str = ""
    is_live: bool = False
    with_revisions: bool = False
    private_hosts: tuple[str, ...] = ()


def story_kinds() -> list[str]:
    """The kinds of story in this installation."""
    return ["article", *(kind for kind in KINDS if kind_named(kind))]


def look_at(records: Records, site: Site, locale: Locale) -> tuple[Survey, Mapping]:
    """The contents of an export, and a proposed mapping; raises ExportError.

    If the source was imported before, the mapping has the choices of that import.
    """
    survey = survey_of(records(), locale.language_code)
    with override(locale.language_code):
        default = str(NEWS)
    mapping = propose(survey, story_kinds(), default, SiteSettings.for_site(site).time_zone)
    choices = choices_before(site, locale, survey)
    return survey, with_choices(mapping, choices) if choices else mapping


def choices_before(site: Site, locale: Locale, survey: Survey) -> dict[str, Any]:
    """The choices of the last complete import of this source; empty before the first."""
    sources = ImportSource.objects.filter(site=site, locale=locale, address=survey.channel.address)
    return sources.values_list("choices", flat=True).first() or {}


def try_out(
    records: Records, survey: Survey, progress: Progress = silent, report: SiteImportReport | None = None
) -> SiteImportReport:
    """Convert everything and store nothing."""
    report = report or SiteImportReport()
    builder = PageBuilder(survey, Mapping(), None, None, None, ZoneInfo("UTC"))  # type: ignore[arg-type]
    for item in islice(content_items(records(), survey.language), report.done, None):
        found = builder.convert(item)
        report.counts[item.kind] += 1
        report.words_before += found.words_before
        report.words_after += found.words_after
        report.notes.update({note.code for note in found.notes})
        report.done += 1
        if report.done % BATCH == 0:
            progress("pages", report.done, len(survey.items))
    _leave_out(survey, report)
    return report


def run(
    records: Records,
    site: Site,
    locale: Locale,
    survey: Survey,
    mapping: Mapping,
    options: Options,
    progress: Progress = silent,
    report: SiteImportReport | None = None,
) -> SiteImportReport:
    """Import an export into an edition; `report` is that of an interrupted run of the same export, which resumes.

    Raises ExportError, ImportBusyError, or LookupError if the site does not have the language.
    """
    source, language = source_of(site, locale, survey), get_language() or "en"
    with process_lock(f"import-{source.pk}") as is_taken, override(locale.language_code), review_mails_withheld():
        if not is_taken():
            with override(language):
                raise ImportBusyError(_("Another import from %(address)s is running.") % {"address": source.address})
        work = _Run(records, source, survey, mapping, options, progress, report or SiteImportReport())
        work.files.language = language
        work.run()
    choices = choices_of(mapping, survey)
    ImportSource.objects.filter(pk=source.pk).update(last_run_at=timezone.now(), choices=choices)
    return work.report


def source_of(site: Site, locale: Locale, survey: Survey) -> ImportSource:
    source, _is_new = ImportSource.objects.get_or_create(site=site, locale=locale, address=survey.channel.address)
    return source


class _Run:
    def __init__(
        self,
        records: Records,
        source: ImportSource,
        survey: Survey,
        mapping: Mapping,
        options: Options,
        progress: Progress,
        report: SiteImportReport,
    ):
        self.records = records
        self.source = source
        self.survey = survey
        self.options = options
        self.mapping = mapping
        self.progress = progress
        self.report = report
        self.files = FileStore(source, survey, options.media, media_collection(source.site))
        self.files.refused = report.refused
        self.files.private_hosts = options.private_hosts
        self.files.pause = self._pause
        zone = ZoneInfo(mapping.time_zone or SiteSettings.for_site(source.site).time_zone)
        catalogue = Catalogue(source, survey)
        self.builder = PageBuilder(survey, mapping, Targets(source), catalogue, self.files, zone)
        self.builder.is_live = options.is_live
        self.store = DraftStore(source, self.builder, is_live=options.is_live)
        self.store.pages = page_keys(source)
        self.store.versions = EarlierVersions(records) if options.with_revisions else None
        rows = ImportedItem.objects.filter(source=source, kind=ImportedItem.Kind.PAGE)
        # The key of an item's row, its page, its hash, and whether the old site has deleted it, by the item's number
        # there.
        self.rows = {row[0]: row[1:] for row in rows.values_list("key", "pk", "page_id", "content_hash", "is_gone")}
        self.here = set(source.items_here().values_list("pk", flat=True))

    def run(self) -> None:
        place = 0
        for items in self._in_order():
            for batch in batched(items, BATCH):
                place += len(batch)
                if place > self.report.done:
                    self._import(batch)
                    self.report.done = place
                    self._pause()
        self.files.bring(documents_of(self.survey))
        # This is read again, because pages may have been deleted or moved to another site meanwhile.
        self.store.pages = page_keys(self.source)
        documents = document_keys(self.source)
        addresses = Addresses(self.survey, self.store.pages, documents)
        for key, left in link_pages(self.source, addresses, self.report.linked):
            self.report.linked = key
            self.report.counts["pages with old links"] += left
            self.progress("links", 0, 0)
        self.progress("redirects", 0, 0)
        counts = redirect_all(self.source, self.survey, self.mapping, addresses)
        self.report.counts["redirects"] = counts["new"]
        self.report.counts["archives to news"] = counts["to news"]
        self.report.counts["old addresses that lead elsewhere already"] = counts["taken"]
        if unused := unused_documents(self.source):
            self.report.leave_out("documents without a link", unused)
        self._arrange(addresses)
        self._mark_gone()
        self._sum_up()
        _leave_out(self.survey, self.report)

    def _in_order(self) -> Iterator[Iterator[Item]]:
        """Pages are stored after their ancestors; everything else comes first."""
        for depth in range(1 + max((self.survey.depth_of(key) for key in self.survey.items), default=0)):
            items = content_items(self.records(), self.survey.language)
            yield (item for item in items if self._stands_at(item, depth))

    def _stands_at(self, item: Item, depth: int) -> bool:
        return (self.survey.depth_of(item.wp_id) if item.kind == "page" else 0) == depth

    def _pause(self) -> None:
        self.progress("pages", self.report.done, len(self.survey.items))

    def _arrange(self, addresses: Addresses) -> None:
        """Set up the front page and the menu."""
        keys = (self.store.pages.get(key) for key, item in self.survey.items.items() if item.is_sticky)
        home, lead = self.builder.targets.home, next(filter(None, keys), None)
        empty = empty_pages(self.source)
        shown = {number: key for number, key in self.store.pages.items() if key not in empty}
        shelves = shelves_for(self.survey, shown, lead, timezone.localdate())
        if shelves and arrange_front(self.source, home, shelves, is_live=self.options.is_live):
            self.report.counts["front page arranged"] = 1
        elif lead and any(code.startswith("new: ") for code in self.report.counts):
            self.report.leave_out("sticky story")
        link_statutory_pages(self.source, self.survey, shown)
        entries, left = bring_menu(self.source, self.survey, addresses)
        self.report.counts["entries of the menu"] = entries
        if left:
            self.report.leave_out("entries of menus", left)

    def _import(self, items: Sequence[Item]) -> None:
        new, known = [], []
        passed: Counter[str] = Counter()
        for item in items:
            pk, page, content_hash, _is_gone = self.rows.get(str(item.wp_id), (None, None, "", False))
            if pk is None:
                new += self._converted(item)
            elif page is None:
                passed[DELETED] += 1
            elif pk not in self.here:
                passed[MOVED] += 1
            elif content_hash == hash_of_item(item):
                passed["as before"] += 1
            else:
                known += self._converted(item)
        both = [*new, *known]
        self.files.bring([media for item, converted in both for media in self.builder.media_of(item, converted)])
        # This is only done now, because the import may pause while files are fetched, and return to these items.
        self.report.counts += passed
        self._create([draft for item, converted in new for draft in self._drafted(item, converted)])
        for item, converted in known:
            with self._reported(item):
                row = ImportedItem.objects.get(pk=self.rows[str(item.wp_id)][0])
                self.report.counts[update(self.source, self.store, row, self.builder.draft(item, converted))] += 1

    def _converted(self, item: Item) -> list[tuple[Item, Converted]]:
        with self._reported(item):
            return [(item, self.builder.convert(item))]
        return []

    def _drafted(self, item: Item, converted: Converted) -> list[Draft]:
        with self._reported(item):
            return [self.builder.draft(item, converted)]
        return []

    def _create(self, drafts: Sequence[Draft]) -> None:
        """Store a batch. After an error, store each half separately, so that only invalid pages fail."""
        if not drafts:
            return
        if len(drafts) == 1:
            with self._reported(drafts[0].item):
                self.store.create(drafts)
                self._count(drafts)
            return
        try:
            self.store.create(drafts)
        except REFUSED:
            middle = len(drafts) // 2
            self._create(drafts[:middle])
            self._create(drafts[middle:])
        else:
            self._count(drafts)

    def _count(self, drafts: Sequence[Draft]) -> None:
        self.report.counts.update(f"new: {draft.kind}" for draft in drafts)

    @contextmanager
    def _reported(self, item: Item) -> Iterator[None]:
        try:
            yield
        except REFUSED as error:
            if isinstance(error, ValidationError):
                reason = "; ".join(error.messages)
            else:
                logger.warning("An item is not imported", exc_info=True)
                reason = str(error).partition("\n")[0][:300]
            self.report.problems.append(f"{item.kind} {item.wp_id}, line {item.line}: {reason}")
            if str(item.wp_id) not in self.rows:
                # Its page may have been stored before the error and rolled back.
                self.store.pages.pop(item.wp_id, None)

    def _mark_gone(self) -> None:
        present = {str(key) for key in self.survey.items}
        gone = [pk for key, (pk, _page, _hash, is_gone) in self.rows.items() if key not in present and not is_gone]
        for keys in batched(gone, BATCH):
            ImportedItem.objects.filter(pk__in=keys).update(is_gone=True)
        self.report.counts["gone there"] = len(gone)

    def _sum_up(self) -> None:
        rows = ImportedItem.objects.filter(source=self.source, kind=ImportedItem.Kind.PAGE)
        for before, after, notes in rows.values_list("words_before", "words_after", "notes").iterator():
            self.report.words_before += before
            self.report.words_after += after
            self.report.notes.update({note[0] for note in notes})


def _leave_out(survey: Survey, report: SiteImportReport) -> None:
    for kind, count in sorted(survey.kind_counts.most_common(MOST_KINDS)):
        if kind not in MACHINERY and kind not in PAGE_KINDS:
            report.leave_out("type", count, kind)
    for language, count in sorted(survey.other_languages.most_common(MOST_KINDS)):
        report.leave_out("language", count, language)
    if survey.comments:
        report.leave_out("comments", survey.comments)
