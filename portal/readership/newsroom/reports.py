"""The report of a month, for its page and its mail."""

from datetime import date, timedelta
from typing import Any

from wagtail.models import Site

from portal.readership.newsroom import figures
from portal.readership.newsroom.figures import Period
from portal.readership.newsroom.words import overview, table_of_downloads, table_of_languages

PAGES_OF_MONTH = 10


def month_facts(site: Site, first: date) -> dict[str, Any]:
    """The figures of the month that begins on `first`, and the views of the month before."""
    period = Period.of_month(first.year, first.month)
    day_before = first - timedelta(days=1)
    before = Period.of_month(day_before.year, day_before.month)
    homes = figures.homes_by_language(site)
    return overview(figures.sums_of_places(homes, site, period), period) | {
        "site": site,
        "month": first,
        "before": figures.parts(figures.sums_of_places(homes, site, before)).views,
        "has_languages": len(homes) > 1,
        "most_read": figures.most_read(site, period, most=PAGES_OF_MONTH),
        "by_section": figures.by_section(site, period),
        "tables": [
            table_of_languages(figures.by_language(site, period, homes)),
            table_of_downloads(figures.most_downloaded(site, period)),
        ],
    }
