"""Cards give the hour of today's stories and the date of older ones, in the time zone of their site."""

from datetime import UTC, datetime, timedelta

import pytest
from bs4 import BeautifulSoup
from time_machine import travel

from portal.platform.caching import expiry
from tests.builders import change, make_article, make_section, make_settings, make_site

MORNING = datetime(2026, 11, 18, 9, 30, tzinfo=UTC)
LATEST = [{"type": "latest", "value": {"title": "Nouvelles", "count": 6}}]


@pytest.fixture(autouse=True)
def in_the_morning():
    with travel(MORNING, tick=False):
        yield


def dates(site, code: str = "fr") -> list[str]:
    html = BeautifulSoup(site.reader().get(f"/{code}/").content, "html.parser")
    return [date.get_text(strip=True).replace("\xa0", " ") for date in html.select(".card__date")]


def make_front(host: str, zone: str, *published: datetime, code: str = "fr"):
    site = make_site(host, (code,), host)
    make_settings(site, time_zone=zone)
    for number, date in enumerate(published):
        make_article(site.section, f"Nouvelle {number}", date=date)
    change(site.home, shelves=LATEST)
    return site


@pytest.mark.parametrize(
    ("code", "hour", "full"), [("fr", "9 h 40", "9 h"), ("de", "9.40 Uhr", "9 Uhr"), ("en", "09:40", "09:00")]
)
def test_story_of_today_shows_its_hour(lorraine, code, hour, full):
    today = datetime(2026, 11, 18, 8, tzinfo=UTC)
    site = make_front("solo.localhost", "Europe/Paris", today + timedelta(minutes=40), today, code=code)

    assert dates(site, code) == [hour, full]


def test_today_begins_at_midnight_of_the_site(lorraine):
    """23:30 in UTC is the next day in Paris, and the same day in the Azores."""
    late = datetime(2026, 11, 17, 23, 30, tzinfo=UTC)
    paris = make_front("paris.localhost", "Europe/Paris", late)
    azores = make_front("azores.localhost", "Atlantic/Azores", late)

    assert (dates(paris), dates(azores)) == (["0 h 30"], ["17 novembre 2026"])


def test_hour_becomes_a_date_at_midnight_without_any_change(lorraine):
    site = make_front("solo.localhost", "Europe/Paris", MORNING - timedelta(minutes=10))
    assert dates(site) == ["10 h 20"]

    with travel(datetime(2026, 11, 18, 23, tzinfo=UTC), tick=False):
        assert dates(site) == ["18 novembre 2026"]


def test_cached_page_with_an_hour_expires_at_midnight_of_its_site(lorraine):
    make_front("nuuk.localhost", "America/Nuuk", MORNING)

    ends = [end for source in expiry.sources for end in source(MORNING)]
    assert datetime(2026, 11, 19, 2, tzinfo=UTC) in ends


def test_lists_of_a_section_show_hours_too(lorraine):
    site = make_front("solo.localhost", "Europe/Paris")
    section = make_section(site.home, "Bois", slug="bois")
    make_article(section, "Nouvelle", date=MORNING - timedelta(minutes=10))

    assert dates(site, "fr/bois") == ["10 h 20"]


def test_brief_of_an_earlier_day_shows_the_day_without_its_year(lorraine):
    site = make_front(
        "solo.localhost", "Europe/Paris", *(MORNING - timedelta(hours=9 * n, minutes=1) for n in range(3))
    )
    change(site.home, shelves=[{"type": "chosen", "value": {"layout": "briefs", "places": [{}, {}, {}]}}])

    assert dates(site) == ["10 h 29", "1 h 29", "17 novembre"]


@pytest.mark.parametrize(
    ("first", "again", "shown"),
    [
        (timedelta(hours=2), timedelta(minutes=25), "mis à jour à 10 h 05"),
        (timedelta(hours=2), timedelta(minutes=111), "8 h 30"),
        (timedelta(days=1), timedelta(minutes=25), "17 novembre 2026"),
    ],
    ids=["today", "within minutes", "older story"],
)
def test_story_that_was_published_again_says_so_on_its_day_only(lorraine, first, again, shown):
    """`first` and `again` are how long ago it was published. A few minutes later does not count as an update."""
    site = make_front("solo.localhost", "Europe/Paris")
    with travel(MORNING - first, tick=False):
        story = make_article(site.section, "Nouvelle", date=MORNING - first)

    with travel(MORNING - again, tick=False):
        change(story, standfirst="Un détail de plus.")

    assert dates(site) == [shown]
