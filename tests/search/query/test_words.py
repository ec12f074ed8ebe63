"""Words are found in every spelling and form, in each language."""

import re
import unicodedata
from collections import defaultdict

import pytest
import Stemmer

from portal.demo.reading import CONTENT
from search.analysis import fold, terms
from search.languages import language_of
from search.query.parse import parse, terms_in_language
from tests.search.searching import stories, titles

# Queries by the title that they find.
FRENCH = {
    "Les entreprises de la vallée": "entreprise",
    "Une entreprise familiale": "entreprises",
    "Le développement de la filière": "développer, developpement",
    "Une œuvre collective": "oeuvre",
    "Une oeuvre collective": "œuvre",
    "L’économie du bois": "économie",
    "L'économie du bois": "economie",
    "Économie circulaire": "l'économie",
    "Pôle d’industrie": "industrie",
    "Un savoir faire rare": "savoir-faire",
    "À Rosières-aux-Salines, un haras": "Rosières aux Salines",
    "À Rosières aux Salines, un haras": "rosieres-aux-salines",
    "Des chevaux de trait": "cheval",
    "Forum des emplois verts": "emploi",
    "Grands travaux": "travail",
    "Les yeux ouverts": "œil",
    "Une usine créée ici": "créer",
    "Bilan de l’été": "ete, été",
    "Le mois des métiers": "ce mois-ci",
    "Aides aux entreprises": "les aides pour une entreprise",
    "Où et comment": "comment",
    "Un pâtissier, un boulanger": "boulangers/patissiers",
    "La raison": "raison(s)",
    "Les étudiants": "étudiant·e·s",
    "Les employés": "employé(e)s",
    "Le mot Lehrer": "Lehrer:innen, Lehrer*in",
    "La démarche R.S.E. locale": "R.S.E.",
    "Le marquage C.E.": "C.E.",
    "L’A.S.E. accueille": "A.S.E",
    "U.S. Steel vend une usine": "U.S. Steel",
    "Un plug in": "plug_in",
    "Le mode opt in": "opt/in",
    "Un four chauffe": "chauffe-t-il, chauffent-ils, Chauffe-t-on ?",
    "La cyber-sécurité des ateliers": "cybersecurite",
}
GERMAN = {
    "Eine neue Straße": "Strasse",
    "Eine neue Strasse": "Straße",
    "Besuch aus München": "munchen, Muenchen",
    "Neue Häuser am Fluss": "Haus",
    "Das Haus am Fluss": "hauser",
    "Hilfe für das Unternehmens-Netz": "Unternehmen",
    "Gründungen im Saarland": "gruendung",
    "Der Ofen": "Wie viele Öfen?",
}
# Words with the same term.
SAME = {
    "fr": [
        "yeux œil", "chevaux cheval", "travaux travail", "journaux journal", "enjeux enjeu", "directrices directeur",
        "nouvelles nouveaux",
    ],
    "en": [
        "children child", "mice mouse", "businesswomen businesswoman", "built building", "criteria criterion",
        "company companies", "running run", "women woman",
    ],
    "de": [
        "Museen Museum", "Bergleute Bergmann", "Büros Büro", "Studentinnen Student", "Ärztin Arzt", "senkte senken",
        "eingekauft einkaufen", "finanzierten finanzieren", "vernahm vernehmen", "angenommen annehmen",
        "qualifizierte qualifizierter qualifizieren", "saniert sanierte saniertes sanierter sanieren",
        "förderte gefördert geförderte gefördertes geförderter fördern",
        "geschlossen geschlossene geschlossener schließt schließen", "verlor verloren verlorener verlieren",
        "angeschlossen angeschlossenen anschließen", "zurückgegeben zurückgegebene zurückgeben",
        "vorgesehen vorgesehenen vorsehen", "errichten errichtet errichtete", "gründete gegründet gegründeter gründen",
        "zeichnet gezeichnet gezeichnete gezeichnetes zeichnen", "Angestellte Angestellter angestellt",
        "Versicherte Versicherter versichert", "Gefahr Gefahren", "Brache Brachen", "Sprache Sprachen",
    ],
}  # fmt: skip
DIFFERENT = {
    "fr": ["matrice mateur"],
    "en": ["specimen speciman"],
    "de": [
        "Planet planen", "vierte vieren", "Aufnahmen aufnehmen", "bekannt bekennen", "verschieden verscheiden",
        "Gefahren fahren", "Betrug betragen", "Brachen brechen", "Sparten sparen", "Gefallen fallen", "Fuhren fahren",
        "Stiegen steigen", "Schulter schulen", "Abgeordnete abordnen", "Gehalt halten", "Befund befinden",
    ],
}  # fmt: skip
# The plural of a noun that shares its stem with its verb: Aufbau, aufbauen.
ACCEPTED = {"Aufbauten"}


def cases(table: dict[str, list[str]]) -> list[tuple[str, str]]:
    return [(language, words) for language, rows in table.items() for words in rows]


def is_one(language: str, *words: str) -> bool:
    return len({tuple(terms(word, language)) for word in words}) <= 1


@pytest.mark.django_db
@pytest.mark.parametrize(("title", "queries"), FRENCH.items())
def test_french_words_are_found_however_they_are_written(lorraine, title, queries):
    stories(lorraine, title, "Le plan A et C d’U, plug, opt, steel, sécurité")
    for query in queries.split(", "):
        assert titles(lorraine, query) == [title]


@pytest.mark.django_db
@pytest.mark.parametrize(("title", "queries"), GERMAN.items())
def test_german_words_are_found_however_they_are_written(lorraine, saar, title, queries):
    stories(saar, title, "Viele Leute")
    stories(lorraine, title, language="de")
    for query in queries.split(", "):
        assert titles(saar, query) == [title]


@pytest.mark.parametrize(("language", "words"), cases(SAME))
def test_inflections_have_one_term(language, words):
    assert is_one(language, *words.split())


@pytest.mark.parametrize(("language", "words"), cases(DIFFERENT))
def test_similar_words_have_different_terms(language, words):
    assert not is_one(language, *words.split())


def test_inflections_in_the_demo_have_the_right_terms():
    def stem(word: str) -> str:
        found: str = Stemmer.Stemmer("german", 0).stemWord(word.casefold())
        return found

    text = " ".join(path.read_text(encoding="utf-8") for path in sorted(CONTENT.glob("*/de/*.toml")))
    families = defaultdict(set)
    for word in {word.casefold() for word in re.findall(r"[^\W\d_]+", text)}:
        families[fold(stem(word))].add(word)
    # Within a sentence, a capital letter marks a noun.
    nouns = set(re.findall(r"(?<=[a-zäöüß,] )[A-ZÄÖÜ][a-zäöüß]+", text))
    assert len(nouns) > 500
    assert [family for family in families.values() if not is_one("de", *family)] == []
    assert {noun for noun in nouns if language_of("de").base_stem_of(stem(noun)) != stem(noun)} <= ACCEPTED


@pytest.mark.django_db
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_composed_and_decomposed_letters_are_the_same(lorraine, form):
    stories(lorraine, unicodedata.normalize(form, "Développement économique"))
    for other in ("NFC", "NFD"):
        assert len(titles(lorraine, unicodedata.normalize(other, "développement"))) == 1


@pytest.mark.django_db
def test_phrase_is_found_in_its_order_only(lorraine):
    stories(lorraine, "La chaleur fatale des usines", "Une erreur fatale, la chaleur")
    assert titles(lorraine, "“chaleur fatale”") == ["La chaleur fatale des usines"]
    assert titles(lorraine, '"chaleur fatale') == ["La chaleur fatale des usines"]
    assert len(titles(lorraine, "chaleur fatale")) == 2


@pytest.mark.django_db
def test_minus_excludes_pages_with_the_word(lorraine):
    stories(lorraine, "Le bois de la forêt", "Le bois et l’acier")
    assert titles(lorraine, "bois -acier") == ["Le bois de la forêt"]
    assert titles(lorraine, 'bois -"la forêt"') == ["Le bois et l’acier"]
    assert titles(lorraine, "-acier") == []


@pytest.mark.django_db
def test_hyphenated_noun_is_not_a_verb_with_a_pronoun(lorraine):
    stories(lorraine, "Le rendez-vous", "Ce que cela rend")
    found = titles(lorraine, "rendez-vous")
    assert "Le rendez-vous" in found
    assert "Ce que cela rend" not in found


def test_last_word_of_a_long_query_counts():
    query = "est-ce que dans le cas où il y aurait une aide de la région pour les ateliers qui sont dans la vallée"
    assert terms_in_language(parse(query), "fr").required[-1].alternatives[0] == ("vall",)
