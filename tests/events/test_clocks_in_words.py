"""An hour on another clock than the reader's names that clock by its city or offset, wherever the hour stands."""

from datetime import UTC, datetime, timedelta

import pytest
from bs4 import BeautifulSoup
from django.utils.translation import override
from time_machine import travel

from portal.core.serving.snapshot import snapshot_of
from portal.core.zones import clock_name, zone
from portal.newsletter.compose import _event as bulletin_entry
from tests.builders import make_event

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _frozen_time():
    with travel(NOW, tick=False):
        yield


@pytest.fixture
def webinar(lorraine):
    start = datetime(2026, 3, 9, 18, tzinfo=UTC)
    return make_event(
        lorraine.calendar, "Webinaire", start=start, end=start + timedelta(hours=1), time_zone="Pacific/Auckland"
    )


def test_pages_name_the_city_of_an_hour(lorraine, webinar):
    address = lorraine.address(webinar)
    for path in (address, "/fr/calendrier/", f"{lorraine.address(lorraine.calendar)}?month=2026-03"):
        text = lorraine.reader().get(path).content.decode()
        assert "Auckland" in text
        assert "NZDT" not in text


def test_newsletter_names_the_city_of_an_hour(lorraine, webinar):
    edition = snapshot_of(lorraine.host, "80").editions["fr"]
    date = webinar.occurrences.get()

    assert "Auckland" in bulletin_entry(date, edition).when
    webinar.time_zone = date.event.time_zone = "Europe/Berlin"
    assert "Berlin" not in bulletin_entry(date, edition).when


def test_hour_on_the_reader_s_clock_names_none(lorraine):
    event = make_event(
        lorraine.calendar, "Besuch", start=datetime(2026, 3, 9, 18, tzinfo=UTC), time_zone="Europe/Berlin"
    )

    assert "Berlin" not in when_on_page(lorraine, event)


def test_whole_day_elsewhere_names_no_clock(lorraine):
    start = datetime(2026, 3, 8, 11, tzinfo=UTC)
    event = make_event(
        lorraine.calendar, "Journée", start=start, end=None, is_all_day=True, time_zone="Pacific/Auckland"
    )

    assert "Auckland" not in when_on_page(lorraine, event)


def when_on_page(ground, event) -> str:
    html = BeautifulSoup(ground.reader().get(ground.address(event)).content, "html.parser")
    return html.select_one("main").get_text(" ")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("America/Argentina/Buenos_Aires", "Buenos Aires"),
        ("Etc/GMT+1", "UTC\N{MINUS SIGN}1"),
        ("Etc/GMT-14", "UTC+14"),
        ("CET", "UTC+1"),
        ("US/Pacific", "UTC\N{MINUS SIGN}8"),
        ("Asia/Kolkata", "Kolkata"),
        ("UTC", "UTC"),
    ],
)
def test_clock_has_the_name_of_a_city_or_its_offset(name, shown):
    with override("en"):
        assert clock_name(zone(name), NOW).removesuffix(" time") == shown
