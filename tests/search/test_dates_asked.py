"""A query that is a date finds the events of that day or month, above what its words find."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from time_machine import travel

from search.models import LoggedQuery
from search.query.days import days_in
from search.results.dates import dated_events
from tests.builders import make_article, make_draft, make_event, make_private, make_site, reader_of
from tests.search.searching import edition, get_results, soup

TODAY = date(2026, 11, 3)
NOW = datetime(2026, 11, 3, 10, tzinfo=UTC)
DAY = datetime(2026, 11, 17, 17, tzinfo=UTC)
# No event of the fixtures is so late. A Monday, as is the day.
LATER = datetime(2031, 11, 3, 10, tzinfo=UTC)
LATER_DAY = datetime(2031, 11, 17, 17, tzinfo=UTC)


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
        # 17 November 2026 is a Tuesday.
        ("lundi 17 novembre 2026", date(2026, 11, 17), date(2026, 11, 17)),
        ("am Mittwoch, 17. November", date(2026, 11, 17), date(2026, 11, 17)),
        ("aujourd’hui", TODAY, TODAY),
        ("heute", TODAY, TODAY),
        ("today", TODAY, TODAY),
        ("demain", date(2026, 11, 4), date(2026, 11, 4)),
        ("mardi", TODAY, TODAY),
        ("Freitag", date(2026, 11, 6), date(2026, 11, 6)),
        ("am Montag", date(2026, 11, 9), date(2026, 11, 9)),
        ("this Saturday", date(2026, 11, 7), date(2026, 11, 7)),
        ("ce week-end", date(2026, 11, 7), date(2026, 11, 8)),
        ("weekend", date(2026, 11, 7), date(2026, 11, 8)),
        ("dieses Wochenende", date(2026, 11, 7), date(2026, 11, 8)),
        ("this weekend", date(2026, 11, 7), date(2026, 11, 8)),
        ("cette semaine", TODAY, date(2026, 11, 8)),
        ("Diese Woche", TODAY, date(2026, 11, 8)),
        ("this week", TODAY, date(2026, 11, 8)),
        ("la semaine prochaine", date(2026, 11, 9), date(2026, 11, 15)),
        ("nächste Woche", date(2026, 11, 9), date(2026, 11, 15)),
        ("next week", date(2026, 11, 9), date(2026, 11, 15)),
        ("mois prochain", date(2026, 12, 1), date(2026, 12, 31)),
        ("Nächsten Monat", date(2026, 12, 1), date(2026, 12, 31)),
        ("next month", date(2026, 12, 1), date(2026, 12, 31)),
        ("ce mois-ci", TODAY, date(2026, 11, 30)),
        ("samedi prochain", date(2026, 11, 7), date(2026, 11, 7)),
        # Today is a Tuesday.
        ("mardi prochain", date(2026, 11, 10), date(2026, 11, 10)),
        ("nächsten Dienstag", date(2026, 11, 10), date(2026, 11, 10)),
        ("am kommenden Samstag", date(2026, 11, 7), date(2026, 11, 7)),
        ("next Saturday", date(2026, 11, 7), date(2026, 11, 7)),
        ("le week-end prochain", date(2026, 11, 14), date(2026, 11, 15)),
        ("nächstes Wochenende", date(2026, 11, 14), date(2026, 11, 15)),
        ("next weekend", date(2026, 11, 14), date(2026, 11, 15)),
        ("ce soir", TODAY, TODAY),
        ("cet après-midi", TODAY, TODAY),
        ("heute Abend", TODAY, TODAY),
        ("tonight", TODAY, TODAY),
        ("this evening", TODAY, TODAY),
        ("demain soir", date(2026, 11, 4), date(2026, 11, 4)),
        ("morgen Abend", date(2026, 11, 4), date(2026, 11, 4)),
        ("morgen früh", date(2026, 11, 4), date(2026, 11, 4)),
        ("samedi soir", date(2026, 11, 7), date(2026, 11, 7)),
        ("vendredi prochain après-midi", date(2026, 11, 6), date(2026, 11, 6)),
        ("Freitagabend", date(2026, 11, 6), date(2026, 11, 6)),
        ("17 novembre 2026 soir", date(2026, 11, 17), date(2026, 11, 17)),
    ],
)
def test_days_are_understood(text, first, last):
    assert days_in(text, TODAY) == (first, last)


@pytest.mark.parametrize(
    "text",
    [
        "novembre bleu",
        "31 novembre 2026",
        "lundi 17 novembre 2026 fonderie",
        "13/2026",
        "2026",
        "mar",
        "-samedi",
        "samedi fonderie",
        "soir",
        "fonderie soir",
        "le soir",
        "prochain",
        "semaine",
        "fonderie 17 novembre 2026",
        "mai 9999",
        "2026-13",
        "",
    ],
)
def test_what_is_no_date_asks_for_no_days(text):
    assert days_in(text, TODAY) is None


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


def line_of_empty_days(page) -> str:
    [line] = page.select(".search__promoted [role=status]")
    return " ".join(line.text.split())


@pytest.fixture
def later(lorraine, saar):
    """Events on and about a Monday of another year, and what must not be found the day before."""
    with travel(LATER, tick=False):
        make_event(lorraine.calendar, "Forum", start=LATER_DAY)
        make_event(lorraine.calendar, "Salon", start=LATER_DAY - timedelta(days=4), end=LATER_DAY + timedelta(days=3))
        make_event(lorraine.calendar, "Atelier", start=LATER_DAY + timedelta(days=5))
        make_event(lorraine.calendars["de"], "Messe", start=LATER_DAY - timedelta(days=8))
        make_event(saar.calendars["fr"], "Forum d’ailleurs", start=LATER_DAY - timedelta(days=8))
        make_draft(make_event(lorraine.calendar, "Brouillon", start=LATER_DAY - timedelta(days=8)))
        make_private(make_event(lorraine.calendar, "Privé", start=LATER_DAY - timedelta(days=8)))
        yield


@pytest.mark.django_db
@pytest.mark.parametrize("query", ["8 novembre", "09/11/2031", "ce week-end", "12. November 2031"])
def test_empty_days_link_to_the_day_of_the_next_event(later, reader, query):
    [link] = soup(get_results(reader, query)).select(".search__promoted [role=status] a")

    assert link.text == "jeudi 13 novembre 2031"
    assert "Salon" in reader.get(link["href"]).text


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "query", "days"),
    [
        ("/fr/recherche/", "12 décembre", "vendredi 12 décembre 2031"),
        ("/fr/recherche/", "mardi 12 décembre", "vendredi 12 décembre 2031"),
        ("/fr/recherche/", "mois prochain", "décembre 2031"),
        ("/fr/recherche/", "ce week-end", "samedi 8 novembre au dimanche 9 novembre 2031"),
        ("/de/suche/", "12. Dezember", "Freitag, 12. Dezember 2031"),
        ("/de/suche/", "Freitag", "Freitag, 7. November 2031"),
    ],
)
def test_empty_days_are_named_above_what_the_words_find(later, saar, lorraine, reader, path, query, days):
    make_event(saar.calendars["fr"], "Ailleurs", start=datetime(2031, 12, 12, 17, tzinfo=UTC))
    for code in ("fr", "de"):
        make_article(lorraine.sections[code], "12 mois 14 maris")

    page = soup(get_results(reader, query, path=path))

    assert days in line_of_empty_days(page)
    assert page.select_one(".search__found > *").select("[role=status]")


@pytest.mark.django_db
def test_english_edition_names_the_empty_day(later):
    make_site("own.localhost", ("en",))

    page = soup(get_results(reader_of("own.localhost"), "12 December", path="/en/search/"))

    assert line_of_empty_days(page) == "No event on Friday 12 December 2031."


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("dimanche", ["Salon"]),
        ("demain", ["Salon"]),
        ("aujourd’hui", ["Salon"]),
        ("semaine prochaine", ["Salon", "Forum", "Atelier"]),
        ("samedi 17 novembre", ["Salon", "Forum"]),
    ],
)
def test_days_in_words_lead_to_their_events(later, reader, query, found):
    with travel(LATER_DAY - timedelta(days=3), tick=False):
        assert dated(soup(get_results(reader, query))) == found


@pytest.mark.django_db
@pytest.mark.parametrize("query", ["mardi fonderie", "mardi 14 décembre", "vendredi"])
def test_name_of_a_day_is_never_corrected(calendar, lorraine, reader, query):
    for title in ("Vendre la fonderie", "Le mari de la fonderie", "Le mari du 14 décembre"):
        make_article(lorraine.section, title)

    page = soup(get_results(reader, query))

    assert not page.select(".search__suggestion")
    assert "vendre" not in [each.text.lower() for each in page.select(".search__ways a")]


@pytest.mark.django_db
def test_events_of_the_day_do_not_stand_beside_words_that_nothing_has(calendar, lorraine, reader):
    make_article(lorraine.section, "Les 17 fonderies")

    page = soup(get_results(reader, "17 décembre 2026"))
    assert len(page.select(".search__notes .search__count")) == 1

    page = soup(get_results(reader, "17 novembre 2026"))
    [count] = page.select(".search__notes .search__count")
    assert "2 événements" in " ".join(count.text.split())


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


@pytest.mark.django_db
def test_empty_day_costs_four_queries_at_most(lorraine):
    with travel(NOW, tick=False):
        make_event(lorraine.calendar, start=DAY)
        here = edition(lorraine)
        with CaptureQueriesContext(connection) as queries:
            found = dated_events(here, "16/11/2026", NOW)

    assert found
    assert found.next_day
    assert len(queries) <= 4
