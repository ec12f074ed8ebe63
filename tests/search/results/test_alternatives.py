"""A search without results offers related words, topics, authors, sections and the newest stories."""

import pytest

from tests.builders import make_article, make_draft, make_private, make_site, make_topic
from tests.search.searching import near_words, page_of, search, shown, soup, stories

pytestmark = pytest.mark.django_db


@pytest.fixture
def nothing(lorraine, saar, reader):
    """The results page for a query without results, where both sites have stories."""
    wood = make_topic("Bois")
    make_article(lorraine.section, "La menuiserie", topics=[wood])
    make_draft(*stories(lorraine, "La menuisière cachée"))
    make_private(*stories(lorraine, "Le menuisage privé"))
    make_article(saar.sections["fr"], "Les menuisiers d’ailleurs", topics=[wood])
    return page_of(reader, "menuisages")


def test_related_words_topics_sections_and_stories_are_offered(nothing):
    links = {link.text: link["href"] for link in nothing.select(".search__ways a")}
    assert links["menuiserie"] == "?q=menuiserie"
    assert not {"menuisière", "menuisage", "menuisiers"} & links.keys()
    assert {"Bois", "Rubrique fr"} <= links.keys()
    found = shown(nothing, ".search__nothing")
    assert found[0] == "La menuiserie"
    assert not {"La menuisière cachée", "Le menuisage privé", "Les menuisiers d’ailleurs"} & {*found}


@pytest.mark.parametrize(
    ("language", "query", "others"),
    [
        ("fr", "crémant", "créent crédit créer créneaux"),
        ("fr", "Château", "chaleur chats châssis"),
        ("fr", "exportation", "exploitation exposition experts"),
        ("fr", "www.lorraine.fr", "lorsque lors"),
        ("de", "Künstliche Intelligenz", "künftigen internet Interesse"),
        ("en", "company", "complete common compass"),
    ],
)
def test_word_with_the_same_beginning_is_not_offered(lorraine, language, query, others):
    own = make_site("own.localhost", (language,))
    stories(own, f"Titel: {others}")
    stories(lorraine, query)
    ways = search(own, query).alternatives
    assert ways
    assert ways.words == []


def test_typed_and_unknown_words_are_not_offered(lorraine, saar, reader):
    stories(lorraine, "La menuiserie de Menon-Roussel")
    stories(saar, "Menonroussel ailleurs", language="fr")
    assert "menonroussel" not in near_words(page_of(reader, "menonrousset"))
    words = near_words(page_of(reader, "-menuiserie"))
    assert words
    assert "menuiserie" not in words
    assert not page_of(reader, "menuiserie").select(".search__ways")


def test_page_without_results_offers_only_scopes_with_results(lorraine, saar, reader):
    stories(lorraine, "La menuiserie")
    stories(saar, "La fonderie", language="fr")
    page = page_of(reader, "wxqzkj vbnmpq ghjklw")
    assert "0 résultat" in page.select_one(".search__count").text
    assert "partie des mots" not in page.select_one(".search__notes").text
    assert len(page.select(".search__notes p")) == 1
    assert not page.select(".search__scope")
    # The other site has one of these words.
    [wider] = page_of(reader, "fonderie wxqzkj").select(".search__scope a:not([aria-current])")
    assert shown(soup(reader.get(f"/fr/recherche/{wider['href']}"))) == ["La fonderie"]


@pytest.mark.parametrize("chosen", [{"since": "2099-01-01"}, {"when": "weekend"}, {"kind": "event"}])
def test_page_emptied_by_filters_links_to_the_unfiltered_query(lorraine, saar, reader, chosen):
    stories(lorraine, "La menuiserie")
    stories(saar, "La menuiserie d’ailleurs", language="fr")
    page = page_of(reader, "menuiserie", **chosen)
    [without] = page.select(".search__count a")
    assert without["href"] == "?q=menuiserie"
    assert "1" in without.text
    assert not page.select(".search__nothing")
    assert len(soup(reader.get(f"/fr/recherche/{without['href']}")).select(".result")) == 1


def test_suggestions_are_shown_if_removing_filters_does_not_help(lorraine, saar, reader):
    stories(saar, "La menuiserie", language="fr")
    page = page_of(reader, "menuiserie", when="weekend")
    assert page.select(".search__nothing")
    assert not page.select(".search__count a")


def test_all_sites_and_languages_are_offered_if_each_alone_finds_nothing(lorraine, saar):
    stories(lorraine, "La péniche")
    stories(saar, "Das Schiff")
    links = [link["href"] for link in page_of(saar.reader(), "péniche", "/de/suche/").select(".search__scope a")]
    assert links == ["?q=p%C3%A9niche", "?q=p%C3%A9niche&sites=all&languages=all"]
    assert shown(soup(saar.reader().get(f"/de/suche/{links[1]}"))) == ["La péniche"]


def test_scopes_with_the_exact_word_are_offered_beside_a_correction(lorraine, saar):
    stories(lorraine, "La fonderie")
    stories(saar, "Le mot fonderle", language="fr")
    found = search(lorraine, "fonderle")
    assert (found.suggestion, found.wider_scopes) == ("fonderie", {"sites", "both"})
