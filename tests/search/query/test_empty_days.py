"""A query for days without events says so, and links to the day of the next event."""

from datetime import UTC, datetime, timedelta

import pytest
from time_machine import travel

from tests.builders import make_draft, make_event, make_private, make_site, reader_of
from tests.search.searching import dated, page_of, stories

# Mondays.
NOW = datetime(2031, 11, 3, 10, tzinfo=UTC)
DAY = datetime(2031, 11, 17, 17, tzinfo=UTC)


@pytest.fixture(scope="module")
def module_calendar(module_network):
    """Events about a Monday, and some that must not be found eight days before."""
    lorraine, saar = module_network.lorraine, module_network.saar
    with travel(NOW, tick=False):
        before = DAY - timedelta(days=8)
        make_event(lorraine.calendar, "Forum", start=DAY)
        make_event(lorraine.calendar, "Salon", start=DAY - timedelta(days=4), end=DAY + timedelta(days=3))
        make_event(lorraine.calendar, "Atelier", start=DAY + timedelta(days=5))
        make_event(lorraine.calendars["de"], "Messe", start=before)
        make_event(saar.calendars["fr"], "Forum d’ailleurs", start=before)
        make_draft(make_event(lorraine.calendar, "Brouillon", start=before))
        make_private(make_event(lorraine.calendar, "Privé", start=before))


@pytest.fixture
def calendar(module_calendar, network):
    with travel(NOW, tick=False):
        yield


def line_of_empty_days(page) -> str:
    [line] = page.select(".search__promoted [role=status]")
    return " ".join(line.text.split())


@pytest.mark.django_db
@pytest.mark.parametrize("query", ["8 novembre", "09/11/2031", "ce week-end", "12. November 2031"])
def test_days_without_events_link_to_the_next_event(calendar, reader, query):
    [link] = page_of(reader, query).select(".search__promoted [role=status] a")
    assert link.text == "jeudi 13 novembre 2031"
    assert "Salon" in reader.get(link["href"]).text


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "queries"),
    [
        ("/fr/recherche/", {
            "12 décembre": "vendredi 12 décembre 2031",
            "mardi 12 décembre": "vendredi 12 décembre 2031",
            "mois prochain": "décembre 2031",
            "ce week-end": "samedi 8 novembre au dimanche 9 novembre 2031",
        }),
        ("/de/suche/", {"12. Dezember": "Freitag, 12. Dezember 2031", "Freitag": "Freitag, 7. November 2031"}),
    ],
)  # fmt: skip
def test_days_without_events_are_named_above_the_results(calendar, saar, lorraine, reader, path, queries):
    make_event(saar.calendars["fr"], "Ailleurs", start=datetime(2031, 12, 12, 17, tzinfo=UTC))
    for code in ("fr", "de"):
        stories(lorraine, "12 mois 14 maris", language=code)
    for query, days in queries.items():
        page = page_of(reader, query, path)
        assert days in line_of_empty_days(page)
        assert page.select_one(".search__found > *").select("[role=status]")


@pytest.mark.django_db
def test_english_edition_names_the_day_without_events(calendar):
    make_site("own.localhost", ("en",))
    page = page_of(reader_of("own.localhost"), "12 December", "/en/search/")
    assert line_of_empty_days(page) == "No event on Friday 12 December 2031."


@pytest.mark.django_db
def test_days_in_words_find_their_events(calendar, reader):
    found = {
        "dimanche": ["Salon"],
        "demain": ["Salon"],
        "aujourd’hui": ["Salon"],
        "semaine prochaine": ["Salon", "Forum", "Atelier"],
        "samedi 17 novembre": ["Salon", "Forum"],
    }
    with travel(DAY - timedelta(days=3), tick=False):
        assert {query: dated(page_of(reader, query)) for query in found} == found
