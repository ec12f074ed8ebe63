"""Words are found in compounds, with and without their hyphen, and in irregular forms, of one's own site only."""

from io import StringIO

import pytest
from django.core.management import call_command

from search.analysis import terms
from search.models import IndexWord
from tests.builders import make_article, make_draft, make_private
from tests.search.searching import search, soup, titles

pytestmark = pytest.mark.django_db

COMPOUND = "Gewerbegebietserschließung beginnt"


@pytest.mark.parametrize(
    "query", ["Gewerbegebiet", "Gewerbegebiete", "Erschließung", "Erschliessungen", "erschließung"]
)
def test_compound_is_found_by_its_parts(saar, lorraine, query):
    make_article(saar.section, COMPOUND)
    make_article(saar.section, "Etwas anderes")
    make_article(lorraine.sections["de"], "Gewerbegebietserschließung anderswo")
    assert titles(saar, query) == [COMPOUND]


def test_part_of_a_compound_is_no_typing_error(saar):
    make_article(saar.section, COMPOUND)
    make_article(saar.section, "Die Erschließerin")
    assert search(saar, "Gewerbegebiet").correction == ""


@pytest.mark.parametrize(
    ("query", "title"), [("Fähre", "Fahrradwerkstatt"), ("Verein", "Vereinbarung"), ("Rat", "Ratten")]
)
def test_word_that_begins_alike_is_no_compound(saar, query, title):
    make_article(saar.section, title)
    assert titles(saar, query) == []


def test_short_word_is_found_in_a_compound_whose_rest_is_a_word(saar):
    make_article(saar.section, "Das Stahlwerk")
    make_article(saar.section, "Der Stahl")
    assert titles(saar, "Werk") == ["Das Stahlwerk"]


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("Bahn", "Die Straßenbahnhaltestelle"),
        ("Bahnen", "Die Straßenbahnhaltestelle"),
        ("Gebiete", "Die Gewerbegebietserschließung"),
        ("Käufer", "Der Grundstückskäuferschutz"),
        ("Werk", "Ein Stahlwerksdirektor"),
    ],
)
def test_compound_of_three_is_found_by_its_middle(saar, lorraine, query, title):
    make_article(saar.section, "Straße, Haltestelle, Grundstück, Schutz, Stahl und Direktor")
    make_article(saar.section, title)
    make_article(lorraine.sections["de"], title)
    assert titles(saar, query) == [title]


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("Haltung", "Die Unterhaltungselektronik"),
        ("Tier", "Das Quartiersbüro"),
        ("Laden", "Eine Schokoladenfabrik"),
        ("Erde", "Das Pferderennen"),
        ("Stand", "Die Bestandsaufnahme"),
        ("Bahn", "Die Straßenbahnhaltestelle"),
        ("Käufer", "Die Verkauferfahrung"),
    ],
)
def test_letters_in_the_middle_are_no_word_where_a_side_is_none(saar, query, title):
    make_article(saar.section, "Elektronik, Büro, Fabrik, Rennen, Aufnahme, Haltestelle, Erfahrung, unter und be")
    make_article(saar.section, title)
    assert titles(saar, query) == []


def test_unknown_compound_is_asked_as_its_words(saar):
    make_article(saar.section, "Ein Dach für jede Halle")
    assert titles(saar, "Hallendach") == ["Ein Dach für jede Halle"]


def text(words: str) -> list[dict[str, str]]:
    return [{"type": "paragraph", "value": f"<p>{words}</p>"}]


@pytest.mark.parametrize(
    ("query", "titles_here"),
    [
        ("Wasserstoff", ["Das Wasser", "Der Stoff"]),
        ("Wasserstoff", ["Vom Wasser am Ende doch noch und ganz langsam zum Stoff"]),
        ("Solardach", ["Das Dach der Halle"]),
        ("Solardach", ["Die Hallendächer", "Eine Solaranlage"]),
        ("Handwerkskammer", ["Das Handwerk"]),
    ],
)
def test_compound_is_not_answered_by_pages_with_its_parts_apart(saar, lorraine, query, titles_here):
    make_article(lorraine.sections["de"], "Wasserstoff, das Wasser und der Stoff, Solardach, Handwerkskammer anderswo")
    for title in titles_here:
        make_article(saar.section, title)
    found = search(saar, query)
    assert (found.total, found.correction, found.suggestion) == (0, "", "")


def test_compound_is_answered_by_pages_about_its_parts_together_alone(saar, lorraine):
    make_article(saar.section, "Der Stoff aus Wasser")
    make_article(saar.section, "Das Grundwasser", standfirst="Es hat einen Stoff")
    make_article(saar.section, "Der Grund")
    make_article(saar.section, "Die Weberei", body=text("Sie spült mit Wasser den Stoff."))
    make_article(saar.section, "Das Wasser", body=text("Es ist kalt. " * 9 + "Der Stoff ist warm."))
    make_article(lorraine.sections["de"], "Der Stoff aus Wasser anderswo")
    assert {*titles(saar, "Wasserstoff")} == {"Der Stoff aus Wasser", "Das Grundwasser"}


def test_page_that_readers_may_not_see_divides_no_compound(saar, lorraine):
    for title in ("Das Wasser", "Der Stoff"):
        make_article(saar.section, title)
    make_private(make_article(saar.section, "Der Stoff aus Wasser"))
    make_draft(make_article(saar.section, "Der Stoff aus dem Wasser"))
    make_article(lorraine.sections["de"], "Der Stoff aus Wasser anderswo")
    assert search(saar, "Wasserstoff").total == 0


def test_long_part_of_a_compound_that_nothing_has_is_a_way_out(saar, lorraine):
    make_article(saar.section, "Das Handwerk")
    make_private(make_article(saar.section, "Die Versammlung"))
    make_article(lorraine.sections["de"], "Die Versammlung anderswo")

    page = soup(saar.reader().get("/de/suche/", {"q": "Handwerksversammlung"}))

    words = [link.text for link in page.select(".search__ways a")]
    assert "handwerk" in words
    assert "versammlung" not in words


def test_parts_of_a_compound_are_not_called_its_correction(saar, lorraine):
    make_article(saar.section, "Wasser und Stoff")
    make_article(lorraine.sections["de"], "Wasserstoff anderswo")

    notes = soup(saar.reader().get("/de/suche/", {"q": "Wasserstoff"})).select_one(".search__notes")

    assert notes.select_one(".search__suggestion").text == "Wasser stoff"
    assert "Dies sind die Treffer" not in notes.text
    assert "einige der Wörter" not in notes.text


@pytest.mark.parametrize("query", ["Unterhaltung", "Qwxzkdach"])
def test_letters_that_end_like_a_word_are_no_compound(saar, query):
    make_article(saar.section, "Haltung, Erhaltung, Dach und was unter ihm ist")
    assert titles(saar, query) == []


def test_page_with_the_word_itself_is_enough_where_many_have_it(saar):
    for number in range(10):
        make_article(saar.section, f"Ein Werk {number}")
    make_article(saar.section, "Das Stahlwerk aus Stahl")
    assert "Das Stahlwerk aus Stahl" not in titles(saar, "Werk")


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("covoiturage", "Le co-voiturage"),
        ("co-voiturage", "Le covoiturage"),
        ("co voiturage", "Le covoiturage"),
        ("tierslieu", "Un tiers-lieu"),
        ("logbook", "Le log book"),
    ],
)
def test_word_is_found_with_and_without_its_hyphen(lorraine, saar, query, title):
    make_article(lorraine.section, title)
    make_article(saar.sections["fr"], title)
    assert titles(lorraine, query) == [title]


def test_title_is_exact_without_its_hyphen_counted_twice(lorraine):
    make_article(lorraine.section, "Le co-voiturage, le co-voiturage et les co-voitureurs")
    make_article(lorraine.section, "Le co-voiturage", body=[])
    assert titles(lorraine, "le co-voiturage")[0] == "Le co-voiturage"


@pytest.mark.parametrize(
    ("language", "form", "base"),
    [
        ("fr", "yeux", "œil"),
        ("fr", "chevaux", "cheval"),
        ("fr", "travaux", "travail"),
        ("fr", "journaux", "journal"),
        ("fr", "enjeux", "enjeu"),
        ("fr", "directrices", "directeur"),
        ("fr", "nouvelles", "nouveaux"),
        ("en", "children", "child"),
        ("en", "mice", "mouse"),
        ("en", "businesswomen", "businesswoman"),
        ("en", "built", "building"),
        ("en", "criteria", "criterion"),
        ("de", "Museen", "Museum"),
        ("de", "Bergleute", "Bergmann"),
        ("de", "Büros", "Büro"),
        ("de", "Studentinnen", "Student"),
        ("de", "Ärztin", "Arzt"),
        ("de", "senkte", "senken"),
        ("de", "gefördert", "fördern"),
        ("de", "eingekauft", "einkaufen"),
        ("de", "finanzierten", "finanzieren"),
        ("de", "vernahm", "vernehmen"),
        ("de", "angenommen", "annehmen"),
    ],
)
def test_irregular_form_has_the_term_of_its_base(language, form, base):
    assert terms(form, language) == terms(base, language)


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("fr", "matrice", "mateur"),
        ("en", "specimen", "speciman"),
        ("de", "Planet", "planen"),
        ("de", "vierte", "vieren"),
        ("de", "Aufnahmen", "aufnehmen"),
        ("de", "bekannt", "bekennen"),
        ("de", "verschieden", "verscheiden"),
    ],
)
def test_word_that_only_ends_alike_keeps_its_term(language, one, other):
    assert terms(one, language) != terms(other, language)


def test_comparing_the_index_renews_what_compounds_are_found_by(saar):
    page = make_article(saar.section, "Er senkte")
    IndexWord.objects.filter(word="senkte").update(term="senkt", backwards="tknes")
    # The entry is of this version already: the page was written since the upgrade.
    page.save_revision().publish()
    call_command("check_search", verbosity=0, stdout=StringIO())
    assert IndexWord.objects.get(word="senkte").term == "senk"


def test_judged_compounds_hyphens_and_stems_are_found(saar):
    output = StringIO()
    call_command("judge_search", "--words", "--half", "report", "--language", "de", "--minimum", "0.95", stdout=output)
    rows = [line.split() for line in output.getvalue().splitlines()[1:]]
    assert [row[:2] for row in rows] == [["de", "compounds"], ["de", "hyphens"], ["de", "stems"]]
