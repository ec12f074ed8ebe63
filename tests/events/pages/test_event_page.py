"""An event page: its time and place, the next events, and its recap once it is over."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from time_machine import travel

from tests.builders import make_draft, make_event, make_image, make_private, make_recap, make_settings, make_topic
from tests.events.reading import read


def test_page_shows_time_and_place(lorraine):
    event = make_event(
        lorraine.calendar,
        "Rencontre du bois",
        start=datetime(2027, 3, 2, 8, tzinfo=UTC),
        place="Maison du bois",
        address="3, rue des Scieries, 88100 Saint-Dié",
        online_url="https://visio.example/bois",
        standfirst="Deux heures sur le hêtre.",
        lead_image=make_image(),
        topics=[make_topic("Bois", slug="bois")],
    )
    html = read(lorraine, event)
    practical = html.select_one(".practical").get_text()

    assert html.h1.get_text(strip=True) == "Rencontre du bois"
    assert "mardi 2 mars 2027" in practical
    assert html.select_one(".practical time")["datetime"] == "2027-03-02T09:00:00+01:00"
    assert "Maison du bois" in practical
    assert "3, rue des Scieries" in practical
    assert html.select_one(".practical a[href='https://visio.example/bois']")
    assert "Deux heures sur le hêtre." in html.get_text()
    assert html.select_one("nav.topics a").get_text(strip=True) == "Bois"


def test_other_time_zone_is_named(lorraine):
    event = make_event(lorraine.calendar, start=datetime(2027, 3, 2, 8, tzinfo=UTC), time_zone="Europe/Helsinki")

    assert "Helsinki" in read(lorraine, event).select_one(".practical").get_text()
    assert read(lorraine, event).select_one(".practical time")["datetime"] == "2027-03-02T10:00:00+02:00"


def test_times_are_in_the_zone_of_the_event_on_any_site(lorraine):
    event = make_event(lorraine.calendar, start=datetime(2027, 3, 2, 23, 30, tzinfo=UTC), time_zone="Europe/Paris")
    make_settings(lorraine, time_zone="America/Montreal")

    html = read(lorraine, event)

    assert "mercredi 3 mars 2027" in html.select_one(".practical").get_text()
    assert html.select_one(".date__day").get_text(strip=True) == "3"


def test_date_of_an_event_over_years_has_both_years(lorraine):
    days = {"start": datetime(2018, 2, 17, 9, tzinfo=UTC), "end": datetime(2030, 2, 17, 16, tzinfo=UTC)}
    event = make_event(lorraine.calendar, **days)

    for page in (event, lorraine.calendar):
        stamp = read(lorraine, page).select_one(".date")
        assert list(stamp.stripped_strings) == ["17 février 2018", "–", "17 février 2030"]


@pytest.mark.parametrize("hide", [make_draft, lambda event: make_private(event, password="sésame")])
def test_recap_does_not_show_an_event_that_readers_may_not_see(lorraine, hide):
    event = make_event(lorraine.calendar, "Rencontre du bois", start=timezone.now() - timedelta(days=2))
    recap = make_recap(lorraine.calendar, event=event)
    assert read(lorraine, recap).select_one(f".recap-of a[href='{lorraine.address(event)}']")
    hide(event)

    html = read(lorraine, recap)

    assert not html.select(".recap-of")
    assert "Rencontre du bois" not in html.select_one("main").get_text()


def test_upcoming_events_of_the_site_are_listed_below_without_this_one(lorraine, saar):
    event = make_event(lorraine.calendar, "Celle-ci", start=timezone.now() + timedelta(days=1))
    for number in range(6):
        make_event(lorraine.calendar, f"Suivante {number}", start=timezone.now() + timedelta(days=number + 2))
    make_event(saar.calendars["fr"], "Sarroise", start=timezone.now() + timedelta(hours=1))
    make_draft(make_event(lorraine.calendar, "Brouillon", start=timezone.now() + timedelta(hours=1)))

    below = read(lorraine, event).select(".after-story .event-row__title")

    assert [title.get_text(strip=True) for title in below] == [f"Suivante {number}" for number in range(4)]


def test_page_says_that_the_event_is_over(lorraine):
    end = timezone.now() + timedelta(hours=2)
    event = make_event(lorraine.calendar, start=timezone.now(), end=end)
    assert not read(lorraine, event).select(".practical__status")

    with travel(end, tick=False):
        assert read(lorraine, event).select(".practical__status")
