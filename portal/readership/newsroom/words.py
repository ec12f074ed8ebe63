"""The content of the reports: charts, tables and their labels."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_lazy as _, pgettext_lazy
from wagtail.models import Site

from portal.charts.columns import bars
from portal.readership.counting.headers import (
    DESKTOP,
    DIRECT,
    INSIDE,
    NETWORK,
    NEWSLETTER,
    OTHER,
    PHONE,
    SEARCH,
    SOCIAL,
    TABLET,
)
from portal.readership.models import SubjectKind
from portal.readership.newsroom import figures
from portal.readership.newsroom.figures import Period, Read, Subject

NAMES: dict[str, Any] = {
    DIRECT: pgettext_lazy("source of a view", "Directly, or unknown"),
    INSIDE: pgettext_lazy("source of a view", "From another page of the site"),
    NETWORK: pgettext_lazy("source of a view", "From another site of the network"),
    NEWSLETTER: pgettext_lazy("source of a view", "Newsletter"),
    OTHER: pgettext_lazy("source of a view", "From other sites"),
    SEARCH: pgettext_lazy("source of a view", "Search engines"),
    SOCIAL: pgettext_lazy("source of a view", "Social networks"),
    DESKTOP: _("Desktop"),
    PHONE: _("Phone"),
    TABLET: _("Tablet"),
}


class Part(NamedTuple):
    name: str
    views: int
    percent: int


class Chart(NamedTuple):
    """Views by some criterion, for a chart and for a table's rows."""

    title: str
    column: str
    rows: list[tuple[str, int]]

    @property
    def is_empty(self) -> bool:
        return not any(views for _label, views in self.rows)

    @property
    def svg(self) -> SafeString:
        return bars(self.rows, self.title)


def overview(sums: QuerySet[Any], period: Period) -> dict[str, Any]:
    """The views in some sums by day, hour, source and device. The last three are only shown with `is_detailed`."""
    parts = figures.parts(sums)
    by_day = [(date_format(day, "SHORT_DATE_FORMAT"), views) for day, views in figures.views_by_day(sums, period)]
    by_hour = [(f"{hour}:00", views) for hour, views in enumerate(parts.hours)]
    return {
        "views": parts.views,
        "is_detailed": parts.are_shown,
        "chart": Chart(gettext("Views by day"), gettext("Day"), by_day),
        "hour_chart": Chart(gettext("Views by hour of the day"), gettext("Hour"), by_hour),
        "sources": _parts_in_words(parts.sources, parts.views),
        "devices": _parts_in_words(parts.devices, parts.views),
    }


def _parts_in_words(parts: Iterable[tuple[str, int]], views: int) -> list[Part]:
    return [Part(str(NAMES[name]), value, round(100 * value / views)) for name, value in parts if value > 0]


class CountRow(NamedTuple):
    name: str
    number: int
    url: str = ""


class CountTable(NamedTuple):
    """Counts in descending order. A table without rows is hidden."""

    title: str
    column: str
    unit: str
    rows: list[CountRow]
    note: str = ""

    def of_whole_site(self) -> "CountTable":
        """The table with a note that it counts the whole site, for a report on one language or section."""
        return self._replace(note=gettext("Of the whole site: this is not counted by language or section."))


def table_of_languages(reads: list[Read]) -> CountTable:
    """The views of home pages; empty for a site with one language."""
    rows = [CountRow(str(read.thing.locale), read.views) for read in reads] if len(reads) > 1 else []
    return CountTable(gettext("By language"), gettext("Language"), gettext("Views"), rows)


def table_of_downloads(reads: Iterable[Read]) -> CountTable:
    rows = [CountRow(read.thing.title, read.views) for read in reads]
    return CountTable(gettext("Downloads"), gettext("Document"), gettext("Downloads"), rows)


def table_of_subjects(subjects: Iterable[Subject], may_see_searches: bool) -> CountTable:
    """Topics, authors and the search, which links to its report for people who may see readers' queries."""
    rows = []
    for kind, name, views in subjects:
        is_linked = kind is SubjectKind.SEARCH and may_see_searches
        label = f"{kind.label}: {name}" if name else str(kind.label)
        rows.append(CountRow(label, views, reverse("search_report") if is_linked else ""))
    return CountTable(gettext("Topics, authors and search"), gettext("Page"), gettext("Views"), rows)


def table_of_hosts(hosts: Iterable[tuple[str, int]]) -> CountTable:
    rows = [CountRow(host, clicks) for host, clicks in hosts]
    return CountTable(gettext("Links to other sites"), gettext("Site"), gettext("Clicks"), rows)


def month_facts(site: Site, first: date) -> dict[str, Any]:
    """The figures of the month that starts on `first`, and the views of the month before."""
    period = Period.of_month(first)
    before = Period.of_month(first - timedelta(days=1))
    homes = figures.homes_by_language(site)
    return overview(figures.sums_of_places(homes, site, period), period) | {
        "site": site,
        "month": first,
        "before": figures.parts(figures.sums_of_places(homes, site, before)).views,
        "has_languages": len(homes) > 1,
        "most_read": figures.most_read(site, period, most=figures.MAX_IN_TABLE),
        "by_section": figures.by_section(site, period),
        "tables": [
            table_of_languages(figures.by_language(site, period, homes)),
            table_of_downloads(figures.most_downloaded(site, period)),
        ],
    }
