"""No query ends with nothing to do: an empty page names near words, topics, sections and the newest stories."""

import pytest

from search.query.parse import parse, terms_in_language
from tests.builders import make_article, make_draft, make_private, make_site, make_topic
from tests.search.searching import get_results, search, soup, titles

pytestmark = pytest.mark.django_db


@pytest.fixture
def nothing(lorraine, saar, reader):
    """The page of a query that finds nothing, where both sites have stories."""
    wood = make_topic("Bois")
    make_article(lorraine.section, "La menuiserie", topics=[wood])
    make_draft(make_article(lorraine.section, "La menuisière cachée"))
    make_private(make_article(lorraine.section, "Le menuisage privé"))
    make_article(saar.sections["fr"], "Les menuisiers d’ailleurs", topics=[wood])
    return soup(get_results(reader, "menuisages"))


def test_words_of_the_family_are_offered_that_stand_on_public_pages_here(nothing):
    links = {link.text: link["href"] for link in nothing.select(".search__ways a")}
    assert links["menuiserie"] == "?q=menuiserie"
    assert not {"menuisière", "menuisage", "menuisiers"} & links.keys()


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
    make_article(own.section, f"Titel: {others}")
    make_article(lorraine.section, query)
    ways = search(own, query).ways_out
    assert ways
    assert ways.words == []


def test_no_word_is_offered_that_was_typed_or_stands_in_no_text(lorraine, saar, reader):
    make_article(lorraine.section, "La menuiserie de Menon-Roussel")
    make_article(saar.sections["fr"], "Menonroussel ailleurs")

    for typed in ("menonrousset", "-menuiserie"):
        words = {link.text for link in soup(get_results(reader, typed)).select(".search__ways a")}
        assert not {"menonroussel", typed.removeprefix("-")} & words


def test_topics_sections_and_newest_stories_are_offered(nothing):
    labels = [link.text for link in nothing.select(".search__ways a")]
    assert "Bois" in labels
    assert "Rubrique fr" in labels
    stories = [each.text for each in nothing.select(".search__nothing .result__title")]
    assert stories[0] == "La menuiserie"
    assert not {"La menuisière cachée", "Le menuisage privé", "Les menuisiers d’ailleurs"} & {*stories}


def test_page_with_results_offers_no_way_out(lorraine, reader):
    make_article(lorraine.section, "La menuiserie")
    assert not soup(get_results(reader, "menuiserie")).select(".search__ways")


def test_query_that_only_excludes_is_helped_as_well(lorraine, reader):
    make_article(lorraine.section, "La menuiserie")
    assert soup(get_results(reader, "-menuiserie")).select(".search__ways a")


def test_proposal_is_made_in_a_query_of_several_words(lorraine):
    make_article(lorraine.section, "La fonderle rouge, une faute")
    for number in range(4):
        make_article(lorraine.section, f"La fonderie rouge {number}")
    assert search(lorraine, "fonderle rouge").suggestion == "fonderie rouge"


def test_right_word_that_is_rare_is_neither_corrected_nor_doubted(lorraine):
    make_article(lorraine.section, "La forgerie")
    for number in range(2):
        make_article(lorraine.section, f"La fromagerie {number}")
    found = search(lorraine, "forgerie")
    assert (found.correction, found.suggestion) == ("", "")


@pytest.mark.parametrize(
    ("query", "title"), [("réduire", "Une facture réduite"), ("réduire facture", "Une facture réduite")]
)
def test_right_word_finds_its_other_form_and_is_not_called_a_mistake(lorraine, saar, query, title):
    make_article(lorraine.section, title)
    make_article(saar.sections["fr"], "Une facture réduite ailleurs")
    found = search(lorraine, query)
    assert (found.total, found.correction, found.suggestion) == (1, "", "")


def test_form_of_a_right_word_is_preferred_to_another_word_that_is_near(lorraine):
    make_article(lorraine.section, "Une facture réduite")
    for number in range(3):
        make_article(lorraine.section, f"Il faut déduire {number}")
    assert titles(lorraine, "réduire") == ["Une facture réduite"]


def test_slip_in_the_ending_of_a_word_is_corrected(lorraine):
    make_article(lorraine.section, "La fabrique")
    assert search(lorraine, "fabriqe").correction == "fabrique"


@pytest.mark.parametrize(
    ("query", "title"), [("Que dois-je réserver ?", "Parfois, réserver"), ("rumeur propage", "Rumeur de pompage")]
)
def test_right_word_is_not_taken_for_another(lorraine, query, title):
    for number in range(3):
        make_article(lorraine.section, f"{title} une fois {number}")
    assert search(lorraine, query).correction == ""


def test_page_without_results_claims_none_and_offers_no_scope_that_finds_none(lorraine, saar, reader):
    make_article(lorraine.section, "La menuiserie")
    make_article(saar.sections["fr"], "La fonderie")

    page = soup(get_results(reader, "wxqzkj vbnmpq ghjklw"))

    assert "0 résultat" in page.select_one(".search__count").text
    assert "partie des mots" not in page.select_one(".search__notes").text
    assert len(page.select(".search__notes p")) == 1
    assert not page.select(".search__scope")


def test_scope_that_has_one_of_the_words_is_offered_where_nothing_is_found(lorraine, saar, reader):
    make_article(saar.sections["fr"], "La fonderie")

    page = soup(get_results(reader, "fonderie wxqzkj"))

    [wider] = [link["href"] for link in page.select(".search__scope a:not([aria-current])")]
    assert soup(reader.get(f"/fr/recherche/{wider}")).select(".search__results .result")


@pytest.mark.parametrize("chosen", [{"since": "2099-01-01"}, {"when": "weekend"}, {"kind": "event"}])
def test_page_that_only_the_filters_leave_empty_says_so(lorraine, saar, reader, chosen):
    make_article(lorraine.section, "La menuiserie")
    make_article(saar.sections["fr"], "La menuiserie d’ailleurs")

    page = soup(get_results(reader, "menuiserie", **chosen))

    [without] = page.select(".search__count a")
    assert without["href"] == "?q=menuiserie"
    assert "1" in without.text
    assert not page.select(".search__nothing")
    assert len(soup(reader.get(f"/fr/recherche/{without['href']}")).select(".result")) == 1


def test_query_that_finds_nothing_without_filters_either_is_helped(lorraine, saar, reader):
    make_article(saar.sections["fr"], "La menuiserie")
    page = soup(get_results(reader, "menuiserie", when="weekend"))
    assert page.select(".search__nothing")
    assert not page.select(".search__count a")


@pytest.mark.parametrize("query", ["esch", "kino"])
def test_word_of_four_letters_is_not_taken_for_another(lorraine, saar, query):
    for number in range(6):
        make_article(lorraine.section, f"Each, each, King, kilo {number}")
    make_article(saar.sections["fr"], f"La ville {query}")
    found = search(lorraine, query)
    assert (found.total, found.correction, found.suggestion) == (0, "", "")
    assert "sites" in found.wider_scopes


@pytest.mark.parametrize("query", ["pnot", "pnt"])
def test_slip_in_a_short_word_that_keeps_its_letters_is_corrected(lorraine, saar, query):
    make_article(lorraine.section, "Le pont")
    make_article(saar.sections["fr"], "Le pont ailleurs")
    found = search(lorraine, query)
    assert (found.total, found.correction) == (1, "pont")


def test_other_form_that_is_searched_is_named(lorraine, saar, reader):
    make_article(lorraine.section, "Une facture réduite")
    make_article(saar.sections["fr"], "Une facture réduire ailleurs")
    page = soup(get_results(reader, "réduire"))
    assert page.select_one(".search__suggestion").text == "réduite"
    assert "1 résultat" in page.select_one(".search__count").text


def test_letters_that_change_places_in_the_ending_make_no_other_form(lorraine):
    make_article(lorraine.section, "Les péniches")
    assert search(lorraine, "pénichse").correction == "péniches"


def test_scope_of_all_sites_and_languages_is_offered_where_neither_alone_finds_any(lorraine, saar, reader):
    make_article(lorraine.section, "La péniche")
    make_article(saar.section, "Das Schiff")

    page = soup(saar.reader().get("/de/suche/", {"q": "péniche"}))

    links = [link["href"] for link in page.select(".search__scope a")]
    assert links == ["?q=p%C3%A9niche", "?q=p%C3%A9niche&sites=all&languages=all"]
    assert soup(saar.reader().get(f"/de/suche/{links[1]}")).select(".search__results .result")


def test_tabs_lead_to_pages_with_the_very_word_where_another_is_proposed_here(lorraine, saar):
    make_article(lorraine.section, "La fonderie")
    make_article(saar.sections["fr"], "Le mot fonderle")
    found = search(lorraine, "fonderle")
    assert (found.suggestion, found.wider_scopes) == ("fonderie", {"sites", "both"})


@pytest.mark.parametrize(
    ("query", "meant"),
    [("bar-le-duk", "bar-le-duc"), ("Bar-le-Dcu", "bar-le-duc"), ("sain-domingue", "saint-domingue")],
)
def test_slip_in_a_hyphenated_word_is_corrected_in_the_whole(lorraine, saar, query, meant):
    make_article(lorraine.section, "De Bar-le-Duc à Saint-Domingue")
    make_article(lorraine.section, "Un esprit sain, un bar")
    make_article(saar.sections["fr"], "De Bar-le-Duc à Saint-Domingue, ailleurs")
    found = search(lorraine, query)
    assert (found.correction, found.total) == (meant, 1)


def test_hyphenated_word_with_other_parts_is_not_taken_for_another(lorraine):
    make_article(lorraine.section, "Un arc-en-ciel")
    assert search(lorraine, "parc-en-ville").correction == ""


def test_letter_left_out_is_likelier_than_a_far_key(lorraine):
    make_article(lorraine.section, "Le sénateur")
    for number in range(2):
        make_article(lorraine.section, f"Le secteur {number}")
    assert search(lorraine, "séateur").correction == "sénateur"


def test_longest_of_several_unknown_words_is_divided(saar, lorraine):
    make_article(saar.section, "Was Energie an Kosten macht")
    make_article(lorraine.sections["de"], "Energiekosten senken anderswo")
    found = search(saar, "Energiekosten senken")
    assert (found.correction, found.total, found.has_parts) == ("Energie kosten senken", 1, True)


def test_english_query_has_no_word_for_a_foreign_preposition(lorraine):
    assert [clause.alternatives for clause in terms_in_language(parse("hangar à louer"), "en").required] == [
        (("hangar",),),
        (("louer",),),
    ]
