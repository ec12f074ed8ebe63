"""The figures of a site's readership, each in one query or two, however many views there were."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple, Self

from django.db.models import Case, F, Model, Q, QuerySet, Sum, Value, When
from wagtail.models import Page, Site

from portal.content.records.settings import SiteSettings
from portal.content.visibility import HOME_DEPTH
from portal.platform.zones import zone
from portal.readership.counting.agents import DESKTOP
from portal.readership.counting.referrals import DIRECT
from portal.readership.documents import documents_of
from portal.readership.models import DEVICES, HOURS, SOURCES, DownloadDay, PageDay, PlaceDay

MOST = 20
WEEK = 7
# Of fewer views, the source, the device and the hour would describe single readers.
FEWEST_TOLD = 10
MOST_DAYS = timedelta(days=3650)
# So many of the most read pages may be deleted since.
SPARE = 20


@dataclass(frozen=True)
class Period:
    """Whole days at a site, the first and the last included."""

    first: date
    last: date

    @classmethod
    def of_days(cls, days: int, last: date) -> Self:
        return cls(last - timedelta(days=days - 1), last)

    @classmethod
    def of_month(cls, year: int, month: int) -> Self:
        following = date(year + month // 12, month % 12 + 1, 1)
        return cls(date(year, month, 1), following - timedelta(days=1))

    @property
    def days(self) -> list[date]:
        return [self.first + timedelta(days=number) for number in range((self.last - self.first).days + 1)]

    @property
    def lookups(self) -> dict[str, int]:
        return {"day__gte": self.first.toordinal(), "day__lte": self.last.toordinal()}


class Read(NamedTuple):
    """A page or a document, and how often it was read; `before` in the time that this is compared with."""

    thing: Any
    views: int
    before: int = 0


def today_at(site: Site, now: datetime) -> date:
    return now.astimezone(zone(SiteSettings.for_site(site).time_zone)).date()


def homes_by_language(site: Site) -> list[Page]:
    return list(site.root_page.get_translations(inclusive=True).select_related("locale").order_by("path"))


def pages_of(site: Site) -> QuerySet[Page]:
    """The pages that lie below the site's home pages today; one that was moved is the other site's."""
    asked = vars(site)
    # Several figures of one report are about the same pages.
    if "home_paths" not in asked:
        asked["home_paths"] = list(site.root_page.get_translations(inclusive=True).values_list("path", flat=True))
    below = Q(pk__in=[])
    for path in asked["home_paths"]:
        below |= Q(path__startswith=path)
    return Page.objects.filter(below).select_related("locale")


def sums_of_places(places: Iterable[Page], site: Site, period: Period) -> QuerySet[PlaceDay]:
    return PlaceDay.objects.filter(site=site, place__in=[place.pk for place in places], **period.lookups)


def sums_of_page(page: Page, site: Site, period: Period) -> QuerySet[PageDay]:
    # The index begins with site and day: the days are named, since in a range of them every page would be looked at.
    return PageDay.objects.filter(site=site, page=page.pk, day__in=[day.toordinal() for day in period.days])


def views_by_day(sums: QuerySet[Any], period: Period) -> list[tuple[date, int]]:
    """Every day of the period, those without views as well."""
    found = dict(sums.values_list("day").annotate(total=Sum("views")))
    return [(day, found.get(day.toordinal(), 0)) for day in period.days]


@dataclass(frozen=True)
class Parts:
    """What all views of some sums are made of; sources and devices with the greatest part first."""

    views: int
    sources: list[tuple[str, int]]
    devices: list[tuple[str, int]]
    hours: list[int]

    @property
    def are_told(self) -> bool:
        return self.views >= FEWEST_TOLD


def parts(sums: QuerySet[Any]) -> Parts:
    totals = sums.aggregate(**{f"sum_{name}": Sum(name) for name in ("views", *SOURCES, *DEVICES, *HOURS)})
    found = {name.removeprefix("sum_"): value or 0 for name, value in totals.items()}
    return Parts(
        found["views"],
        _with_rest(found, SOURCES, DIRECT),
        _with_rest(found, DEVICES, DESKTOP),
        [found[hour] for hour in HOURS],
    )


def _with_rest(found: dict[str, int], names: tuple[str, ...], rest: str) -> list[tuple[str, int]]:
    known = {name: found[name] for name in names}
    known[rest] = found["views"] - sum(known.values())
    return sorted(known.items(), key=lambda item: (-item[1], item[0]))


def narrowed[M: Model](sums: QuerySet[M], name: str, language: str, below: str) -> QuerySet[M]:
    """Those of pages in a language, and below a tree path; `name` is that of the page's field."""
    if language:
        sums = sums.filter(**{f"{name}__locale__language_code": language})
    return sums.filter(**{f"{name}__path__startswith": below}) if below else sums


def most_read(site: Site, period: Period, language: str = "", below: str = "", most: int = MOST) -> list[Read]:
    """The pages with the most views; `below` is the tree path of a section to which they belong."""
    days = narrowed(PageDay.objects.filter(site=site, **period.lookups), "page", language, below)
    own = pages_of(site)
    days = days.filter(page__in=own.values("pk"))
    rows = list(days.values_list("page").annotate(total=Sum("views")).order_by("-total", "page")[: most + SPARE])
    pages = _by_key(own, rows)
    return [Read(pages[key], total) for key, total in rows if key in pages][:most]


def rising(site: Site, last: date, language: str = "", below: str = "", most: int = 10) -> list[Read]:
    """The pages that gained the most views in the week until `last` over the week before."""
    turn = last - timedelta(days=WEEK)
    period = Period.of_days(2 * WEEK, last)
    days = narrowed(PageDay.objects.filter(site=site, **period.lookups), "page", language, below)
    own = pages_of(site)
    days = days.filter(page__in=own.values("pk"))
    is_late = When(day__gt=turn.toordinal(), then=F("views"))
    late, early = Sum(Case(is_late, default=Value(0))), Sum(Case(is_late, default=-F("views")))
    grown = days.values("page").annotate(late=late, gain=early).filter(gain__gt=0).order_by("-gain", "page")
    rows = list(grown.values_list("page", "late", "gain")[: most + SPARE])
    pages = _by_key(own, rows)
    return [Read(pages[key], late, late - gain) for key, late, gain in rows if key in pages][:most]


def by_section(site: Site, period: Period, language: str = "", below: str = "") -> list[Read]:
    """The sections with the views of all that lies in them; a page in a sub-section counts for both."""
    days = PlaceDay.objects.filter(site=site, place__depth__gt=HOME_DEPTH, **period.lookups)
    days = narrowed(days, "place", language, below)
    rows = list(days.values_list("place").annotate(total=Sum("views")).order_by("-total", "place"))
    pages = _by_key(pages_of(site), rows)
    return [Read(pages[key], total) for key, total in rows if key in pages]


def by_language(site: Site, period: Period, homes: Iterable[Page]) -> list[Read]:
    """The home pages of a site with the views of everything below them."""
    found = {home.pk: home for home in homes}
    days = PlaceDay.objects.filter(site=site, place__in=found, **period.lookups)
    totals = dict(days.values_list("place").annotate(total=Sum("views")))
    return sorted((Read(home, totals.get(key, 0)) for key, home in found.items()), key=lambda read: -read.views)


def most_downloaded(site: Site, period: Period, most: int = 10) -> list[Read]:
    shown = documents_of(site.pk)
    days = DownloadDay.objects.filter(site=site, document__in=shown.values("pk"), **period.lookups)
    rows = list(days.values_list("document").annotate(total=Sum("views")).order_by("-total", "document")[:most])
    documents = _by_key(shown, rows)
    return [Read(documents[key], total) for key, total in rows if key in documents]


def views_of_sites(sites: Sequence[Site], days: int, last: date) -> list[Read]:
    """All views of each site in the days until `last` and in as many before them, the most read site first."""
    turn = (last - timedelta(days=days)).toordinal()
    period = Period.of_days(2 * days, last)
    found = PlaceDay.objects.filter(site__in=sites, place__depth=HOME_DEPTH, **period.lookups)
    late = Sum(Case(When(day__gt=turn, then=F("views")), default=Value(0)))
    early = Sum(Case(When(day__lte=turn, then=F("views")), default=Value(0)))
    by_site = {site: sums for site, *sums in found.values_list("site").annotate(late=late, early=early)}
    reads = [Read(site, *by_site.get(site.pk, (0, 0))) for site in sites]
    return sorted(reads, key=lambda read: (-read.views, read.thing.site_name))


def _by_key[M: Model](records: QuerySet[M], rows: Iterable[tuple[Any, ...]]) -> dict[int, M]:
    return records.in_bulk([row[0] for row in rows])


def all_views(page: Page, site: Site, last: date) -> int:
    """The views of a page in all time that is kept, of which the first ten years are counted at most."""
    first = (page.first_published_at.date() if page.first_published_at else last).replace(day=1)
    period = Period(max(first, last - MOST_DAYS), last)
    return sums_of_page(page, site, period).aggregate(total=Sum("views"))["total"] or 0
