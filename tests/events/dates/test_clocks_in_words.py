"""A time outside the reader's zone is shown with the city or offset of its zone."""

from datetime import UTC, datetime, timedelta

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse
from django.utils.translation import override

from events.newsroom.recaps import required_findings
from portal.content.records.settings import SiteSettings
from portal.content.serving.snapshot import snapshot_of
from portal.editorial.roles import Role
from portal.newsletter.compose import _event as bulletin_entry
from portal.platform.zones import clock_name, zone
from tests.builders import make_event, make_recap, newsroom_client
from tests.events.registering import WEEKLY, book, make_bookable

NOW = FROZEN_AT = datetime(2026, 3, 1, 8, tzinfo=UTC)


@pytest.fixture
def webinar(lorraine):
    start = datetime(2026, 3, 9, 18, tzinfo=UTC)
    return make_event(
        lorraine.calendar, "Webinaire", start=start, end=start + timedelta(hours=1), time_zone="Pacific/Auckland"
    )


def test_pages_name_the_city_of_a_foreign_time_zone(lorraine, webinar):
    address = lorraine.address(webinar)
    for path in (address, "/fr/calendrier/", f"{lorraine.address(lorraine.calendar)}?month=2026-03"):
        text = lorraine.reader().get(path).content.decode()
        assert "Auckland" in text
        assert "NZDT" not in text


def test_newsletter_names_the_city_of_a_foreign_time_zone(lorraine, webinar):
    edition = snapshot_of(lorraine.host, "80").editions["fr"]
    date = webinar.occurrences.get()

    assert "Auckland" in bulletin_entry(date, edition).when
    webinar.time_zone = date.event.time_zone = "Europe/Berlin"
    assert "Berlin" not in bulletin_entry(date, edition).when


def test_own_time_zone_is_not_named(lorraine):
    event = make_event(
        lorraine.calendar, "Besuch", start=datetime(2026, 3, 9, 18, tzinfo=UTC), time_zone="Europe/Berlin"
    )

    assert "Berlin" not in when_on_page(lorraine, event)


def test_all_day_event_names_no_time_zone(lorraine):
    start = datetime(2026, 3, 8, 11, tzinfo=UTC)
    event = make_event(
        lorraine.calendar, "Journée", start=start, end=None, is_all_day=True, time_zone="Pacific/Auckland"
    )

    assert "Auckland" not in when_on_page(lorraine, event)


def when_on_page(ground, event) -> str:
    html = BeautifulSoup(ground.reader().get(ground.address(event)).content, "html.parser")
    return html.select_one("main").get_text(" ")


# The newsroom


@pytest.fixture
def organiser(lorraine, newsroom):
    return newsroom[Role.ORGANISER]


def bookable(calendar, time_zone: str, **facts):
    """A series with registration, whose first date is over."""
    start = datetime(2026, 2, 28, 18, tzinfo=UTC)
    event = make_bookable(calendar, time_zone, start=start, time_zone=time_zone, recurrence=WEEKLY, **facts)
    book(event, "anna", 1)
    return event


def pages_of(event) -> list[str]:
    lists = [reverse(f"registrations:{name}", args=[event.pk]) for name in ("list", "add", "check_in")]
    return [*lists, reverse("event_dates", args=[event.pk]), reverse("event_recap", args=[event.pk])]


def test_newsroom_names_the_city_of_a_foreign_time_zone(lorraine, organiser):
    away = bookable(lorraine.calendar, "Pacific/Auckland", owner=organiser)
    near = bookable(lorraine.calendar, "Europe/Berlin", owner=organiser)
    client = newsroom_client(lorraine, organiser)
    overview, dashboard = (
        client.get(reverse(name)).content.decode() for name in ("registrations:events", "wagtailadmin_home")
    )
    together = overview + dashboard

    assert [path for path in pages_of(away) if "Auckland time" not in client.get(path).content.decode()] == []
    assert [path for path in pages_of(near) if "Berlin time" in client.get(path).content.decode()] == []
    assert "Auckland time" in overview
    # The event's coming dates, and the date without a recap.
    assert dashboard.count("Auckland time") >= 2
    assert "Berlin time" not in together


def test_newsroom_of_several_sites_compares_each_event_with_its_own_site(lorraine, saar, admin_user):
    SiteSettings.objects.filter(site=saar.site).update(time_zone="Pacific/Auckland")
    bookable(saar.calendars["fr"], "Pacific/Auckland")
    bookable(saar.calendar, "Europe/Berlin")
    overview = newsroom_client(lorraine, admin_user).get(reverse("registrations:events")).content.decode()

    assert "Berlin time" in overview
    assert "Auckland time" not in overview


def test_finding_of_an_early_recap_names_its_time_zone(lorraine, webinar):
    recap = make_recap(lorraine.calendar, event=webinar)

    assert "Auckland" in next(finding for finding in required_findings(recap, NOW) if finding.code == "early").message


def test_end_of_registration_names_its_time_zone(lorraine):
    start = datetime(2026, 3, 9, 18, tzinfo=UTC)
    facts = {"start": start, "registration_lead": 24}
    away = make_bookable(lorraine.calendar, "Loin", time_zone="Pacific/Auckland", **facts)
    near = make_bookable(lorraine.calendar, "Près", time_zone="Europe/Berlin", **facts)

    assert "Auckland" in end_of_registration(lorraine, away)
    assert "Berlin" not in end_of_registration(lorraine, near)


def end_of_registration(ground, event) -> str:
    html = BeautifulSoup(ground.reader().get(ground.address(event)).content, "html.parser")
    return html.select_one(".seating").get_text(" ")


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
def test_time_zone_is_named_by_city_or_offset(name, shown):
    with override("en"):
        assert clock_name(zone(name), NOW).removesuffix(" time") == shown
