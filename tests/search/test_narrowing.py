"""Results are filtered by several values of a facet, by days, and by the weekend."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from search.query.criteria import Criteria
from tests.builders import make_article, make_event, make_portrait, make_topic
from tests.search.searching import counts, page_of, search, shown, soup, titles

pytestmark = pytest.mark.django_db

# A Wednesday; its weekend is the 6th and 7th.
NOW = datetime(2026, 6, 3, 10, tzinfo=UTC)


def test_repeated_values_are_combined_and_links_add_or_remove_one(lorraine, saar, reader):
    make_article(lorraine.section, "Fonderie un")
    make_portrait(lorraine.section, "Fonderie deux")
    make_event(lorraine.calendar, "Fonderie trois")
    make_portrait(saar.sections["fr"], "Fonderie ailleurs")
    page = soup(reader.get("/fr/recherche/?q=fonderie&kind=article&kind=portrait"))
    assert {*shown(page)} == {"Fonderie un", "Fonderie deux"}
    assert len(page.select(".search__chosen a")) == 2
    found = search(lorraine, "fonderie", kind="article,portrait")
    assert found.total == 2
    assert counts(found, "kind") == {"Article": 1, "Portrait": 1, "Événement": 1}
    both = Criteria("bois", kind="article,portrait")
    assert Criteria("bois", kind="article").toggle("kind", "portrait") == both
    assert both.toggle("kind", "article").query_string == "?q=bois&kind=portrait"


def test_results_of_several_topics_are_those_of_any(lorraine):
    wood, metal, glass = make_topic("Bois"), make_topic("Métal"), make_topic("Verre")
    for topic in (wood, metal, glass):
        make_article(lorraine.section, f"Fonderie {topic.name}", topics=[topic])
    assert set(titles(lorraine, "fonderie", topic=f"{wood.slug},{metal.slug}")) == {"Fonderie Bois", "Fonderie Métal"}
    assert titles(lorraine, "fonderie", topic=f"{wood.slug},inconnu") == []


def test_range_includes_its_first_and_last_day(lorraine, saar):
    for day in (1, 2, 3, 4):
        make_article(lorraine.section, f"Fonderie {day}", date=datetime(2026, 3, day, 12, tzinfo=UTC))
        make_article(saar.sections["fr"], f"Fonderie sarroise {day}", date=datetime(2026, 3, day, 12, tzinfo=UTC))
    assert titles(lorraine, "fonderie", since="2026-03-02", until="2026-03-03") == ["Fonderie 3", "Fonderie 2"]
    assert search(lorraine, "fonderie", since="2026-03-04").total == 1
    assert search(lorraine, "fonderie", until="2026-03-01").total == 1


def test_reversed_range_is_swapped(lorraine, saar, reader):
    for section in (lorraine.section, saar.sections["fr"]):
        make_article(section, "Fonderie", date=datetime(2026, 3, 2, 12, tzinfo=UTC))
    page = page_of(reader, "fonderie", since="2026-03-09", until="2026-03-01")
    assert len(page.select(".search__results .result")) == 1
    assert [page.select_one(f"#facet-{name}")["value"] for name in ("since", "until")] == ["2026-03-01", "2026-03-09"]


@pytest.mark.parametrize("value", ["hier", "2026-02-31", "0001-01-01", "9999-12-31", "2026-13-01"])
def test_invalid_day_is_ignored(lorraine, reader, value):
    make_article(lorraine.section, "Fonderie")
    make_portrait(lorraine.section, "Une fonderie")
    page = page_of(reader, "fonderie", since=value)
    assert len(page.select(".search__results .result")) == 2
    assert page.select_one("#facet-since")["value"] == ""


def test_chosen_days_are_shown_with_a_link_to_remove_them(lorraine, reader):
    make_article(lorraine.section, "Fonderie", date=datetime(2026, 3, 2, tzinfo=UTC))
    page = page_of(reader, "fonderie", since="2026-03-01", kind="article")
    assert "01/03/2026" in page.select_one(".search__chosen").text
    assert page.select(".search__chosen a")[-1]["href"] == "?q=fonderie&kind=article"


def test_events_of_the_weekend_are_found_by_any_of_their_dates(lorraine, saar):
    with time_machine.travel(NOW, tick=False):
        saturday = datetime(2026, 6, 6, 12, tzinfo=UTC)
        make_event(lorraine.calendar, "Fonderie samedi", start=saturday)
        make_event(lorraine.calendar, "Fonderie longue", start=saturday - timedelta(days=2), end=saturday)
        make_event(lorraine.calendar, "Fonderie lundi", start=saturday + timedelta(days=2))
        make_event(saar.calendars["fr"], "Fonderie ailleurs", start=saturday)
        make_article(lorraine.section, "Fonderie", date=NOW)
        assert set(titles(lorraine, "fonderie", when="weekend")) == {"Fonderie samedi", "Fonderie longue"}
    # A Sunday belongs to its weekend.
    with time_machine.travel(datetime(2026, 6, 7, 8, tzinfo=UTC), tick=False):
        make_event(lorraine.calendar, "Fonderie dimanche", start=datetime(2026, 6, 7, 14, tzinfo=UTC))
        assert titles(lorraine, "fonderie", when="weekend") == ["Fonderie dimanche"]


def test_weekend_is_offered_only_beside_events(lorraine, reader):
    make_article(lorraine.section, "Fonderie un")
    make_portrait(lorraine.section, "Fonderie deux")
    make_event(lorraine.calendar, "Scierie une")
    make_article(lorraine.section, "Scierie deux")
    assert not page_of(reader, "fonderie").select("a[href*=weekend]")
    assert page_of(reader, "scierie").select("a[href*=weekend]")
