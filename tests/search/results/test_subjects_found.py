"""A query that names a topic or an author shows their page above the results, or in place of them."""

import pytest
from bs4 import BeautifulSoup

from portal.content.records.topics import Topic
from tests.builders import (
    locale,
    make_article,
    make_draft,
    make_event,
    make_person,
    make_private,
    make_section,
    make_topic,
)
from tests.search.searching import page_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def claire():
    return make_person("Claire Humbert", role="Reporter")


@pytest.fixture
def energy():
    return Topic.objects.create(
        name="Énergie solaire", slug="energie", locale=locale("fr"), introduction="Du toit au réseau."
    )


def subjects(page: BeautifulSoup) -> list[tuple[str, str]]:
    return [(link.text, link["href"]) for link in page.select(".result--subject .result__title a")]


def found(reader, q: str, path: str = "/fr/recherche/", **params: str) -> list[str]:
    return [name for name, _url in subjects(page_of(reader, q, path, **params))]


@pytest.mark.parametrize("q", ["énergie solaire", "Energie", "l’énergie solaire en Lorraine", "solaires"])
def test_named_topic_is_above_the_results(lorraine, reader, energy, q):
    make_article(lorraine.section, "L’énergie solaire en Lorraine", topics=[energy])

    page = page_of(reader, q)

    assert subjects(page) == [("Énergie solaire", "/fr/themes/energie/")]
    card = page.select_one(".result--subject")
    assert ("Thème" in card.text, "1\xa0article" in card.text, "Du toit au réseau." in card.text) == (True,) * 3
    assert page.select(".search__results .result")


@pytest.mark.parametrize("q", ["Claire Humbert", "humbert", "articles de claire humbert"])
def test_named_author_is_above_the_results(lorraine, reader, claire, q):
    make_article(lorraine.section, "Un texte", authors=[claire])

    assert subjects(page_of(reader, q)) == [("Claire Humbert", "/fr/auteurs/claire-humbert/")]


@pytest.mark.parametrize("q", ["énergie éolienne des communes rurales de Moselle", "-énergie", "bois", "le"])
def test_other_query_finds_no_topic_or_author(lorraine, reader, energy, q):
    make_article(lorraine.section, "Un texte", topics=[energy])

    assert found(reader, q) == []


def test_only_topics_and_authors_with_public_stories_are_found(lorraine, saar, reader, claire, energy):
    of = {"topics": [energy], "authors": [claire]}
    make_article(saar.sections["fr"], "Leurre", **of)
    make_draft(make_article(lorraine.section, "Brouillon", **of))
    members = make_section(lorraine.home, "Membres")
    make_private(members)
    make_article(members, "Réservé", **of)
    make_event(lorraine.calendar, "Rencontre", topics=[energy])

    assert found(reader, "énergie solaire") == found(reader, "claire humbert") == []
    assert found(saar.reader(), "claire humbert") == ["Claire Humbert"]


def test_authors_without_a_page_or_from_another_site_are_not_found(lorraine, saar, reader):
    nameless, theirs = make_person("Sans Page", has_page=False), make_person("Jana Kessler", site=saar.site)
    make_article(lorraine.section, "Un", authors=[nameless, theirs])
    assert found(reader, "sans page") == found(reader, "jana kessler") == []


def test_only_topics_in_the_language_of_the_search_page_are_found(lorraine, reader, energy):
    german = make_topic("Energie", "de")
    make_article(lorraine.section, "Un texte", topics=[energy])
    make_article(lorraine.sections["de"], "Ein Text", topics=[german])

    assert found(reader, "energie", "/de/suche/") == ["Energie"]


def test_exact_name_comes_first_and_at_most_three_are_shown(lorraine, reader):
    wood = [make_topic(name) for name in ("Bois de construction", "Bois énergie", "Bois", "Bois local")]
    for number in range(2):
        make_article(lorraine.section, f"Texte {number}", topics=[wood[0]])
    make_article(lorraine.section, "Texte", topics=wood)

    assert found(reader, "bois") == ["Bois", "Bois de construction", "Bois local"]


def test_topics_and_authors_are_on_the_unfiltered_first_page_only(lorraine, reader, energy):
    for number in range(12):
        make_article(lorraine.section, f"Énergie solaire {number}", topics=[energy])
    # The query is corrected first.
    assert found(reader, "énerrgie solaire") == ["Énergie solaire"]
    assert found(reader, "énergie solaire", page="2") == found(reader, "énergie solaire", kind="article") == []


def test_page_without_results_links_to_topics_and_authors(lorraine, saar, reader, claire, energy):
    make_article(lorraine.section, "Un texte", topics=[energy], authors=[claire])
    make_article(saar.sections["fr"], "Leurre", topics=[make_topic("Charbon")], authors=[make_person("Lea Leurre")])
    make_draft(make_article(lorraine.section, "Brouillon", topics=[make_topic("Caché")]))

    ways = {link["href"]: link.text for link in page_of(reader, "xyzzyx").select(".search__ways a")}

    assert ways["/fr/themes/energie/"] == "Énergie solaire"
    assert ways["/fr/auteurs/claire-humbert/"] == "Claire Humbert"
    assert {"/fr/themes/", "/fr/auteurs/"} <= ways.keys()
    assert not {"Charbon", "Lea Leurre", "Caché"} & {*ways.values()}


def test_topic_without_a_story_here_is_not_suggested(lorraine, saar, reader, energy):
    make_article(saar.sections["fr"], "Leurre", topics=[energy])

    def suggested() -> list[str]:
        response = reader.get("/fr/recherche/suggestions.json", {"q": "énerg"}).json()
        return [each["label"] for each in response["suggestions"]]

    assert suggested() == []
    make_article(lorraine.section, "Un texte", topics=[energy])
    assert suggested() == ["Énergie solaire"]


def test_search_naming_no_topic_or_author_does_not_count_stories(lorraine, reader, energy, monkeypatch):
    make_article(lorraine.section, "Une fonderie", topics=[energy])
    monkeypatch.setattr("search.results.subjects.story_counts", lambda *args: pytest.fail("counted"))

    assert found(reader, "fonderie") == []
