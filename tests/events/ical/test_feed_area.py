"""A calendar feed has the events around a place, and those of the network, if its address says so."""

from datetime import UTC, datetime, timedelta

import pytest
from bs4 import BeautifulSoup
from time_machine import travel

from events.models import ChangedDate, Venue
from tests.builders import change, make_draft, make_event, make_private, make_settings, make_topic
from tests.events.calendars import events_in

NOW = datetime(2031, 11, 19, 9, tzinfo=UTC)
FORBACH = "49.18930,6.89960"


@pytest.fixture(autouse=True)
def on_wednesday():
    with travel(NOW, tick=False):
        yield


@pytest.fixture
def halls(network):
    """A venue in Forbach, and one 53 km away in Metz."""
    return [
        Venue.objects.create(name="Forbach", latitude="49.18930", longitude="6.89960"),
        Venue.objects.create(name="Metz", latitude="49.11930", longitude="6.17570"),
    ]


def feed(ground, **parameters):
    return ground.reader().get("/fr/calendrier.ics", parameters)


def names(ground, **parameters) -> set[str]:
    response = feed(ground, **parameters)
    assert response.status_code == 200
    return {str(event["SUMMARY"]) for event in events_in(response)}


def day(number: int) -> datetime:
    return NOW + timedelta(days=number)


def test_feed_around_a_place_has_the_events_at_near_venues(lorraine, saar, halls):
    for hall in halls:
        make_event(lorraine.calendar, f"À {hall.name}", start=day(3), venue=hall)
    make_event(lorraine.calendar, "Sans lieu", start=day(3), place="Forbach")
    make_event(saar.calendars["fr"], "Sarroise", start=day(3), venue=halls[0])

    assert names(lorraine, near=FORBACH) == names(lorraine, near=FORBACH, km=30) == {"À Forbach"}
    assert names(lorraine, near=FORBACH, km=60) == {"À Forbach", "À Metz"}
    assert {"À Forbach", "À Metz", "Sans lieu"} <= names(lorraine)


def test_network_feed_has_the_public_events_of_other_sites_with_their_addresses(lorraine, saar, halls):
    make_event(saar.calendars["fr"], "Sarroise", start=day(3), venue=halls[0], slug="sarroise")
    make_event(saar.calendars["de"], "Deutsche", start=day(3), venue=halls[0])
    make_draft(make_event(saar.calendars["fr"], "Brouillon", start=day(3), venue=halls[0]))
    make_private(make_event(saar.calendars["fr"], "Secret", start=day(3), venue=halls[0]), "sésame")
    change(make_event(saar.calendars["fr"], "Retiré", start=day(3), venue=halls[0]), expire_at=NOW)

    response = feed(lorraine, near=FORBACH, network="1")

    assert [str(event["URL"]) for event in events_in(response)] == [
        f"{saar.site.root_url}/fr/rubrique/agenda/sarroise/"
    ]
    make_settings(saar, is_closed=True)
    assert names(lorraine, near=FORBACH, network="1") == set()


def test_event_that_this_site_has_from_a_neighbours_calendar_is_in_the_feed_once(lorraine, saar, halls):
    original = make_event(saar.calendars["fr"], "Sarroise", start=day(3), venue=halls[0])
    make_event(lorraine.calendar, "Reprise", start=day(3), venue=halls[0], uid=original.calendar_uid)

    assert names(lorraine, near=FORBACH, network="1") == {"Reprise"}


def test_event_with_one_date_near_the_place_is_in_the_feed(lorraine, halls):
    forbach, metz = halls
    change_of_place = ChangedDate(day=day(4).date(), kind="moved", venue=forbach)
    make_event(
        lorraine.calendar,
        "Tournée",
        start=day(3),
        recurrence="FREQ=DAILY;COUNT=3",
        venue=metz,
        changed_dates=[change_of_place],
    )

    assert names(lorraine, near=FORBACH) == {"Tournée"}


@pytest.mark.parametrize(
    "parameters",
    [
        {"near": "Forbach"},
        {"near": "91,6"},
        {"near": "49,181"},
        {"near": "nan,6"},
        {"near": "٤٩,6"},
        {"near": "49.189300001,6"},
        {"near": FORBACH, "km": "0"},
        {"near": FORBACH, "km": "201"},
        {"near": FORBACH, "km": "1e3"},
        {"network": "yes"},
    ],
)
def test_other_values_are_not_found(lorraine, parameters):
    assert feed(lorraine, **parameters).status_code == 404


def test_shelf_offers_the_feed_of_its_selection(lorraine, saar, halls):
    energy = make_topic()
    make_event(saar.calendars["fr"], "Vent", start=day(3), venue=halls[0], topics=[energy])
    make_event(saar.calendars["fr"], "Pain", start=day(3), venue=halls[0])
    make_event(lorraine.calendar, "Loin", start=day(3), venue=halls[1], topics=[energy])
    facts = {"title": "Ici", "count": 4, "place": halls[0].pk, "radius": 20, "topic": energy.pk, "with_network": True}
    change(lorraine.home, shelves=[{"type": "events", "value": {**facts, "days": "weekend"}}])

    html = BeautifulSoup(lorraine.reader().get("/fr/").content, "html.parser")
    links = [link["href"] for link in html.select(".shelf--events .subscribe a")]

    path = f"/fr/calendrier.ics?topic=energie&near={FORBACH}&km=20&network=1"
    assert links[0] == f"{lorraine.site.root_url}{path}"
    assert links[-1].startswith("webcal://")
    found = events_in(lorraine.reader().get(path))
    assert [str(event["SUMMARY"]) for event in found] == ["Vent"]
    # The list cannot express the radius.
    assert html.select_one(".shelf--events .shelf__more")["href"] == "/fr/calendrier/"
