"""Runs an import of WordPress, in steps that can be repeated: after any interruption, the next run goes on."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import batched
from pathlib import Path
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import override, pgettext_lazy
from wagtail.models import Locale, Site

from portal.content.kinds import kind_named
from portal.content.records.settings import SiteSettings
from portal.editorial.mails.withheld import review_mails_withheld
from portal.editorial.roles import media_collection
from portal.moving.models import ImportedItem, ImportSource
from portal.moving.planning.mapping import KINDS, Mapping, propose
from portal.moving.planning.survey import MACHINERY, PAGE_KINDS, Survey, content_items, survey_of
from portal.moving.reporting import SiteImportReport
from portal.moving.wordpress.parts import read_export
from portal.moving.wordpress.records import Item
from portal.moving.writing.catalogue import Catalogue
from portal.moving.writing.changes import update
from portal.moving.writing.drafts import DraftStore
from portal.moving.writing.files import FileStore, documents_of
from portal.moving.writing.front import arrange_front
from portal.moving.writing.hashes import hash_of_item
from portal.moving.writing.links import Addresses, document_keys, link_pages, page_keys
from portal.moving.writing.menus import bring_menu
from portal.moving.writing.pages import Draft, PageBuilder, is_noindex
from portal.moving.writing.redirects import redirect_all
from portal.moving.writing.targets import Targets

BATCH = 50
NEWS = pgettext_lazy("title", "News")
Progress = Callable[[str, int, int], None]


def silent(step: str, done: int, total: int) -> None:
    pass


@dataclass(frozen=True)
class Options:
    """`media` is a folder with the old uploads or an address of one."""

    media: str = ""
    is_live: bool = False


def story_kinds() -> list[str]:
    """The kinds of story that this installation has."""
    return ["article", *(kind for kind in KINDS if kind_named(kind))]


def look_at(path: Path, site: Site, locale: Locale) -> tuple[Survey, Mapping]:
    """What is in an export, and a mapping for it; raises ExportError."""
    survey = survey_of(read_export(path))
    with override(locale.language_code):
        default = str(NEWS)
    return survey, propose(survey, story_kinds(), default, SiteSettings.for_site(site).time_zone)


def try_out(path: Path, survey: Survey) -> SiteImportReport:
    """Convert everything and store nothing."""
    report = SiteImportReport()
    builder = PageBuilder(survey, Mapping(), None, None, None, ZoneInfo("UTC"))  # type: ignore[arg-type]
    for item in content_items(read_export(path)):
        found = builder.convert(item)
        report.counts[item.kind] += 1
        report.words_before += found.words_before
        report.words_after += found.words_after
        report.notes.update({note.code for note in found.notes})
    _leave_out(survey, report)
    return report


def run(
    path: Path,
    site: Site,
    locale: Locale,
    survey: Survey,
    mapping: Mapping,
    options: Options,
    progress: Progress = silent,
) -> SiteImportReport:
    """Import an export into an edition; raises ExportError, or LookupError if the site does not have the language."""
    source, _is_new = ImportSource.objects.get_or_create(site=site, locale=locale, address=survey.channel.address)
    with override(locale.language_code), review_mails_withheld():
        work = _Run(path, source, survey, mapping, options, progress)
        work.run()
    ImportSource.objects.filter(pk=source.pk).update(last_run_at=timezone.now())
    return work.report


class _Run:
    def __init__(
        self, path: Path, source: ImportSource, survey: Survey, mapping: Mapping, options: Options, progress: Progress
    ):
        self.path = path
        self.source = source
        self.survey = survey
        self.options = options
        self.mapping = mapping
        self.progress = progress
        self.report = SiteImportReport()
        self.files = FileStore(source, survey, options.media, media_collection(source.site))
        zone = ZoneInfo(mapping.time_zone or SiteSettings.for_site(source.site).time_zone)
        catalogue = Catalogue(source, survey)
        self.builder = PageBuilder(survey, mapping, Targets(source), catalogue, self.files, zone)
        self.builder.is_live = options.is_live
        self.store = DraftStore(source, self.builder, is_live=options.is_live)
        self.store.pages = page_keys(source)
        self.rows = {row.key: row for row in ImportedItem.objects.filter(source=source, kind=ImportedItem.Kind.PAGE)}
        self.here = set(source.items_here().values_list("pk", flat=True))
        self.done = 0
        # The keys of stories that stood first there.
        self.sticky: list[int] = []

    def run(self) -> None:
        for depth in range(1 + max((self.survey.depth_of(key) for key in self.survey.items), default=0)):
            items = (item for item in content_items(read_export(self.path)) if self._stands_at(item, depth))
            for batch in batched(items, BATCH):
                self._import(batch)
        self.files.bring(documents_of(self.survey))
        documents = document_keys(self.source)
        addresses = Addresses(self.survey, self.store.pages, documents)
        self.progress("links", 0, 0)
        self.report.counts["pages with old links"] = link_pages(self.source, addresses.find)
        self.progress("redirects", 0, 0)
        counts = redirect_all(self.source, self.survey, self.mapping, addresses)
        self.report.counts["redirects"] = counts["new"]
        self.report.counts["old addresses that lead elsewhere already"] = counts["taken"]
        home, lead = self.builder.targets.home, next(iter(self.sticky), None)
        if self.store.pages and arrange_front(self.source, home, lead, is_live=self.options.is_live):
            self.report.counts["front page arranged"] = 1
        elif lead:
            self.report.left_out.append("a story was sticky: choose it as the lead of the home page")
        entries, left = bring_menu(self.source, self.survey, addresses, self.mapping.sections)
        self.report.counts["entries of the menu"] = entries
        if left:
            self.report.left_out.append(f"{left:,} entries of menus")
        self._mark_gone()
        self._sum_up()
        _leave_out(self.survey, self.report)

    def _stands_at(self, item: Item, depth: int) -> bool:
        """Pages are stored after those above them; everything else comes first."""
        return (self.survey.depth_of(item.wp_id) if item.kind == "page" else 0) == depth

    def _import(self, items: Sequence[Item]) -> None:
        new, known = [], []
        for item in items:
            row = self.rows.get(str(item.wp_id))
            if row is None:
                new.append((item, self.builder.convert(item)))
            elif row.page_id is None:
                self.report.counts["deleted here"] += 1
            elif row.pk not in self.here:
                self.report.counts["moved to another site"] += 1
            elif row.content_hash == hash_of_item(item):
                self.report.counts["as before"] += 1
            else:
                known.append((item, self.builder.convert(item)))
        both = [*new, *known]
        self.files.bring([media for item, converted in both for media in self.builder.media_of(item, converted)])
        self._create([self.builder.draft(item, converted) for item, converted in new])
        for item, converted in known:
            with self._reported(item):
                row = self.rows[str(item.wp_id)]
                self.report.counts[update(self.source, self.store, row, self.builder.draft(item, converted))] += 1
        self.done += len(items)
        self.progress("pages", self.done, len(self.survey.items))

    def _create(self, drafts: Sequence[Draft]) -> None:
        """Store a batch; after an error, half of it at a time, so that only what is invalid fails."""
        if not drafts:
            return
        if len(drafts) == 1:
            with self._reported(drafts[0].item):
                self.store.create(drafts)
                self._count(drafts)
            return
        try:
            self.store.create(drafts)
        except ValidationError:
            middle = len(drafts) // 2
            self._create(drafts[:middle])
            self._create(drafts[middle:])
        else:
            self._count(drafts)

    def _count(self, drafts: Sequence[Draft]) -> None:
        for draft in drafts:
            self.report.counts[f"new: {draft.kind}"] += 1
            if draft.item.is_sticky:
                self.sticky.append(self.store.pages[draft.item.wp_id])
            if is_noindex(draft.item):
                self.report.left_out.append(f"“{draft.title}” was hidden from search engines")

    @contextmanager
    def _reported(self, item: Item) -> Iterator[None]:
        try:
            yield
        except ValidationError as error:
            self.report.problems.append(f"{item.kind} {item.wp_id}, line {item.line}: {'; '.join(error.messages)}")

    def _mark_gone(self) -> None:
        present = {str(key) for key in self.survey.items}
        gone = [row.pk for key, row in self.rows.items() if key not in present and not row.is_gone]
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
    for kind, count in sorted(survey.kind_counts.items()):
        if kind not in MACHINERY and kind not in PAGE_KINDS:
            report.left_out.append(f"{count:,} of the type “{kind}”")
    if survey.comments:
        report.left_out.append(f"{survey.comments:,} comments of readers")
