"""Compounds and hyphenated words are found in every spelling, based only on the site's own pages."""

from io import StringIO

import pytest
from django.core.management import call_command

from search.models import IndexWord
from tests.bench.management.commands.judge_search import Command
from tests.builders import make_article, make_draft, make_private
from tests.search.searching import near_words, outcome, page_of, search, stories, text, titles

pytestmark = pytest.mark.django_db

PARTS = "Straße, Haltestelle, Grundstück, Schutz, Stahl und Direktor"
LIKE_PARTS = "Elektronik, Büro, Fabrik, Rennen, Aufnahme, Haltestelle, Erfahrung, unter und be"


@pytest.mark.parametrize(
    ("title", "queries", "beside"),
    [
        ("Gewerbegebietserschließung", "Gewerbegebiet, Gewerbegebiete, Erschließung, Erschliessungen", "Anderes"),
        ("Das Stahlwerk", "Werk", "Der Stahl"),
        ("Die Straßenbahnhaltestelle", "Bahn, Bahnen", PARTS),
        ("Die Gewerbegebietserschließung", "Gebiete", PARTS),
        ("Der Grundstückskäuferschutz", "Käufer", PARTS),
        ("Ein Stahlwerksdirektor", "Werk", PARTS),
        ("Ein Dach für jede Halle", "Hallendach", "Anderes"),
    ],
)
def test_compound_is_found_by_its_parts(saar, lorraine, title, queries, beside):
    stories(saar, title, beside)
    stories(lorraine, f"{title} anderswo", language="de")
    for query in queries.split(", "):
        assert titles(saar, query) == [title]


@pytest.mark.parametrize(
    ("query", "title", "beside"),
    [
        ("Fähre", "Fahrradwerkstatt", ""),
        ("Verein", "Vereinbarung", ""),
        ("Rat", "Ratten", ""),
        ("Haltung", "Die Unterhaltungselektronik", LIKE_PARTS),
        ("Tier", "Das Quartiersbüro", LIKE_PARTS),
        ("Laden", "Eine Schokoladenfabrik", LIKE_PARTS),
        ("Erde", "Das Pferderennen", LIKE_PARTS),
        ("Stand", "Die Bestandsaufnahme", LIKE_PARTS),
        ("Bahn", "Die Straßenbahnhaltestelle", LIKE_PARTS),
        ("Käufer", "Die Verkauferfahrung", LIKE_PARTS),
        ("Unterhaltung", "Haltung, Erhaltung, Dach", "was unter ihm ist"),
        ("Qwxzkdach", "Haltung, Erhaltung, Dach", "was unter ihm ist"),
    ],
)
def test_compound_is_divided_only_into_known_words(saar, query, title, beside):
    stories(saar, title, beside or "Anderes")
    assert titles(saar, query) == []


def test_part_of_a_compound_is_not_corrected(saar):
    stories(saar, "Gewerbegebietserschließung", "Die Erschließerin")
    assert search(saar, "Gewerbegebiet").correction == ""


@pytest.mark.parametrize(
    ("query", "here"),
    [
        ("Wasserstoff", ["Das Wasser", "Der Stoff"]),
        ("Wasserstoff", ["Vom Wasser am Ende doch noch und ganz langsam zum Stoff"]),
        ("Solardach", ["Das Dach der Halle"]),
        ("Solardach", ["Die Hallendächer", "Eine Solaranlage"]),
        ("Handwerkskammer", ["Das Handwerk"]),
    ],
)
def test_compound_does_not_find_pages_with_its_parts_apart(saar, lorraine, query, here):
    stories(lorraine, "Wasserstoff, das Wasser und der Stoff, Solardach, Handwerkskammer", language="de")
    stories(saar, *here)
    assert outcome(saar, query) == (0, "", "")


def test_compound_finds_pages_with_its_parts_together(saar, lorraine):
    stories(saar, "Der Stoff aus Wasser", "Der Grund")
    make_article(saar.section, "Das Grundwasser", standfirst="Es hat einen Stoff")
    text(saar, "Die Weberei", "Sie spült mit Wasser den Stoff.")
    text(saar, "Das Wasser", "Es ist kalt. " * 9 + "Der Stoff ist warm.")
    stories(lorraine, "Der Stoff aus Wasser anderswo", language="de")
    assert {*titles(saar, "Wasserstoff")} == {"Der Stoff aus Wasser", "Das Grundwasser"}


@pytest.mark.parametrize(("beside", "total"), [("Was es kostet", 0), ("Was Energie kostet", 2)])
def test_parts_of_a_compound_must_be_on_one_page(saar, lorraine, beside, total):
    stories(saar, beside, "Die Energie")
    stories(lorraine, "Energiekosten senken", language="de")
    assert search(saar, "Energiekosten mindern").total == total


def test_longest_unknown_word_is_divided(saar, lorraine):
    stories(saar, "Was Energie an Kosten macht")
    stories(lorraine, "Energiekosten senken anderswo", language="de")
    found = search(saar, "Energiekosten senken")
    assert (found.correction, found.total, found.has_parts) == ("Energie kosten senken", 1, True)


def test_words_of_hidden_pages_divide_no_compound(saar, lorraine):
    private, draft, *_others = stories(saar, "Der Stoff aus Wasser", "Der Stoff im Wasser", "Das Wasser", "Der Stoff")
    make_private(private)
    make_draft(draft)
    stories(lorraine, "Der Stoff aus Wasser anderswo", language="de")
    assert search(saar, "Wasserstoff").total == 0


def test_long_part_of_an_unknown_compound_is_offered(saar, lorraine):
    [_handwerk, private] = stories(saar, "Das Handwerk", "Die Versammlung")
    make_private(private)
    stories(lorraine, "Die Versammlung anderswo", language="de")
    words = near_words(page_of(saar.reader(), "Handwerksversammlung", "/de/suche/"))
    assert "handwerk" in words
    assert "versammlung" not in words


def test_parts_of_a_compound_are_not_shown_as_a_correction(saar, lorraine):
    stories(saar, "Wasser und Stoff")
    stories(lorraine, "Wasserstoff anderswo", language="de")
    notes = page_of(saar.reader(), "Wasserstoff", "/de/suche/").select_one(".search__notes")
    assert notes.select_one(".search__suggestion").text == "Wasser stoff"
    assert "Dies sind die Treffer" not in notes.text
    assert "einige der Wörter" not in notes.text


def test_frequent_part_of_a_compound_does_not_find_it(saar):
    stories(saar, "Das Stahlwerk aus Stahl", *(f"Ein Werk {number}" for number in range(10)))
    assert "Das Stahlwerk aus Stahl" not in titles(saar, "Werk")


@pytest.mark.parametrize(
    ("title", "queries"),
    [
        ("Le co-voiturage", "covoiturage"),
        ("Le covoiturage", "co-voiturage, co voiturage"),
        ("Un tiers-lieu", "tierslieu"),
        ("Le log book", "logbook"),
    ],
)
def test_word_is_found_with_and_without_its_hyphen(lorraine, saar, title, queries):
    stories(lorraine, title)
    stories(saar, title, language="fr")
    for query in queries.split(", "):
        assert titles(lorraine, query) == [title]


def test_title_with_a_hyphen_is_an_exact_match(lorraine):
    make_article(lorraine.section, "Le co-voiturage, le co-voiturage et les co-voitureurs")
    make_article(lorraine.section, "Le co-voiturage", body=[])
    assert titles(lorraine, "le co-voiturage")[0] == "Le co-voiturage"


def test_index_check_updates_the_terms_of_compounds(saar):
    [page] = stories(saar, "Er senkte")
    IndexWord.objects.filter(word="senkte").update(term="senkt", backwards="tknes")
    # The entry is up to date, because the page was saved after the upgrade.
    page.save_revision().publish()
    call_command("check_search", verbosity=0, stdout=StringIO())
    assert IndexWord.objects.get(word="senkte").term == "senk"


def test_judged_compounds_hyphens_and_stems_are_found(saar):
    output = StringIO()
    call_command(Command(), words=True, half="report", language="de", minimum=0.95, stdout=output)
    rows = [line.split() for line in output.getvalue().splitlines()[1:]]
    assert [row[:2] for row in rows] == [["de", "compounds"], ["de", "hyphens"], ["de", "stems"]]
