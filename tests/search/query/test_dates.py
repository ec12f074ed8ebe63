"""A query that is or contains a date finds the events of those days, above the pages with its words."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from time_machine import travel

from search.models import LoggedQuery
from search.query.days import date_in, days_in
from search.results.dates import dated_events
from tests.builders import make_draft, make_event, make_private
from tests.search.searching import dated, edition, near_words, page_of, shown, stories

# A Tuesday.
TODAY = date(2026, 11, 3)
NOW = datetime(2026, 11, 3, 10, tzinfo=UTC)
DAY = datetime(2026, 11, 17, 17, tzinfo=UTC)

# The first and last day; only the year may differ from 2026.
DATES = {
    "11-03": "aujourd’hui, heute, today, mardi, ce soir, cet après-midi, heute Abend, tonight, this evening",
    "11-03 11-08": "cette semaine, Diese Woche, this week",
    "11-03 11-30": "ce mois-ci",
    "11-04": "demain, demain soir, morgen Abend, morgen früh",
    "11-06": "Freitag, vendredi prochain après-midi, Freitagabend",
    "11-07": "this Saturday, samedi prochain, am kommenden Samstag, next Saturday, samedi soir",
    "11-07 11-08": "ce week-end, weekend, dieses Wochenende, this weekend",
    "11-09": "am Montag",
    "11-09 11-15": "la semaine prochaine, nächste Woche, next week",
    "11-10": "mardi prochain, nächsten Dienstag",
    "11-14 11-15": "le week-end prochain, nächstes Wochenende, next weekend",
    # It is a Tuesday: with a wrong weekday, the numbers count.
    "11-17": "17 novembre 2026, mardi 17 novembre 2026, 17/11/2026, 17.11.2026, 2026-11-17, lundi 17 novembre 2026",
    "11-17 11-17": "am Mittwoch 17. November, 17 novembre 2026 soir",
    "11-27": "27. November 2026",
    "11-01 11-30": "November",
    "12-02": "2 décembre, December 2nd",
    "12-01 12-31": "décembre 2026, en décembre, 12/2026, 2026-12, mois prochain, Nächsten Monat, next month",
    "2028-02-01 2028-02-29": "im Februar 2028",
    "2027-03-01 2027-03-31": "March",
    # Spans, and days with hours.
    "12-03 12-05": """du 3 au 5 décembre, von 3. bis 5. Dezember, vom 3. bis zum 5. Dezember 2026, 3–5 December,
        from 3 to 5 December, from December 3rd to December 5th, entre le 3 et le 5 décembre, 3.-5.12., 3-5/12,
        du jeudi 3 décembre au samedi 5 décembre 2026, between the 3rd and 5 December, du 3 au 5 décembre 14h""",
    "10-28 11-05": "du 28 octobre au 5 novembre, 28 October to 5 November, vom 28. Oktober bis 5. November",
    "12-28 2027-01-03": "du 28 décembre au 3 janvier, vom 28. bis 3. Januar 2027, 2026-12-28 - 2027-01-03",
    "11-06 11-08": "de vendredi à dimanche, Freitag bis Sonntag, Friday to Sunday, vendredi-dimanche",
    "11-01 12-31": "novembre et décembre, November bis Dezember, from November to December",
    "11-07 11-07": """samedi 14h, samedi à 14h30, Samstag 14 Uhr, Saturday 2pm, samedi 7 novembre de 9h à 12h, 14h samedi,
        Samstag um 18:00 Uhr, Samstag 14 bis 18 Uhr, Saturday at 6 p.m., samedi 14h-18h, 2026-11-07 18:00""",
}
NO_DATES = """novembre bleu, 31 novembre 2026, lundi 17 novembre 2026 fonderie, 13/2026, 2026, mar, -samedi, soir, le soir,
    samedi fonderie, fonderie soir, de 3 à 5 ans, 14h, 2026-2027, du 31 au 5 mars 2026, 5 au décembre, 1914-1918, prochain, semaine, fonderie 17 novembre 2026, mai 9999, 2026-13,"""


def day(text: str) -> date:
    return date.fromisoformat(text if len(text) > 5 else f"2026-{text}")


@pytest.mark.parametrize(("days", "queries"), DATES.items())
def test_date_is_parsed_from_a_query(days, queries):
    first, *last = map(day, days.split())
    for query in re.split(r",\s+", queries):
        assert days_in(query, TODAY) == (first, *(last or [first])), query


@pytest.mark.parametrize("text", [text.strip() for text in NO_DATES.split(",")])
def test_other_queries_contain_no_date(text):
    assert days_in(text, TODAY) is None


@pytest.mark.parametrize(
    ("language", "text", "days", "rest"),
    [
        ("fr", "salon de l'emploi décembre", "12-01 12-31", "salon de l'emploi"),
        ("de", "Termine im Dezember", "12-01 12-31", "Termine"),
        ("fr", "samedi marché", "11-07 11-07", "marché"),
        ("fr", "marché du samedi 14 novembre à Nancy", "11-14 11-14", "marché du à Nancy"),
        ("fr", "concert ce soir ?", "11-03 11-03", "concert"),
        ("fr", "agenda d’avril 2027", "2027-04-01 2027-04-30", "agenda"),
        ("de", "Was ist am Wochenende los", "11-07 11-08", "Was ist los"),
        ("de", "Konzert Freitagabend", "11-06 11-06", "Konzert"),
        ("de", "Messe 17.11.", "11-17 11-17", "Messe"),
        ("de", "Kino morgen Abend", "11-04 11-04", "Kino"),
        ("en", "jobs fair next week", "11-09 11-15", "jobs fair"),
        ("en", "fair in May", "2027-05-01 2027-05-31", "fair"),
        ("fr", "samedi 14h marché", "11-07 11-07", "marché"),
        ("fr", "marché 14h samedi", "11-07 11-07", "marché"),
        ("fr", "du 3 au 5 décembre salon", "12-03 12-05", "salon"),
        ("fr", "salon à Metz du 3 décembre au 5 janvier 2027 gratuit", "12-03 2027-01-05", "salon à Metz gratuit"),
        ("de", "Messe von 3. bis 5. Dezember", "12-03 12-05", "Messe"),
        ("de", "Messe 3.-5.12.", "12-03 12-05", "Messe"),
        ("de", "Kino Freitag um 20 Uhr", "11-06 11-06", "Kino"),
        ("en", "fair from 3 to 5 December", "12-03 12-05", "fair"),
        ("en", "market on Saturday at 2pm", "11-07 11-07", "market"),
    ],
)
def test_date_beside_other_words_is_parsed(language, text, days, rest):
    found = date_in(text, TODAY, language)
    assert found
    assert [found.first, found.last] == [day(each) for each in days.split()]
    assert " ".join(piece.text for piece in found.rest) == rest


@pytest.mark.parametrize(
    ("language", "texts"),
    [
        ("en", "what may I do, march for science, mission mars"),
        ("de", "Mission Mars, 1/2 Stelle, Jan Müller"),
        ("fr", 'ouvert 24/7, version 2.5, maison du maire, "samedi soir" film, marché -samedi, élections 2027'),
    ],
)
def test_word_that_resembles_a_date_is_a_word(language, texts):
    for text in texts.split(", "):
        assert date_in(text, TODAY, language) is None, text


@pytest.fixture(scope="module")
def module_calendar(module_network):
    """Events on days of November, and some that must not be found."""
    lorraine, saar = module_network.lorraine, module_network.saar
    with travel(NOW, tick=False):
        make_event(lorraine.calendar, "Forum", start=DAY)
        make_event(lorraine.calendar, "Salon", start=DAY - timedelta(days=4), end=DAY + timedelta(days=3))
        make_event(lorraine.calendar, "Atelier", start=DAY + timedelta(days=1), recurrence="FREQ=WEEKLY;COUNT=3")
        make_event(lorraine.calendars["de"], "Messe", start=DAY)
        make_event(saar.calendars["fr"], "Forum d’ailleurs", start=DAY)
        make_draft(make_event(lorraine.calendar, "Forum en brouillon", start=DAY))
        make_private(make_event(lorraine.calendar, "Forum privé", start=DAY))


@pytest.fixture
def calendar(module_calendar, network):
    with travel(NOW, tick=False):
        yield


@pytest.mark.django_db
def test_events_of_the_day_rank_before_pages_with_the_words(calendar, lorraine, reader):
    stories(lorraine, "La nuit du 17 novembre 2026")
    page = page_of(reader, "17 novembre 2026")
    assert dated(page) == ["Salon", "Forum"]
    assert shown(page)[0] == "La nuit du 17 novembre 2026"
    assert "2 événements – mardi 17 novembre 2026" in " ".join(page.select_one(".search__notes").text.split())
    # Each date in a series is found on its day.
    [time] = page_of(reader, "25/11/2026").select("section[aria-labelledby=dated-title] time")
    assert time["datetime"].startswith("2026-11-25")


@pytest.mark.django_db
@pytest.mark.parametrize(("query", "count"), [("17 novembre 2026", 2), ("novembre 2026", 4), ("Novembre", 4)])
def test_page_links_to_all_events_of_these_days(calendar, reader, query, count):
    page = page_of(reader, query)
    link = page.select("section[aria-labelledby=dated-title] a")[-1]["href"]
    assert page.select_one(".search__count").text.split()[0] == str(count)
    assert "Forum" in reader.get(link).text


@pytest.mark.django_db
def test_each_edition_finds_its_own_events(calendar, reader):
    for query in ("17. November 2026", "November 2026", "2026-11-17"):
        assert dated(page_of(reader, query, "/de/suche/")) == ["Messe"]


@pytest.mark.django_db
def test_weekday_is_never_corrected(calendar, lorraine, reader):
    stories(lorraine, "Vendre la fonderie", "Le mari de la fonderie", "Le mari du 14 décembre")
    for query in ("mardi fonderie", "mardi 14 décembre", "vendredi"):
        page = page_of(reader, query)
        assert not page.select(".search__suggestion")
        assert "vendre" not in near_words(page)


@pytest.mark.django_db
def test_page_counts_events_and_results(calendar, lorraine, reader):
    page = page_of(reader, "24 décembre 2030")
    assert dated(page) == []
    assert page.select(".search__nothing")

    page = page_of(reader, "17.11.")
    assert dated(page)
    assert not page.select(".search__nothing")
    assert LoggedQuery.objects.get(text="17.11.").result_count >= 2

    stories(lorraine, "Les 17 fonderies")
    assert len(page_of(reader, "17 décembre 2026").select(".search__notes .search__count")) == 1
    [count] = page_of(reader, "17 novembre 2026").select(".search__notes .search__count")
    assert "2 événements" in " ".join(count.text.split())


@pytest.mark.django_db
def test_events_with_the_other_words_rank_first(calendar, reader):
    assert dated(page_of(reader, "forum novembre"))[:3] == ["Forum", "Salon", "Atelier"]
    assert dated(page_of(reader, "concert 17 novembre 2026")) == ["Salon", "Forum"]


@pytest.mark.django_db
def test_date_is_optional_beside_other_words(calendar, lorraine, saar, reader):
    stories(lorraine, "Le marché couvert")
    stories(saar, "Le marché de novembre ailleurs", language="fr")
    page = page_of(reader, "marché novembre")
    assert shown(page) == ["Le marché couvert"]
    assert "1 résultat" in page.select(".search__count")[-1].text


@pytest.mark.django_db
def test_past_date_is_an_ordinary_word(calendar, lorraine, reader):
    stories(lorraine, "Les émeutes", "Les émeutes de mai 1968")
    page = page_of(reader, "émeutes mai 1968")
    assert shown(page) == ["Les émeutes de mai 1968", "Les émeutes"]
    assert not page.select(".search__promoted")


@pytest.mark.django_db
@pytest.mark.parametrize(("query", "lines"), [("marché 12 décembre", 1), ("décembre marché", 0)])
def test_days_without_events_are_named_beside_other_words(calendar, reader, query, lines):
    assert len(page_of(reader, query).select(".search__promoted [role=status]")) == lines


@pytest.mark.django_db
@pytest.mark.parametrize(("query", "most"), [("octobre 2026", 4), ("16/11/2026", 4)])
def test_events_cost_few_queries_however_many_there_are(lorraine, django_assert_max_num_queries, query, most):
    with travel(NOW, tick=False):
        for number in range(9):
            make_event(lorraine.calendar, start=DAY - timedelta(days=15 + number))
        here = edition(lorraine)
        dated_events(here, query, NOW)
        with django_assert_max_num_queries(most):
            found = dated_events(here, query, NOW)
    assert found
    assert len(found.events) <= 5


@pytest.mark.django_db
def test_date_beside_words_costs_seven_queries_at_most(calendar, lorraine, django_assert_max_num_queries):
    here = edition(lorraine)
    dated_events(here, "forum novembre", NOW)
    with django_assert_max_num_queries(7):
        dated_events(here, "forum novembre", NOW)
