"""The full story list is filtered by kind, topic and year, and paginated; unknown filter values give a 404."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from bs4 import BeautifulSoup
from django.utils import timezone

from home.models import SectionPage
from tests.builders import (
    make_article,
    make_calendar,
    make_draft,
    make_portrait,
    make_private,
    make_recap,
    make_section,
    make_settings,
    make_topic,
)

PARIS, MONTREAL = ZoneInfo("Europe/Paris"), ZoneInfo("America/Montreal")


def titles(response) -> list[str]:
    """The titles in the list, in order."""
    assert response.status_code == 200
    found = BeautifulSoup(response.content, "html.parser").select("main .list .card__title")
    return [title.get_text(strip=True) for title in found]


@pytest.fixture(scope="module")
def module_wood(module_network):
    """A section with one story of each kind."""
    section = make_section(module_network.lorraine.homes["fr"], "Bois", slug="bois")
    make_article(section, "Un article", date=datetime(2024, 3, 1, tzinfo=PARIS))
    make_portrait(section, "Un portrait", date=datetime(2025, 3, 1, tzinfo=PARIS))
    make_recap(make_calendar(section), "Un retour", date=datetime(2026, 3, 1, tzinfo=PARIS))
    return section


@pytest.fixture
def wood(module_wood, lorraine):
    return SectionPage.objects.get(pk=module_wood.pk)


def test_list_shows_every_kind_newest_first(reader, wood):
    assert titles(reader.get("/fr/bois/actualites/")) == ["Un retour", "Un portrait", "Un article"]


def test_list_without_stories_does_not_mention_filters(lorraine, saar):
    make_article(saar.section, "Ein Artikel")
    section = make_section(lorraine.homes["fr"], "Papier", slug="papier")

    html = BeautifulSoup(lorraine.reader().get(lorraine.address(section) + "actualites/").content, "html.parser")
    assert html.select_one("main p.quiet").get_text() == "Rien n’a encore été publié ici."


def test_list_is_filtered_by_topic_of_its_language(lorraine, reader, wood):
    energy, german = make_topic("Énergie", slug="energie"), make_topic("Energie", "de", slug="energie-de")
    make_article(wood, "Chaleur", topics=[energy])
    make_article(lorraine.sections["de"], "Wärme", topics=[german])

    assert titles(reader.get("/fr/bois/actualites/?topic=energie")) == ["Chaleur"]
    assert titles(reader.get("/de/nachrichten/?kind=&topic=energie-de")) == ["Wärme"]
    assert reader.get("/fr/bois/actualites/?topic=energie-de").status_code == 404


def test_topic_shows_nothing_of_another_site(lorraine, saar, reader):
    topic = make_topic("Énergie", slug="energie")
    make_article(lorraine.section, "Chaleur lorraine", topics=[topic])
    make_article(saar.sections["fr"], "Chaleur sarroise", topics=[topic])
    make_private(make_article(lorraine.section, "Chaleur secrète", topics=[topic]), password="a")
    make_draft(make_article(lorraine.section, "Chaleur retirée", topics=[topic]))
    make_article(lorraine.section, "Chaleur passée", topics=[topic], expire_at=timezone.now())

    assert titles(reader.get("/fr/actualites/?kind=&topic=energie")) == ["Chaleur lorraine"]


def test_filters_are_combined(reader, wood):
    topic = make_topic("Énergie", slug="energie")
    make_portrait(wood, "Le bon", topics=[topic], date=datetime(2024, 6, 1, tzinfo=PARIS))
    make_portrait(wood, "Autre année", topics=[topic], date=datetime(2023, 6, 1, tzinfo=PARIS))
    make_article(wood, "Autre genre", topics=[topic], date=datetime(2024, 6, 1, tzinfo=PARIS))
    make_portrait(wood, "Autre thème", date=datetime(2024, 6, 1, tzinfo=PARIS))

    assert titles(reader.get("/fr/bois/actualites/?kind=portrait&topic=energie&year=2024")) == ["Le bon"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("kind=&topic=&year=", ["Un retour", "Un portrait", "Un article"]),
        ("kind=recap", ["Un retour"]),
        ("kind=portrait&kind=article", ["Un portrait", "Un article"]),
        ("year=2024&year=2026&year=2024", ["Un retour", "Un article"]),
        ("kind=&kind=portrait", ["Un portrait"]),
        ("kind=portrait&kind=article&year=2024&year=2026", ["Un article"]),
    ],
)
def test_list_is_filtered_by_one_or_several_values(reader, wood, query, expected):
    assert titles(reader.get(f"/fr/bois/actualites/?{query}")) == expected


def test_two_topics_show_the_stories_of_both(lorraine, saar, reader, wood):
    energy, water, other = make_topic("Énergie", slug="energie"), make_topic("Eau", slug="eau"), make_topic("Autre")
    make_article(wood, "Chaleur", topics=[energy], date=datetime(2026, 5, 1, tzinfo=PARIS))
    make_article(wood, "Source", topics=[water, energy], date=datetime(2026, 6, 1, tzinfo=PARIS))
    make_article(wood, "Autre", topics=[other])
    make_article(saar.sections["fr"], "Leurre", topics=[energy, water])
    make_private(make_article(wood, "Secret", topics=[water]), password="a")

    for path in ("/fr/actualites/", "/fr/bois/actualites/"):
        assert titles(reader.get(f"{path}?topic=energie&topic=eau")) == ["Source", "Chaleur"]
    assert reader.get("/fr/bois/actualites/?topic=energie&topic=rien").status_code == 404


def test_each_of_two_joined_values_is_shown_and_can_be_removed(reader, wood):
    path = "/fr/bois/actualites/"
    page = BeautifulSoup(reader.get(f"{path}?kind=portrait&kind=article&year=2024").content, "html.parser")

    assert {link.contents[1]: link["href"] for link in page.select(".chip")} == {
        "Portrait": f"{path}?kind=article&year=2024",
        "Article": f"{path}?kind=portrait&year=2024",
    }
    assert "Portrait, Article, 2024" in page.h1.text
    sent = [(field["name"], field["value"]) for field in page.select(".filter input, .filter option[selected]")
            if field.get("name")]  # fmt: skip
    assert sent == [("kind", "article")]
    one = BeautifulSoup(reader.get(f"{path}?kind=portrait").content, "html.parser")
    assert one.select(".chip") == []


def test_empty_filter_has_no_effect(reader, wood):
    assert len(titles(reader.get("/fr/bois/actualites/?kind=&topic=&year="))) == 3


def test_only_years_with_stories_in_the_list_are_offered(reader, wood):
    page = BeautifulSoup(reader.get("/fr/bois/actualites/").content, "html.parser")
    offered = [option["value"] for option in page.select("select[name=year] option")]

    assert offered == ["", "2026", "2025", "2024"]


def test_year_begins_at_midnight_of_the_site(lorraine, reader):
    """The evening of 31 December in Montréal is already the next year in Paris."""
    section = make_section(lorraine.home, "Étrennes", slug="etrennes")
    make_article(section, "Dernière minute", date=datetime(2024, 12, 31, 23, 59, 59, tzinfo=PARIS))
    make_article(section, "Première minute", date=datetime(2025, 1, 1, tzinfo=PARIS))

    assert titles(reader.get("/fr/etrennes/actualites/?year=2024")) == ["Dernière minute"]
    assert titles(reader.get("/fr/etrennes/actualites/?year=2025")) == ["Première minute"]

    make_settings(lorraine, time_zone="America/Montreal")

    assert titles(reader.get("/fr/etrennes/actualites/?year=2024")) == ["Première minute", "Dernière minute"]
    assert reader.get("/fr/etrennes/actualites/?year=2025").status_code == 404


def test_date_on_a_card_is_in_the_sites_time_zone(lorraine, reader):
    make_article(lorraine.section, "Minuit", date=datetime(2025, 1, 1, 0, 30, tzinfo=PARIS))
    assert "1 janvier 2025" in reader.get("/fr/actualites/").content.decode().replace("1er", "1")

    make_settings(lorraine, time_zone="America/Montreal")

    assert "31 décembre 2024" in reader.get("/fr/actualites/").content.decode()


@pytest.fixture
def short_pages(monkeypatch):
    monkeypatch.setattr("portal.content.lists.pagination.PER_PAGE", 4)


def test_long_list_is_paginated_and_no_story_is_shown_twice(lorraine, reader, short_pages):
    published_at = datetime(2025, 3, 1, tzinfo=PARIS)
    section = make_section(lorraine.home, "Dépêches", slug="depeches")
    for number in range(9):
        make_article(section, f"Dépêche {number}", date=published_at)

    pages = [titles(reader.get(f"/fr/depeches/actualites/?page={number}")) for number in (1, 2, 3)]

    assert [len(page) for page in pages] == [4, 4, 1]
    assert sum(pages, []) == [f"Dépêche {number}" for number in reversed(range(9))]
    assert reader.get("/fr/depeches/actualites/?page=4").status_code == 404


def test_pages_of_a_filtered_list_keep_the_filter(lorraine, reader, short_pages):
    section = make_section(lorraine.home, "Dépêches", slug="depeches")
    for _ in range(5):
        make_article(section)
    make_portrait(section, "Hors du filtre")

    page = BeautifulSoup(reader.get("/fr/depeches/actualites/?kind=article").content, "html.parser")

    assert page.select_one("a[rel=next]")["href"] == "?kind=article&page=2"
    assert "Hors du filtre" not in titles(reader.get("/fr/depeches/actualites/?kind=article&page=2"))


def test_filter_that_is_not_offered_is_not_found(reader, wood):
    for path in ("/fr/actualites/", "/fr/bois/actualites/"):
        for query in (
            *("kind=poem", "kind=event", "topic=nothing"),
            *("year=1999", "year=99999", "year=-1", "year=abc", "year=2025.0"),
        ):
            response = reader.get(f"{path}?{query}")
            assert response.status_code == 404, query
            assert "<h1" in response.content.decode()


def test_only_the_filtered_list_is_noindex(reader, wood):
    assert "noindex" not in reader.get("/fr/bois/actualites/").content.decode()
    assert "noindex" not in reader.get("/fr/bois/actualites/?page=1").content.decode()
    assert "noindex" in reader.get("/fr/bois/actualites/?kind=article").content.decode()


@pytest.fixture
def long_list(lorraine, short_pages, monkeypatch):
    """A list that counts as long, so that its count is cached for a minute."""
    monkeypatch.setattr("portal.content.lists.pagination.LONG_LIST", 3)
    section = make_section(lorraine.home, "Dépêches", slug="depeches")
    for number in range(6):
        make_article(section, f"Dépêche {number}", date=datetime(2025, 3, 1, number, tzinfo=PARIS))
    return section


def test_count_of_a_long_list_depends_on_its_filter_and_page(lorraine, saar, reader, long_list):
    make_portrait(long_list, "Un portrait")
    make_article(make_section(saar.homes["fr"], "Dépêches", slug="depeches"), "Sarrois")

    def count(ground, query: str = "") -> str:
        response = ground.reader().get(f"/fr/depeches/actualites/{query}")
        return BeautifulSoup(response.content, "html.parser").select_one(".list__count").get_text(strip=True)

    assert count(lorraine).startswith("7")
    assert count(lorraine, "?kind=article").startswith("6")
    assert count(lorraine, "?kind=portrait").startswith("1")
    assert count(lorraine, "?year=2025").startswith("6")
    assert count(saar).startswith("1")
    assert count(lorraine).startswith("7")


def test_filter_offers_a_new_topic_and_a_new_year_at_once(lorraine, saar, reader, wood):
    def offered(name: str) -> list[str]:
        html = BeautifulSoup(reader.get("/fr/bois/actualites/").content, "html.parser")
        return [option.get_text(strip=True) for option in html.select(f"select[name={name}] option")][1:]

    before = offered("topic"), offered("year")
    make_topic("Textile")
    make_topic("Bergbau", code="de")
    make_article(wood, "Un ancien", date=datetime(2023, 3, 1, tzinfo=PARIS))
    make_article(saar.section, "Ailleurs", date=datetime(2019, 3, 1, tzinfo=PARIS))

    assert (offered("topic"), offered("year")) == (sorted([*before[0], "Textile"]), [*before[1], "2023"])


def test_filter_shows_the_choice_despite_the_cached_filter(reader, wood):
    def chosen(query: str) -> list[str]:
        html = BeautifulSoup(reader.get(f"/fr/bois/actualites/{query}").content, "html.parser")
        return [option["value"] for option in html.select("form.filter option[selected]")]

    found = [chosen(query) for query in ("", "?kind=portrait&year=2025", "")]

    assert found == [["", "", ""], ["portrait", "", "2025"], ["", "", ""]]
