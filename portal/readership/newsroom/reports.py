"""The report of a month: what stands on its page and in its mail."""

from datetime import date, timedelta
from typing import Any

from wagtail.models import Site

from portal.readership.newsroom import figures
from portal.readership.newsroom.figures import Period
from portal.readership.newsroom.words import chart_of_days, named_parts, table_of_downloads, table_of_languages

PAGES_OF_MONTH = 10


def month_facts(site: Site, first: date) -> dict[str, Any]:
    """The figures of the month that begins on `first`, and its sum beside that of the month before."""
    period = Period.of_month(first.year, first.month)
    before_it = first - timedelta(days=1)
    before = Period.of_month(before_it.year, before_it.month)
    homes = figures.homes_by_language(site)
    sums = figures.sums_of_places(homes, site, period)
    parts, days = figures.parts(sums), figures.views_by_day(sums, period)
    return {
        "site": site,
        "month": first,
        "views": parts.views,
        "is_told": parts.are_told,
        "before": figures.parts(figures.sums_of_places(homes, site, before)).views,
        "chart": chart_of_days(days),
        "sources": named_parts(parts.sources, parts.views),
        "devices": named_parts(parts.devices, parts.views),
        "has_languages": len(homes) > 1,
        "most_read": figures.most_read(site, period, most=PAGES_OF_MONTH),
        "by_section": figures.by_section(site, period),
        "tables": [
            table_of_languages(figures.by_language(site, period, homes)),
            table_of_downloads(figures.most_downloaded(site, period)),
        ],
    }
