"""Events in the results: a series is one result with its next date, a past event links to its recap."""

from datetime import UTC, datetime

import pytest
from time_machine import travel
from wagtail.models import Collection

from events.models import Venue
from search.indexing.checking import check
from search.periodic import refresh_running_series
from tests.builders import make_document, make_draft, make_event, make_private, make_recap, work_off
from tests.search.searching import page_of, search, titles

pytestmark = pytest.mark.django_db

# A Tuesday, ten in the morning in Paris; before, and a week and a day later.
START = datetime(2026, 3, 3, 9, tzinfo=UTC)
BEFORE = datetime(2026, 3, 1, tzinfo=UTC)
LATER = datetime(2026, 3, 11, 9, tzinfo=UTC)


def cards(reader, query: str):
    return page_of(reader, query).select(".search__results .result")


def test_series_is_one_result_with_its_next_date_until_the_last(lorraine, saar, reader):
    with travel(BEFORE, tick=False):
        make_event(lorraine.calendar, "Café du granit", start=START, recurrence="FREQ=WEEKLY;COUNT=3")
        make_event(saar.calendars["fr"], "Café du granit ailleurs", start=START)
    for now, day, is_past in [
        (datetime(2026, 3, 2, tzinfo=UTC), 3, False),
        (datetime(2026, 3, 4, tzinfo=UTC), 10, False),
        (datetime(2026, 3, 17, 10, tzinfo=UTC), 17, False),
        (datetime(2026, 3, 18, tzinfo=UTC), 17, True),
    ]:
        with travel(now, tick=False):
            refresh_running_series(now)
            (result,) = search(lorraine, "granit").page_results
            assert (result.event.local_start.day, result.event.is_past(now)) == (day, is_past)
            [card] = cards(reader, "granit")
            assert card.select_one(".result__when time")["datetime"].startswith(f"2026-03-{day:02}")


def test_past_event_leads_to_its_public_recap(lorraine, reader):
    with travel(BEFORE, tick=False):
        event = make_event(lorraine.calendar, "Nuit de la fonderie", start=START)
        assert not page_of(reader, "nuit").select(".result__recap")
    with travel(LATER, tick=False):
        recap = make_recap(lorraine.calendar, "Ce qu’on y a vu", event=event)
        [card] = cards(reader, "nuit")
        assert card.select_one(".result__recap a")["href"] == lorraine.address(recap)
        rule = make_private(recap)
        assert not cards(reader, "nuit")[0].select(".result__recap")
        rule.delete()
        make_draft(recap)
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
