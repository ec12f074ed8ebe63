"""A date beside other words is one: the events of its days lead, those with the other words before the rest."""

from datetime import UTC, date, datetime, timedelta

import pytest
from time_machine import travel

from search.query.days import date_in
from search.results.dates import dated_events
from tests.builders import make_article, make_draft, make_event, make_private
from tests.search.searching import edition, get_results, soup

TODAY = date(2026, 11, 3)
NOW = datetime(2026, 11, 3, 10, tzinfo=UTC)
DAY = datetime(2026, 11, 17, 17, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "text", "first", "last", "rest"),
    [
        ("fr", "salon de l'emploi décembre", date(2026, 12, 1), date(2026, 12, 31), "salon de l'emploi"),
        ("de", "Termine im Dezember", date(2026, 12, 1), date(2026, 12, 31), "Termine"),
        ("fr", "samedi marché", date(2026, 11, 7), date(2026, 11, 7), "marché"),
        ("fr", "marché du samedi 14 novembre à Nancy", date(2026, 11, 14), date(2026, 11, 14), "marché du à Nancy"),
        ("fr", "concert ce soir ?", TODAY, TODAY, "concert"),
        ("fr", "agenda d’avril 2027", date(2027, 4, 1), date(2027, 4, 30), "agenda"),
        ("de", "Was ist am Wochenende los", date(2026, 11, 7), date(2026, 11, 8), "Was ist los"),
        ("de", "Konzert Freitagabend", date(2026, 11, 6), date(2026, 11, 6), "Konzert"),
        ("de", "Messe 17.11.", date(2026, 11, 17), date(2026, 11, 17), "Messe"),
        ("de", "Kino morgen Abend", date(2026, 11, 4), date(2026, 11, 4), "Kino"),
        ("en", "jobs fair next week", date(2026, 11, 9), date(2026, 11, 15), "jobs fair"),
        ("en", "fair in May", date(2027, 5, 1), date(2027, 5, 31), "fair"),
    ],
)
def test_date_beside_other_words_is_understood(language, text, first, last, rest):
    found = date_in(text, TODAY, language)
    assert found
    assert (found.first, found.last, " ".join(piece.text for piece in found.rest)) == (first, last, rest)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "what may I do"),
        ("en", "march for science"),
        ("de", "Mission Mars"),
        ("en", "mission mars"),
        ("fr", "ouvert 24/7"),
        ("fr", "version 2.5"),
        ("de", "1/2 Stelle"),
        ("fr", "maison du maire"),
        ("de", "Jan Müller"),
        ("fr", '"samedi soir" film'),
        ("fr", "marché -samedi"),
        ("fr", "élections 2027"),
    ],
)
def test_word_that_only_looks_like_a_date_is_none(language, text):
    assert date_in(text, TODAY, language) is None


def dated(page) -> list[str]:
    return [each.text for each in page.select("section[aria-labelledby=dated-title] .result__title")]


@pytest.fixture
def calendar(lorraine, saar):
    """Events of November, and what must not be found."""
    with travel(NOW, tick=False):
        make_event(lorraine.calendar, "Salon", start=DAY - timedelta(days=4), end=DAY + timedelta(days=3))
        make_event(lorraine.calendar, "Forum", start=DAY)
        make_event(lorraine.calendar, "Atelier", start=DAY + timedelta(days=1))
        make_event(lorraine.calendars["de"], "Forum", start=DAY)
        make_event(saar.calendars["fr"], "Forum d’ailleurs", start=DAY)
        make_draft(make_event(lorraine.calendar, "Forum en brouillon", start=DAY))
        make_private(make_event(lorraine.calendar, "Forum privé", start=DAY))
        yield


@pytest.mark.django_db
def test_events_of_the_days_with_the_other_words_lead(calendar, reader):
    assert dated(soup(get_results(reader, "forum novembre"))) == ["Forum", "Salon", "Atelier"]


@pytest.mark.django_db
def test_events_of_the_days_lead_where_none_has_the_other_words(calendar, reader):
    assert dated(soup(get_results(reader, "concert 17 novembre 2026"))) == ["Salon", "Forum"]


@pytest.mark.django_db
def test_page_need_not_have_the_date_that_stands_beside_other_words(calendar, lorraine, saar, reader):
    make_article(lorraine.section, "Le marché couvert")
    make_article(saar.sections["fr"], "Le marché de novembre ailleurs")

    page = soup(get_results(reader, "marché novembre"))

    assert [each.text for each in page.select(".search__results .result__title")] == ["Le marché couvert"]
    assert "1 résultat" in page.select(".search__count")[-1].text


@pytest.mark.django_db
def test_date_that_is_over_stays_what_a_text_is_about(calendar, lorraine, reader):
    for title in ("Les émeutes", "Les émeutes de mai 1968"):
        make_article(lorraine.section, title)

    page = soup(get_results(reader, "émeutes mai 1968"))

    assert [each.text for each in page.select(".search__results .result__title")] == [
        "Les émeutes de mai 1968",
        "Les émeutes",
    ]
    assert not page.select(".search__promoted")


@pytest.mark.django_db
@pytest.mark.parametrize(("query", "lines"), [("marché 12 décembre", 1), ("décembre marché", 0)])
def test_empty_days_are_named_beside_other_words_unless_a_name_alone_says_so(calendar, reader, query, lines):
    assert len(soup(get_results(reader, query)).select(".search__promoted [role=status]")) == lines


@pytest.mark.django_db
def test_date_beside_words_costs_seven_queries_at_most(calendar, lorraine, django_assert_max_num_queries):
    here = edition(lorraine)
    dated_events(here, "forum novembre", NOW)
    with django_assert_max_num_queries(7):
        dated_events(here, "forum novembre", NOW)
