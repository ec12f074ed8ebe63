"""A source cannot take over other people's events: a UID that is already used elsewhere has no effect there."""

import pytest

from events.models import EventPage, ImportedEvent, Subscription
from tests.builders import make_calendar, make_event
from tests.events.partners import basic, import_events

SHARED = "a@partner"


def subscription(calendar, name: str, url: str = "") -> Subscription:
    return Subscription.objects.create(calendar=calendar, name=name, url=url or f"https://{name}.example/a.ics")


def uids_of(subscription: Subscription) -> list[str]:
    return [each.event.calendar_uid for each in ImportedEvent.objects.filter(subscription=subscription)]


@pytest.fixture
def first(lorraine):
    found = subscription(lorraine.calendar, "halle")
    import_events(found, basic(SUMMARY="Visite de la halle"))
    return found


def test_event_with_the_uid_of_another_source_is_unchanged(lorraine, first):
    other = subscription(lorraine.calendar, "marche")
    report = import_events(other, basic(SUMMARY="Vente", SEQUENCE="9", STATUS="CANCELLED"))

    assert report.counts["created"] == 1
    event = ImportedEvent.objects.get(subscription=first).event
    assert (event.get_latest_revision_as_object().title, event.status) == ("Visite de la halle", "scheduled")


def test_uid_is_unique_within_a_site(lorraine, first):
    other = subscription(lorraine.calendar, "marche")
    import_events(other, basic())

    assert uids_of(first) == [SHARED]
    assert uids_of(other) != [SHARED]


def test_another_site_may_have_the_same_uid(lorraine, saar, first):
    there = subscription(saar.calendar, "marche")
    import_events(there, basic(SUMMARY="Besichtigung"))

    assert uids_of(there) == [SHARED]
    assert EventPage.objects.get(title="Visite de la halle").path.startswith(lorraine.home.path)
    assert EventPage.objects.get(title="Besichtigung").path.startswith(saar.home.path)


def test_own_event_is_not_changed_by_a_source(lorraine):
    own = make_event(lorraine.calendar, title="Fête du site")
    other = subscription(lorraine.calendar, "marche")
    import_events(other, basic(own.calendar_uid))

    assert uids_of(other) != [own.calendar_uid]


def test_one_address_in_two_calendars_of_a_site_keeps_its_uid(lorraine, first):
    second = make_calendar(lorraine.home, "Termine")
    again = subscription(second, "halle")
    import_events(again, basic())

    assert uids_of(again) == [SHARED]
