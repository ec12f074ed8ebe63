"""A query without results leads on: to related words, topics, authors, sections and the newest stories."""

import pytest

from tests.builders import make_article, make_draft, make_private, make_site, make_topic
from tests.search.searching import near_words, page_of, search, shown, soup, stories

pytestmark = pytest.mark.django_db


@pytest.fixture
def nothing(lorraine, saar, reader):
    """The page of a query that finds nothing, where both sites have stories."""
    wood = make_topic("Bois")
    make_article(lorraine.section, "La menuiserie", topics=[wood])
    make_draft(*stories(lorraine, "La menuisière cachée"))
    make_private(*stories(lorraine, "Le menuisage privé"))
    make_article(saar.sections["fr"], "Les menuisiers d’ailleurs", topics=[wood])
    return page_of(reader, "menuisages")


def test_related_words_topics_sections_and_stories_of_public_pages_here_are_offered(nothing):
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
def test_word_that_only_begins_alike_is_no_way_out(lorraine, language, query, others):
    own = make_site("own.localhost", (language,))
    stories(own, f"Titel: {others}")
    stories(lorraine, query)
    ways = search(own, query).ways_out
    assert ways
    assert ways.words == []


def test_no_word_is_offered_that_was_typed_or_that_no_text_has(lorraine, saar, reader):
    stories(lorraine, "La menuiserie de Menon-Roussel")
    stories(saar, "Menonroussel ailleurs", language="fr")
    assert "menonroussel" not in near_words(page_of(reader, "menonrousset"))
    words = near_words(page_of(reader, "-menuiserie"))
    assert words
    assert "menuiserie" not in words
    assert not page_of(reader, "menuiserie").select(".search__ways")


def test_page_without_results_claims_none_and_offers_no_scope_that_finds_none(lorraine, saar, reader):
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
def test_page_that_only_the_filters_leave_empty_says_so(lorraine, saar, reader, chosen):
    stories(lorraine, "La menuiserie")
    stories(saar, "La menuiserie d’ailleurs", language="fr")
    page = page_of(reader, "menuiserie", **chosen)
    [without] = page.select(".search__count a")
    assert without["href"] == "?q=menuiserie"
    assert "1" in without.text
    assert not page.select(".search__nothing")
    assert len(soup(reader.get(f"/fr/recherche/{without['href']}")).select(".result")) == 1


def test_query_that_finds_nothing_without_filters_either_is_helped(lorraine, saar, reader):
    stories(saar, "La menuiserie", language="fr")
    page = page_of(reader, "menuiserie", when="weekend")
    assert page.select(".search__nothing")
    assert not page.select(".search__count a")


def test_scope_of_all_sites_and_languages_is_offered_where_neither_alone_finds_any(lorraine, saar):
    stories(lorraine, "La péniche")
    stories(saar, "Das Schiff")
    links = [link["href"] for link in page_of(saar.reader(), "péniche", "/de/suche/").select(".search__scope a")]
    assert links == ["?q=p%C3%A9niche", "?q=p%C3%A9niche&sites=all&languages=all"]
    assert shown(soup(saar.reader().get(f"/de/suche/{links[1]}"))) == ["La péniche"]


def test_scopes_lead_to_pages_with_the_very_word_where_another_is_proposed_here(lorraine, saar):
    stories(lorraine, "La fonderie")
    stories(saar, "Le mot fonderle", language="fr")
    found = search(lorraine, "fonderle")
    assert (found.suggestion, found.wider_scopes) == ("fonderie", {"sites", "both"})
