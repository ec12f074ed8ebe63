"""Events by month and by range of days include every overlap, and months end in both directions."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings, strategies as st

from events.models import ChangedDate
from events.pages.month import Month, weeks_of
from tests.builders import make_draft, make_event, make_private, make_topic

NOW = FROZEN_AT = datetime(2026, 8, 20, 8, tzinfo=UTC)
PARIS = ZoneInfo("Europe/Paris")
LIST = "/fr/bois/calendrier/"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=PARIS)


def read(ground, query: str, status: int = 200) -> BeautifulSoup:
    response = ground.reader().get(f"{LIST}?{query}")
    assert response.status_code == status, query
    return BeautifulSoup(response.content, "html.parser")


def titles(ground, query: str) -> list[str]:
    return [title.get_text(strip=True) for title in read(ground, query).select(".list .event-row__title")]


def days(html: BeautifulSoup) -> dict[str, list[str]]:
    """The titles shown on each day of a month."""
    return {
        cell.select_one("time")["datetime"]: [link.get_text(" ", strip=True) for link in cell.select(".month__event a")]
        for cell in html.select(".month__day")
    }


def test_event_over_the_end_of_a_month_is_in_both(lorraine, calendar):
    make_event(calendar, "Foire", start=at("2026-08-25 10:00"), end=at("2026-09-04 18:00"))
    make_event(calendar, "Plus tard", start=at("2026-10-05 10:00"))

    august, september = days(read(lorraine, "month=2026-08")), days(read(lorraine, "month=2026-09"))
    assert august["2026-08-24"] == []
    assert august["2026-08-25"] == august["2026-08-31"] == ["Foire"]
    assert september["2026-09-01"] == september["2026-09-04"] == ["Foire"]
    assert september["2026-09-05"] == []


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("first=2026-08-26&last=2026-08-27", ["Foire"]),
        ("first=2026-09-04&last=2026-09-04", ["Foire"]),
        ("first=2026-09-05&last=2026-09-30", ["Atelier"]),
        ("first=2026-09-01", ["Foire", "Atelier"]),
        ("last=2026-08-25", ["Foire"]),
        ("last=2026-08-24", []),
        ("first=2026-08-26&last=2026-09-30&topic=bois", ["Atelier"]),
    ],
)
def test_range_of_days_includes_overlapping_events(lorraine, calendar, query, found):
    make_event(calendar, "Foire", start=at("2026-08-25 10:00"), end=at("2026-09-04 18:00"))
    make_event(calendar, "Atelier", start=at("2026-09-10 10:00"), topics=[make_topic("Bois", slug="bois")])

    assert titles(lorraine, query) == found


def test_range_of_days_shows_every_date_of_a_series(lorraine, calendar):
    make_event(calendar, "Café", start=at("2026-08-25 10:00"), recurrence="FREQ=WEEKLY;COUNT=4")

    assert titles(lorraine, "first=2026-08-25&last=2026-09-30") == ["Café"] * 4
    assert titles(lorraine, "") == ["Café"]


def test_list_is_filtered_by_place_and_attendance(lorraine, calendar):
    make_event(calendar, "Sur place", start=at("2026-08-25 10:00"), place="Halle", address="2, rue du Flottage, Épinal")
    make_event(calendar, "En ligne", start=at("2026-08-26 10:00"), online_url="https://visio.example/1")
    make_event(calendar, "Les deux", start=at("2026-08-27 10:00"), place="Gare", online_url="https://visio.example/2")

    assert titles(lorraine, "how=online") == ["En ligne", "Les deux"]
    assert titles(lorraine, "how=onsite") == ["Sur place", "Les deux"]
    assert titles(lorraine, "place=EPINAL") == ["Sur place"]
    assert titles(lorraine, "place=gare&how=online") == ["Les deux"]


@pytest.mark.parametrize(
    "query",
    [
        "month=abc", "month=2026-13", "month=2026-00", "month=", "month=99999-01", "month=2026-8", "month=0001-01",
        "month=２０２６-08", "month=-026-08", "first=abc", "first=0001-01-01", "first=9999-12-31", "last=2026-02-30",
        "first=2026-09-02&last=2026-09-01", "how=never", "place=%00", "page=abc", "page=9999", "page=-1", "topic=none",
        "when=2026",
    ],
)  # fmt: skip
def test_invalid_parameter_is_not_found(lorraine, calendar, query):
    make_event(calendar, start=at("2026-08-25 10:00"))

    read(lorraine, query, 404)


@pytest.mark.parametrize("query", ["year=99999", "limit=-1", "date_from=abc", "first=&last=&how=&place="])
def test_unknown_or_empty_parameter_changes_nothing(lorraine, calendar, query):
    make_event(calendar, "Atelier", start=at("2026-08-25 10:00"))

    assert titles(lorraine, query) == ["Atelier"]


def test_months_are_limited_in_both_directions(lorraine, calendar):
    make_event(calendar, start=at("2026-06-25 10:00"))
    make_event(calendar, start=at("2026-10-25 10:00"))

    for month, steps in [("2026-06", ["2026-07"]), ("2026-08", ["2026-07", "2026-09"]), ("2026-10", ["2026-09"])]:
        html = read(lorraine, f"month={month}")
        links = [link["href"] for link in html.select(".month-steps a[rel]")]
        assert [link.partition("month=")[2] for link in links] == steps
    read(lorraine, "month=2026-05", 404)
    read(lorraine, "month=2026-11", 404)


@pytest.mark.parametrize(
    ("query", "is_found"),
    [("month=2026-08", True), ("month=2026-09", False), ("month=2026-08&how=online", False)],
    ids=["with an event", "empty", "filtered"],
)
def test_search_engines_are_shown_a_month_that_has_events(lorraine, calendar, query, is_found):
    make_event(calendar, start=at("2026-08-25 10:00"))
    html = read(lorraine, query)

    assert ("noindex" not in html.select_one("meta[name=robots]")["content"]) is is_found
    assert html.select_one("link[rel=canonical]")["href"].endswith("?month=2026-08") is is_found


def test_month_is_an_accessible_table(lorraine, calendar):
    make_event(calendar, "Atelier", start=at("2026-08-25 10:00"))
    html = read(lorraine, "month=2026-08")

    assert html.select_one("table.month caption")
    assert [th["scope"] for th in html.select("table.month th")] == ["col"] * 7
    assert html.select_one(".month th").get_text(strip=True).lower().startswith("lun")
    assert html.select_one(".month__day--today time").get_text(strip=True) == "20"
    day = html.select_one("a.month__number")
    assert "first=2026-08-25&last=2026-08-25" in day["href"]
    assert "1" in day.select_one(".visually-hidden").get_text()


def test_full_day_counts_hidden_events(lorraine, calendar):
    for number in range(7):
        make_event(calendar, f"Atelier {number}", start=at(f"2026-08-25 1{number}:00"))
    make_event(calendar, "Foire", start=at("2026-08-24 10:00"), end=at("2026-08-26 18:00"))
    html = read(lorraine, "month=2026-08")

    assert len(days(html)["2026-08-25"]) == 4
    assert days(html)["2026-08-25"][0].endswith("Foire")
    assert "4" in html.select_one(".month__more").get_text()


def test_month_has_only_public_events(lorraine, saar, calendar):
    make_event(calendar, "Atelier", start=at("2026-08-25 10:00"))
    make_draft(make_event(calendar, "Brouillon", start=at("2026-08-25 10:00")))
    make_private(make_event(calendar, "Secret", start=at("2026-08-25 10:00")), password="sésame")
    make_event(saar.calendars["fr"], "Sarroise", start=at("2026-08-25 10:00"))
    make_event(lorraine.calendar, "Ailleurs", start=at("2026-08-25 10:00"))

    assert [title.split()[-1] for title in days(read(lorraine, "month=2026-08"))["2026-08-25"]] == ["Atelier"]
    home = BeautifulSoup(lorraine.reader().get("/fr/calendrier/?month=2026-08").content, "html.parser")
    text = home.select_one("table").get_text()
    assert "Ailleurs" in text
    assert not any(word in text for word in ("Brouillon", "Secret", "Sarroise"))


def test_cancelled_date_is_struck_through_in_its_month(lorraine, calendar):
    changed = ChangedDate(day=date(2026, 8, 25), kind="cancelled")
    make_event(
        calendar, "Café", start=at("2026-08-25 10:00"), recurrence="FREQ=WEEKLY;COUNT=2", changed_dates=[changed]
    )

    month = read(lorraine, "month=2026-08")
    assert month.select_one(".month__event.is-cancelled")
    # The dot that phones show for it.
    assert [dot.get("class") for dot in month.select(".month__dots i")].count(["is-cancelled"]) == 1


def test_month_and_ranges_take_few_queries_for_any_number_of_events(lorraine, calendar):
    turns = []
    for _turn in range(2):
        for number in range(6):
            make_event(calendar, start=at("2026-08-25 10:00") + timedelta(days=number % 3))
        counts = []
        for query in ("month=2026-08", "first=2026-08-25", ""):
            read(lorraine, query)
            with CaptureQueriesContext(connection) as queries:
                read(lorraine, query)
            counts.append(len(queries))
        turns.append(counts)

    assert turns[0] == turns[1]
    assert max(turns[0]) <= 9


@settings(deadline=None, max_examples=100)
@given(st.integers(1900, 2199), st.integers(1, 12))
def test_weeks_hold_every_day_of_a_month_once(year, number):
    month = Month(year, number)
    found = [day.date for week in weeks_of(month, date(2026, 8, 20)) for day in week]

    assert all(len(week) == 7 for week in weeks_of(month, date(2026, 8, 20)))
    assert found == sorted(set(found))
    assert {month.first, month.last} <= set(found)
    assert Month.parse(str(month)) == month == month.next.previous
