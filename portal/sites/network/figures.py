"""The state and the figures of each site, in a number of queries independent of the number of sites."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import BigIntegerField, Count, F, OuterRef, Q, Subquery, Sum, Window
from django.db.models.functions import Cast, RowNumber, Substr
from django.utils.translation import gettext
from wagtail.models import Page, Site, TaskState, WorkflowState

from portal.content.extension_points import site_figures
from portal.content.kinds import Listed, models_of
from portal.content.records.settings import SiteSettings
from portal.content.visibility import HOME_LENGTH, homes_of_sites, in_trash, paths_to
from portal.formats.words import language_name
from portal.media.models import Document, Image
from portal.platform.status.conditions import failure_kinds
from portal.sites.hosts.views import HostRow, hosts_of

# The fields of the settings that make a site's state. A site is open if none of them is set.
STATES = ("is_closed", "is_unlisted", "is_staging")


@dataclass(frozen=True)
class LastPublication:
    """The story or event of a site that was first published last."""

    page: int
    title: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class SiteRow:
    site: Site
    # The main host first.
    hosts: Sequence[HostRow]
    states: Sequence[str]
    languages: Sequence[str]
    published: LastPublication | None
    # Overdue reviews are those whose reviewers are reminded.
    in_review: int
    overdue: int
    # By the name of the `SiteFigure`.
    figures: dict[str, int]
    failures: int
    # The size of pictures and documents as they were uploaded.
    size: int

    @property
    def name(self) -> str:
        return str(self.site.site_name or self.site.hostname)

    @property
    def state(self) -> str:
        return ", ".join(self.states)


def site_rows(sites: Sequence[Site], now: datetime) -> list[SiteRow]:
    """A row for each of these sites, which have their `root_page`."""
    homes = homes_of_sites(sites)
    languages: dict[int, list[str]] = defaultdict(list)
    for site, home in homes:
        languages[site].append(language_name(home.locale.language_code))
    paths = [home.path for _site, home in homes]
    published, reviews = _last_publications(paths), _reviews(now)
    states, folders = _states_and_folders(sites)
    sizes, failures = _sizes(folders), _failures(now)
    figures = {figure.name: figure.by_site(sites, now) for figure in site_figures}
    rows = []
    for each in hosts_of(list(sites)):
        key = each.site.pk
        own = [home.path for site, home in homes if site == key]
        waiting = [reviews[path] for path in own if path in reviews]
        newest = [published[path] for path in own if path in published]
        rows.append(
            SiteRow(
                site=each.site,
                hosts=each.rows,
                states=states.get(key) or [gettext("open")],
                languages=languages[key],
                published=max(newest, key=lambda page: (page.at, page.page), default=None),
                in_review=sum(count for count, _overdue in waiting),
                overdue=sum(overdue for _count, overdue in waiting),
                figures={name: found[key] for name, found in figures.items() if key in found},
                failures=failures[key],
                size=sizes[key],
            )
        )
    return rows


def state_label(field: str) -> str:
    return str(SiteSettings._meta.get_field(field).verbose_name)


def _home(path: str = "path") -> Substr:
    return Substr(path, 1, HOME_LENGTH)


def _states_and_folders(sites: Iterable[Site]) -> tuple[dict[int, list[str]], dict[str, int]]:
    """The states of sites that are not just open, by site, and the sites of file folders, by tree path."""
    states, folders = {}, {}
    rows = SiteSettings.objects.filter(site__in=sites).values_list("site", "media_collection__path", *STATES)
    for site, folder, *flags in rows:
        states[site] = [state_label(name) for name, is_set in zip(STATES, flags, strict=True) if is_set]
        if folder:
            folders[folder] = site
    return states, folders


def _last_publications(homes: Iterable[str]) -> dict[str, LastPublication]:
    """The last publication below each of these home pages, by tree path."""
    models = [*models_of(Listed.STORIES), *models_of(Listed.EVENTS)]
    pages = Page.objects.live().type(*models).annotate(home=_home()).exclude(in_trash())
    newest = [F("first_published_at").desc(), F("pk").desc()]
    pages = pages.filter(home__in=list(homes), first_published_at__isnull=False).annotate(
        rank=Window(RowNumber(), partition_by=[_home()], order_by=newest)
    )
    rows = pages.filter(rank=1).values_list("home", "pk", "title", "first_published_at")
    return {home: LastPublication(page, title, at) for home, page, title, at in rows}


def _reviews(now: datetime) -> dict[str, tuple[int, int]]:
    """The numbers of pages in review and of overdue ones, by the tree path of the home page."""
    page = Page.objects.exclude(in_trash()).filter(pk=OuterRef("page_key"))
    steps = TaskState.objects.filter(
        status=TaskState.STATUS_IN_PROGRESS, workflow_state__status=WorkflowState.STATUS_IN_PROGRESS
    ).annotate(page_key=Cast("workflow_state__object_id", BigIntegerField()))
    since = now - timedelta(days=settings.REVIEW_REMINDER_DAYS)
    rows = (
        steps.annotate(home=Subquery(page.annotate(home=_home()).values("home")[:1]))
        .order_by()
        .values_list("home")
        .annotate(Count("pk"), overdue=Count("pk", filter=Q(started_at__lte=since)))
    )
    return {home: (count, overdue) for home, count, overdue in rows}


def _sizes(folders: dict[str, int]) -> Counter[int]:
    """The bytes of uploaded files by site."""
    sizes: Counter[int] = Counter()
    models: tuple[Any, ...] = (Image, Document)
    for model in models:
        for path, size in model.objects.order_by().values_list("collection__path").annotate(Sum("file_size")):
            site = next((folders[above] for above in paths_to(path) if above in folders), None)
            if site is not None:
                sizes[site] += size or 0
    return sizes


def _failures(now: datetime) -> Counter[int]:
    found: Counter[int] = Counter()
    for kind in failure_kinds:
        found.update(kind.by_site(now))
    return found
