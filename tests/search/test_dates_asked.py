"""A query that is a date finds the events of that day or month, above what its words find."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from time_machine import travel

from search.models import LoggedQuery
from search.query.days import days_asked
from search.results.dates import dated_events
from tests.builders import make_article, make_draft, make_event, make_private
from tests.search.searching import edition, get_results, soup

TODAY = date(2026, 11, 3)
NOW = datetime(2026, 11, 3, 10, tzinfo=UTC)
DAY = datetime(2026, 11, 17, 17, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("17 novembre 2026", date(2026, 11, 17), date(2026, 11, 17)),
        ("mardi 17 novembre 2026", date(2026, 11, 17), date(2026, 11, 17)),
        ("27. November 2026", date(2026, 11, 27), date(2026, 11, 27)),
        ("2 décembre", date(2026, 12, 2), date(2026, 12, 2)),
        ("December 2nd", date(2026, 12, 2), date(2026, 12, 2)),
        ("17/11/2026", date(2026, 11, 17), date(2026, 11, 17)),
        ("17.11.2026", date(2026, 11, 17), date(2026, 11, 17)),
        ("2026-11-17", date(2026, 11, 17), date(2026, 11, 17)),
        ("décembre 2026", date(2026, 12, 1), date(2026, 12, 31)),
        ("en décembre", date(2026, 12, 1), date(2026, 12, 31)),
        ("im Februar 2028", date(2028, 2, 1), date(2028, 2, 29)),
        ("March", date(2027, 3, 1), date(2027, 3, 31)),
        ("November", date(2026, 11, 1), date(2026, 11, 30)),
        ("12/2026", date(2026, 12, 1), date(2026, 12, 31)),
        ("2026-12", date(2026, 12, 1), date(2026, 12, 31)),
    ],
)
def test_day_and_month_are_understood(text, first, last):
    assert days_asked(text, TODAY) == (first, last)


@pytest.mark.parametrize(
    "text",
    [
        "novembre bleu",
        "31 novembre 2026",
        "lundi 17 novembre 2026",
        "13/2026",
        "2026",
        "mar",
        "fonderie 17 novembre 2026",
        "mai 9999",
        "2026-13",
        "",
    ],
)
def test_what_is_no_date_asks_for_no_days(text):
    assert days_asked(text, TODAY) is None


def dated(page) -> list[str]:
    return [each.text for each in page.select("section[aria-labelledby=dated-title] .result__title")]


@pytest.fixture
def calendar(lorraine, saar):
    """Events on two days of November, and what must not be found."""
    with travel(NOW, tick=False):
        make_event(lorraine.calendar, "Forum", start=DAY)
        make_event(lorraine.calendar, "Salon", start=DAY - timedelta(days=4), end=DAY + timedelta(days=3))
        make_event(lorraine.calendar, "Atelier", start=DAY + timedelta(days=1), recurrence="FREQ=WEEKLY;COUNT=3")
        make_event(lorraine.calendars["de"], "Messe", start=DAY)
        make_event(saar.calendars["fr"], "Forum d’ailleurs", start=DAY)
        make_draft(make_event(lorraine.calendar, "Forum en brouillon", start=DAY))
        make_private(make_event(lorraine.calendar, "Forum privé", start=DAY))
        yield


@pytest.mark.django_db
def test_events_of_the_day_that_is_asked_for_lead(calendar, reader):
    page = soup(get_results(reader, "17 novembre 2026"))

    assert dated(page) == ["Salon", "Forum"]
    assert "2 événements – mardi 17 novembre 2026" in " ".join(page.select_one(".search__notes").text.split())


@pytest.mark.django_db
def test_date_of_a_series_is_the_one_that_is_asked_for(calendar, reader):
    page = soup(get_results(reader, "25/11/2026"))

    [time] = page.select("section[aria-labelledby=dated-title] time")
    assert time["datetime"].startswith("2026-11-25")


@pytest.mark.django_db
@pytest.mark.parametrize(("query", "count"), [("17 novembre 2026", 2), ("novembre 2026", 4), ("Novembre", 4)])
def test_link_leads_to_all_events_of_these_days(calendar, reader, query, count):
    page = soup(get_results(reader, query))
    link = page.select("section[aria-labelledby=dated-title] a")[-1]["href"]

    assert page.select_one(".search__count").text.split()[0] == str(count)
    assert reader.get(link).status_code == 200
    assert "Forum" in reader.get(link).text


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "query"),
    [("/de/suche/", "17. November 2026"), ("/de/suche/", "November 2026"), ("/de/suche/", "2026-11-17")],
)
def test_german_edition_answers_with_its_own_events(calendar, reader, path, query):
    assert dated(soup(get_results(reader, query, path=path))) == ["Messe"]


@pytest.mark.django_db
def test_what_the_words_find_stands_below(calendar, lorraine, reader):
    make_article(lorraine.section, "La nuit du 17 novembre 2026")

    page = soup(get_results(reader, "17 novembre 2026"))

    assert dated(page) == ["Salon", "Forum"]
    found = [each.text for each in page.select(".search__results .result__title")]
    assert found[0] == "La nuit du 17 novembre 2026"


@pytest.mark.django_db
def test_date_without_events_and_words_is_a_query_that_finds_nothing(calendar, reader):
    page = soup(get_results(reader, "24 décembre 2030"))

    assert dated(page) == []
    assert page.select(".search__nothing")


@pytest.mark.django_db
def test_events_alone_are_no_empty_page(calendar, reader):
    page = soup(get_results(reader, "17.11."))

    assert dated(page)
    assert not page.select(".search__nothing")


@pytest.mark.django_db
def test_report_counts_the_events_of_the_day_as_found(calendar, reader):
    get_results(reader, "17.11.")

    assert LoggedQuery.objects.get().result_count >= 2


@pytest.mark.django_db
def test_events_of_a_month_cost_four_queries_however_many_there_are(lorraine):
    with travel(NOW, tick=False):
        for number in range(9):
            make_event(lorraine.calendar, start=DAY - timedelta(days=15 + number))
        here = edition(lorraine)
        with CaptureQueriesContext(connection) as queries:
            found = dated_events(here, "octobre 2026", NOW)

    assert found
    assert (found.total, len(found.events)) == (7, 5)
    assert len(queries) <= 4
