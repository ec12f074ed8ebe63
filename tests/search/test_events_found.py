"""Events among the results: a series appears once with its next date, a past event leads to its recap."""

from datetime import UTC, datetime

import pytest
from time_machine import travel
from wagtail.models import Collection

from events.models import Venue
from search.indexing.checking import check
from tests.builders import make_document, make_draft, make_event, make_private, make_recap, work_off
from tests.search.searching import get_results, search, soup, titles

pytestmark = pytest.mark.django_db

# A Tuesday, ten in the morning in Paris; and a week and a day later.
START = datetime(2026, 3, 3, 9, tzinfo=UTC)
LATER = datetime(2026, 3, 11, 9, tzinfo=UTC)


def cards(reader, query: str):
    return soup(get_results(reader, query)).select(".search__results .result")


def test_series_is_one_result_with_its_next_date(lorraine, saar, reader):
    with travel(datetime(2026, 3, 1, tzinfo=UTC), tick=False):
        make_event(lorraine.calendar, "Café de la fonderie", start=START, recurrence="FREQ=WEEKLY;COUNT=5")
        make_event(saar.calendars["fr"], "Café de la fonderie ailleurs", start=START)
        [card] = cards(reader, "fonderie")
        assert card.select_one(".result__when time")["datetime"].startswith("2026-03-03")
    with travel(LATER, tick=False):
        [card] = cards(reader, "fonderie")
        assert card.select_one(".result__when time")["datetime"].startswith("2026-03-17")
        assert search(lorraine, "fonderie").total == 1


def test_event_that_is_over_leads_to_its_public_recap(lorraine, reader):
    with travel(datetime(2026, 3, 1, tzinfo=UTC), tick=False):
        event = make_event(lorraine.calendar, "Nuit de la fonderie", start=START)
        assert not soup(get_results(reader, "nuit")).select(".result__recap")
    with travel(LATER, tick=False):
        recap = make_recap(lorraine.calendar, "Ce qu’on y a vu", event=event)
        [card] = cards(reader, "nuit")
        assert card.select_one(".result__recap a")["href"] == lorraine.address(recap)
        make_private(recap)
        assert not cards(reader, "nuit")[0].select(".result__recap")


def test_past_event_has_no_link_to_an_unpublished_recap(lorraine, reader):
    with travel(LATER, tick=False):
        event = make_event(lorraine.calendar, "Nuit de la fonderie", start=START)
        make_draft(make_recap(lorraine.calendar, "Ce qu’on y a vu", event=event))
        assert titles(lorraine, "nuit") == ["Nuit de la fonderie"]
        assert not cards(reader, "nuit")[0].select(".result__recap")


def test_speakers_programme_and_attached_files_are_found(lorraine):
    speakers = [{"type": "speaker", "value": {"name": "Zénobie Quartz", "role": "Fondeuse d’art", "picture": None}}]
    session = {"title": "Visite du laminoir", "speakers": "Odilon Gneiss", "text": ""}
    plan = make_document("Plan", "plan.txt", "Le chevalement rouillé".encode())
    make_event(
        lorraine.calendar,
        "Soirée",
        speakers=speakers,
        programme=[{"type": "session", "value": session}],
        documents=[{"type": "download", "value": {"document": plan.pk, "title": "Itinéraire"}}],
    )
    # The text of a document is read in the background.
    work_off()
    for word in ("zenobie", "fondeuse", "laminoir", "gneiss", "chevalement", "itineraire"):
        assert titles(lorraine, word) == ["Soirée"], word


def test_event_is_found_by_the_new_name_of_its_venue(lorraine):
    venue = Venue.objects.create(name="Halle aux grains", collection=Collection.get_first_root_node())
    make_event(lorraine.calendar, "Soirée", venue=venue)
    venue.name = "Manufacture"
    venue.save()
    assert titles(lorraine, "grains") == []
    assert titles(lorraine, "manufacture") == ["Soirée"]
    assert check(repair=False).total == 0
