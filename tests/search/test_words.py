"""Words are found in every spelling and form, in each language."""

import unicodedata

import pytest

from search.analysis import fold, terms
from tests.builders import make_article
from tests.search.searching import titles

pytestmark = pytest.mark.django_db

FRENCH = [
    ("entreprise", "Les entreprises de la vallée"),
    ("entreprises", "Une entreprise familiale"),
    ("développer", "Le développement de la filière"),
    ("developpement", "Le développement de la filière"),
    ("oeuvre", "Une œuvre collective"),
    ("œuvre", "Une oeuvre collective"),
    ("économie", "L’économie du bois"),
    ("economie", "L'économie du bois"),
    ("l'économie", "Économie circulaire"),
    ("industrie", "Pôle d’industrie"),
    ("savoir-faire", "Un savoir faire rare"),
    ("Rosières aux Salines", "À Rosières-aux-Salines, un haras"),
    ("rosieres-aux-salines", "À Rosières aux Salines, un haras"),
    ("cheval", "Des chevaux de trait"),
    ("emploi", "Forum des emplois verts"),
    ("travail", "Grands travaux"),
    ("œil", "Les yeux ouverts"),
    ("créer", "Une usine créée ici"),
    ("ete", "Bilan de l’été"),
    ("été", "Bilan de l’été"),
]
GERMAN = [
    ("Strasse", "Eine neue Straße"),
    ("Straße", "Eine neue Strasse"),
    ("munchen", "Besuch aus München"),
    ("Muenchen", "Besuch aus München"),
    ("Haus", "Neue Häuser am Fluss"),
    ("hauser", "Das Haus am Fluss"),
    ("Unternehmen", "Hilfe für das Unternehmens-Netz"),
    ("gruendung", "Gründungen im Saarland"),
]
ENGLISH = [
    ("company", "Two companies grow"),
    ("running", "How to run a workshop"),
    ("founders", "The founder’s story"),
    ("child", "Children at work"),
    ("women", "A woman founds a company"),
]


@pytest.mark.parametrize(("query", "title"), FRENCH)
def test_french_words_are_found_however_they_are_written(lorraine, query, title):
    make_article(lorraine.section, title)
    make_article(lorraine.section, "Rien de commun")
    assert titles(lorraine, query) == [title]


@pytest.mark.parametrize(("query", "title"), GERMAN)
def test_german_words_are_found_however_they_are_written(saar, query, title):
    make_article(saar.section, title)
    make_article(saar.section, "Etwas anderes")
    assert titles(saar, query) == [title]


@pytest.mark.parametrize(("query", "title"), ENGLISH)
def test_english_word_and_query_have_the_same_terms(query, title):
    assert set(terms(query, "en")) <= set(terms(title, "en"))


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_composed_and_decomposed_letters_are_the_same(lorraine, form):
    make_article(lorraine.section, unicodedata.normalize(form, "Développement économique"))
    for other in ("NFC", "NFD"):
        assert len(titles(lorraine, unicodedata.normalize(other, "développement"))) == 1


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("boulangers/patissiers", "Un pâtissier, un boulanger"),
        ("raison(s)", "La raison"),
        ("étudiant·e·s", "Les étudiants"),
        ("employé(e)s", "Les employés"),
        ("Lehrer:innen", "Le mot Lehrer"),
        ("Lehrer*in", "Le mot Lehrer"),
    ],
)
def test_word_with_another_form_behind_a_mark_is_no_phrase(lorraine, query, title):
    make_article(lorraine.section, title)
    make_article(lorraine.section, "Rien de commun")
    assert titles(lorraine, query) == [title]


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("R.S.E.", "La démarche R.S.E. locale"),
        ("C.E.", "Le marquage C.E."),
        ("A.S.E", "L’A.S.E. accueille"),
        ("U.S. Steel", "U.S. Steel vend une usine"),
        ("plug_in", "Un plug in"),
        ("opt/in", "Le mode opt in"),
    ],
)
def test_abbreviation_with_dots_keeps_its_letters(lorraine, query, title):
    make_article(lorraine.section, title)
    make_article(lorraine.section, "Le plan R, A et C d’U, plug, opt, steel")
    assert titles(lorraine, query) == [title]


def test_word_for_how_many_is_not_asked_for(saar, lorraine):
    make_article(saar.section, "Der Ofen")
    make_article(saar.section, "Viele Leute")
    make_article(lorraine.sections["de"], "Viele Öfen anderswo")
    assert titles(saar, "Wie viele Öfen?") == ["Der Ofen"]


def test_phrase_is_found_in_its_order_only(lorraine):
    make_article(lorraine.section, "La chaleur fatale des usines")
    make_article(lorraine.section, "Une erreur fatale, la chaleur")
    assert titles(lorraine, "“chaleur fatale”") == ["La chaleur fatale des usines"]
    assert titles(lorraine, '"chaleur fatale') == ["La chaleur fatale des usines"]
    assert len(titles(lorraine, "chaleur fatale")) == 2


def test_minus_excludes_pages_with_the_word(lorraine):
    make_article(lorraine.section, "Le bois de la forêt")
    make_article(lorraine.section, "Le bois et l’acier")
    assert titles(lorraine, "bois -acier") == ["Le bois de la forêt"]
    assert titles(lorraine, 'bois -"la forêt"') == ["Le bois et l’acier"]
    assert titles(lorraine, "-acier") == []


def test_stop_words_are_not_required(lorraine):
    make_article(lorraine.section, "Aides aux entreprises")
    assert titles(lorraine, "les aides pour une entreprise") == ["Aides aux entreprises"]


def test_query_of_stop_words_only_is_searched(lorraine):
    make_article(lorraine.section, "Où et comment")
    assert titles(lorraine, "comment") == ["Où et comment"]


@pytest.mark.parametrize("word", ["Œuvre", "STRASSE", "ﬁlière", "Łódź", "Æsir"])
def test_folding_twice_is_folding_once(word):
    assert fold(fold(word)) == fold(word)


def test_elision_is_no_term():
    assert terms("L'économie d’aujourd’hui, qu'ils", "fr") == ["econom", "aujourd", "hui", "il"]
    assert terms("L'", "fr") == []
    assert terms("the founders' days", "en") == ["the", "founder", "day"]
