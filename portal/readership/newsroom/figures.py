"""A site's readership figures, each in one or two queries for any number of views."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple, Self

from dateutil.relativedelta import relativedelta
from django.db.models import Case, F, Model, QuerySet, Sum, Value, When
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import NumberColumn
from wagtail.models import Page, Site

from portal.content.extension_points import SiteFigure
from portal.content.records.people import Person
from portal.content.records.settings import SiteSettings
from portal.content.records.topics import Topic
from portal.content.visibility import HOME_DEPTH
from portal.editorial.reader_data import pages_of_sites
from portal.platform.zones import zone
from portal.readership.counting.headers import DESKTOP, DIRECT
from portal.readership.models import (
    DEVICES,
    HOURS,
    SOURCES,
    ClickDay,
    DownloadDay,
    PageDay,
    PlaceDay,
    ReadershipChoices,
    SubjectDay,
    SubjectKind,
)
from portal.readership.newsroom.access import sites_seen_by
from portal.readership.places import documents_of

MAX_READS, MAX_IN_TABLE = 20, 10
WEEK, DAYS_IN_LIST = 7, 30
# With fewer views, sources, devices and hours could identify individual readers.
FEWEST_DETAILED = 10
MAX_DAYS = timedelta(days=3650)
# The models of subjects. The search has none.
RECORDS: dict[str, type[Model]] = {SubjectKind.TOPIC.value: Topic, SubjectKind.AUTHOR.value: Person}


@dataclass(frozen=True)
class Period:
    """Whole days on a site, including the first and the last."""

    first: date
    last: date

    @classmethod
    def of_days(cls, days: int, last: date) -> Self:
        return cls(last - timedelta(days=days - 1), last)

    @classmethod
    def of_month(cls, day: date) -> Self:
        first = day.replace(day=1)
        return cls(first, first + relativedelta(months=1, days=-1))

    @property
    def days(self) -> list[date]:
        return [self.first + timedelta(days=number) for number in range((self.last - self.first).days + 1)]

    @property
    def lookups(self) -> dict[str, int]:
        return {"day__gte": self.first.toordinal(), "day__lte": self.last.toordinal()}


class Read(NamedTuple):
    """A page, document or site with its views; `before` are those of the previous period."""

    thing: Any
    views: int
    before: int = 0


def today_at(site: Site, now: datetime) -> date:
    return now.astimezone(zone(SiteSettings.for_site(site).time_zone)).date()


def homes_by_language(site: Site) -> list[Page]:
    return list(site.root_page.get_translations(inclusive=True).select_related("locale").order_by("path"))


def pages_of(site: Site) -> QuerySet[Page]:
    """The pages that belong to the site now, without pages that were moved to another site."""
    return pages_of_sites(Site.objects.filter(pk=site.pk)).select_related("locale")


def sums_of_places(places: Iterable[Page], site: Site, period: Period) -> QuerySet[PlaceDay]:
    return PlaceDay.objects.filter(site=site, place__in=[place.pk for place in places], **period.lookups)


def sums_of_page(page: Page, site: Site, period: Period) -> QuerySet[PageDay]:
    # The index starts with site and day: for a range of days the database would read every page's rows.
    return PageDay.objects.filter(site=site, page=page.pk, day__in=[day.toordinal() for day in period.days])


def views_by_day(sums: QuerySet[Any], period: Period) -> list[tuple[date, int]]:
    """The views on each day of the period, including zeros."""
    found = dict(sums.values_list("day").annotate(total=Sum("views")))
    return [(day, found.get(day.toordinal(), 0)) for day in period.days]


@dataclass(frozen=True)
class Parts:
    """All views by source, device and hour, the largest sources and devices first."""

    views: int
    sources: list[tuple[str, int]]
    devices: list[tuple[str, int]]
    hours: list[int]

    @property
    def are_shown(self) -> bool:
        return self.views >= FEWEST_DETAILED


def parts(sums: QuerySet[Any]) -> Parts:
    totals = sums.aggregate(**{f"sum_{name}": Sum(name) for name in ("views", *SOURCES, *DEVICES, *HOURS)})
    found = {name.removeprefix("sum_"): value or 0 for name, value in totals.items()}

    def with_rest(names: tuple[str, ...], rest: str) -> list[tuple[str, int]]:
        numbers = {name: found[name] for name in names}
        numbers[rest] = found["views"] - sum(numbers.values())
        return sorted(numbers.items(), key=lambda item: (-item[1], item[0]))

    hours = [found[hour] for hour in HOURS]
    return Parts(found["views"], with_rest(SOURCES, DIRECT), with_rest(DEVICES, DESKTOP), hours)


def narrow[M: Model](sums: QuerySet[M], name: str, language: str, below: str) -> QuerySet[M]:
    """Limit sums to pages in a language and below a tree path, if given; `name` is the page's field."""
    if language:
        sums = sums.filter(**{f"{name}__locale__language_code": language})
    return sums.filter(**{f"{name}__path__startswith": below}) if below else sums


def _most_viewed(sums: QuerySet[Any], name: str, records: QuerySet[Any], most: int | None) -> list[Read]:
    """The records with the most views; `name` is their field in the sums."""
    sums = sums.filter(**{f"{name}__in": records.values("pk")})
    rows = list(sums.values_list(name).annotate(total=Sum("views")).order_by("-total", name)[:most])
    found = records.in_bulk([key for key, _total in rows])
    return [Read(found[key], total) for key, total in rows]


def most_read(site: Site, period: Period, language: str = "", below: str = "", most: int = MAX_READS) -> list[Read]:
    """The pages with the most views; `below` is a section's tree path."""
    days = narrow(PageDay.objects.filter(site=site, **period.lookups), "page", language, below)
    return _most_viewed(days, "page", pages_of(site), most)


def by_section(site: Site, period: Period, language: str = "", below: str = "") -> list[Read]:
    """The sections with the views of all their pages. A page in a subsection counts for both."""
    days = PlaceDay.objects.filter(site=site, place__depth__gt=HOME_DEPTH, **period.lookups)
    return _most_viewed(narrow(days, "place", language, below), "place", pages_of(site), None)


def most_downloaded(site: Site, period: Period) -> list[Read]:
    days = DownloadDay.objects.filter(site=site, **period.lookups)
    return _most_viewed(days, "document", documents_of(site.pk), MAX_IN_TABLE)


def rising(site: Site, last: date, language: str = "", below: str = "") -> list[Read]:
    """The pages that gained the most views in the week until `last`, compared with the week before."""
    period = Period.of_days(2 * WEEK, last)
    own = pages_of(site)
    days = PageDay.objects.filter(site=site, page__in=own.values("pk"), **period.lookups)
    late, early = _halves(last, WEEK)
    sums = narrow(days, "page", language, below).values("page").annotate(late=late, gain=late - early)
    rows = list(sums.filter(gain__gt=0).order_by("-gain", "page").values_list("page", "late", "gain")[:MAX_IN_TABLE])
    pages = own.in_bulk([key for key, _late, _gain in rows])
    return [Read(pages[key], late, late - gain) for key, late, gain in rows]


def by_language(site: Site, period: Period, homes: Iterable[Page]) -> list[Read]:
    """A site's home pages with the views of everything below them."""
    days = sums_of_places(homes, site, period)
    totals = dict(days.values_list("place").annotate(total=Sum("views")))
    return sorted((Read(home, totals.get(home.pk, 0)) for home in homes), key=lambda read: -read.views)


def views_of_sites(sites: Sequence[Site], days: int, last: date) -> list[Read]:
    """Each site's views in the days until `last` and in as many days before, most read site first."""
    period = Period.of_days(2 * days, last)
    found = PlaceDay.objects.filter(site__in=sites, place__depth=HOME_DEPTH, **period.lookups)
    late, early = _halves(last, days)
    by_site = {site: sums for site, *sums in found.values_list("site").annotate(late=late, early=early)}
    reads = [Read(site, *by_site.get(site.pk, (0, 0))) for site in sites]
    return sorted(reads, key=lambda read: (-read.views, read.thing.site_name))


def views_by_site(sites: Sequence[Site], now: datetime) -> dict[int, int]:
    """The views of the last thirty days of each of these sites that counts its readers."""
    last = timezone.localdate(now) - timedelta(days=1)
    uncounted = set(ReadershipChoices.objects.filter(is_counting=False).values_list("site", flat=True))
    counted = [site for site in sites if site.pk not in uncounted]
    return {read.thing.pk: read.views for read in views_of_sites(counted, DAYS_IN_LIST, last)}


VIEWS_OF_SITE = SiteFigure(
    "views", _("Views, 30 days"), views_by_site, lambda site: reverse("readership_site", args=[site.pk])
)


def _halves(last: date, days: int) -> tuple[Any, Any]:
    """The views of the days until `last`, and of those before."""
    is_late = When(day__gt=(last - timedelta(days=days)).toordinal(), then=F("views"))
    return Sum(Case(is_late, default=Value(0))), Sum("views") - Sum(Case(is_late, default=Value(0)))


def all_views(page: Page, site: Site, last: date) -> int:
    """All of a page's stored views within the last ten years."""
    first = (page.first_published_at.date() if page.first_published_at else last).replace(day=1)
    period = Period(max(first, last - MAX_DAYS), last)
    return sums_of_page(page, site, period).aggregate(total=Sum("views"))["total"] or 0


class Subject(NamedTuple):
    """A topic, an author or the search (which has no name), and the number of views of its page."""

    kind: SubjectKind
    name: str
    views: int


def subjects(site: Site, period: Period) -> list[Subject]:
    days = SubjectDay.objects.filter(site=site, **period.lookups)
    rows = days.values_list("kind", "key").annotate(total=Sum("views")).order_by("-total", "kind", "key")
    by_kind: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for kind, key, views in rows:
        if len(by_kind[kind]) < MAX_IN_TABLE:
            by_kind[kind].append((key, views))
    found = []
    for kind in SubjectKind:
        names = {0: ""}
        if model := RECORDS.get(kind.value):
            records = model._default_manager.in_bulk([key for key, _views in by_kind[kind.value]])
            names = {key: str(record) for key, record in records.items()}
        found += [Subject(kind, names[key], views) for key, views in by_kind[kind.value] if key in names]
    return found


class FollowedLinks(NamedTuple):
    """Clicks on links on one page, or on all of a site's pages: by host, and to registration forms."""

    hosts: list[tuple[str, int]]
    forms: int


def followed_links(
    site: Site, period: Period, page: Page | None = None, language: str = "", below: str = ""
) -> FollowedLinks:
    clicks = narrow(ClickDay.objects.filter(site=site, **period.lookups), "page", language, below)
    if page is not None:
        clicks = clicks.filter(page=page.pk)
    # One of the rows may be the registration form, which has no host.
    found = list(clicks.values_list("host").annotate(total=Sum("views")).order_by("-total", "host")[: MAX_IN_TABLE + 1])
    hosts = [(host, total) for host, total in found if host]
    return FollowedLinks(hosts[:MAX_IN_TABLE], dict(found).get("", 0))


class ViewsColumn(NumberColumn):
    """The thirty-day views of each page of a list, in one query.

    It is empty for pages without views, and for pages of sites whose figures the user may not see.
    """

    def __init__(self, name: str, user: Any, **kwargs: Any):
        super().__init__(name, **kwargs)
        self.user = user
        self.views: dict[int, int] = {}

    def prepare(self, pages: Iterable[Page]) -> None:
        period = Period.of_days(DAYS_IN_LIST, timezone.localdate())
        keys = [page.pk for page in pages if page.first_published_at]
        # The index starts with site and day: for a range of days the database would read every page's rows.
        days = PageDay.objects.filter(
            site__in=sites_seen_by(self.user).values("pk"),
            day__in=[day.toordinal() for day in period.days],
            page__in=keys,
        )
        self.views = dict(days.values_list("page").annotate(total=Sum("views"))) if keys else {}

    def get_value(self, instance: Page) -> int | None:
        return self.views.get(instance.pk)

    def get_cell_context_data(self, instance: Page, parent_context: dict[str, Any]) -> dict[str, Any]:
        context = super().get_cell_context_data(instance, parent_context)
        return context if context["raw_value"] is not None else context | {"value": ""}
