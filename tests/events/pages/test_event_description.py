"""The structured data of a series describes each date: moved, cancelled, and at its own URL."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from bs4 import BeautifulSoup

from events.models import ChangedDate
from tests.builders import change, make_event
from tests.checkers.vocabulary import faults

# A Tuesday, ten in the morning in Paris.
START = datetime(2026, 3, 3, 9, tzinfo=UTC)
FROZEN_AT = START - timedelta(days=2)
SCHEMA = "https://schema.org/"


@pytest.fixture
def weekly(lorraine):
    event = make_event(
        lorraine.calendar, "Café", slug="cafe", start=START, recurrence="FREQ=WEEKLY;COUNT=4", place="Halle"
    )
    changes = [
        ChangedDate(day=date(2026, 3, 10), kind=ChangedDate.Kind.CANCELLED, reason="Grève"),
        ChangedDate(day=date(2026, 3, 17), new_day=date(2026, 3, 18)),
    ]
    return change(event, changed_dates=changes)


def described(ground, address: str, kind: str = "Event") -> dict:
    page = BeautifulSoup(ground.reader().get(address).content, "html.parser")
    document = json.loads(page.select_one('script[type="application/ld+json"]').string)
    assert faults(document) == []
    return next(thing for thing in document["@graph"] if thing["@type"] == kind)


def test_dates_of_a_series_are_described_one_by_one_on_its_page(lorraine, weekly):
    dates = described(lorraine, lorraine.address(weekly), "EventSeries")["subEvent"]

    assert [(each["startDate"][:16], each["eventStatus"].removeprefix(SCHEMA)) for each in dates] == [
        ("2026-03-03T10:00", "EventScheduled"),
        ("2026-03-10T10:00", "EventCancelled"),
        ("2026-03-18T10:00", "EventRescheduled"),
        ("2026-03-24T10:00", "EventScheduled"),
    ]
    assert [each.get("previousStartDate") for each in dates] == [None, None, "2026-03-17T10:00:00+01:00", None]
    assert len({each["url"] for each in dates}) == 4


def test_each_date_has_structured_data_at_its_own_url(lorraine, weekly):
    whole = f"http://lorraine.localhost{lorraine.address(weekly)}"
    for described_date in described(lorraine, lorraine.address(weekly), "EventSeries")["subEvent"]:
        found = described(lorraine, described_date["url"].removeprefix("http://lorraine.localhost"))

        assert found["@id"] == described_date["@id"]
        assert found["startDate"] == described_date["startDate"]
        assert found.get("previousStartDate") == described_date.get("previousStartDate")
        assert found["superEvent"]["@type"] == "EventSeries"
        assert found["superEvent"]["url"] == whole
