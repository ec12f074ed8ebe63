"""German verbs are found in all their forms; no form that the stemmer knows gets lost, and no noun becomes a verb."""

import re
from collections import defaultdict

import pytest
import Stemmer

from portal.demo.reading import CONTENT
from search.analysis import fold, terms
from search.languages import language_of

# The plural of a noun that has the stem of its verb: Aufbau, aufbauen.
ACCEPTED = {"Aufbauten"}


def stem(word: str) -> str:
    found: str = Stemmer.Stemmer("german", 0).stemWord(word.casefold())
    return found


def is_one(*words: str) -> bool:
    return len({tuple(terms(word, "de")) for word in words}) <= 1


@pytest.mark.parametrize(
    "forms",
    [
        "qualifizierte qualifizierter qualifizieren",
        "saniert sanierte saniertes sanierter sanieren",
        "förderte gefördert geförderte gefördertes geförderter fördern",
        "geschlossen geschlossene geschlossener schließt schließen",
        "verlor verloren verlorener verlieren",
        "angeschlossen angeschlossenen anschließen",
        "zurückgegeben zurückgegebene zurückgeben",
        "vorgesehen vorgesehenen vorsehen",
        "errichten errichtet errichtete",
        "gründete gegründet gegründeter gründen",
        "zeichnet gezeichnet gezeichnete gezeichnetes zeichnen",
        "Angestellte Angestellter angestellt",
        "Versicherte Versicherter versichert",
        "Gefahr Gefahren",
        "Brache Brachen",
        "Sprache Sprachen",
    ],
)
def test_forms_are_one_word(forms):
    assert is_one(*forms.split())


@pytest.mark.parametrize(
    ("noun", "verb"),
    [
        ("Gefahren", "fahren"),
        ("Betrug", "betragen"),
        ("Brachen", "brechen"),
        ("Sparten", "sparen"),
        ("Gefallen", "fallen"),
        ("Fuhren", "fahren"),
        ("Stiegen", "steigen"),
        ("Schulter", "schulen"),
        ("Abgeordnete", "abordnen"),
        ("Gehalt", "halten"),
        ("Befund", "befinden"),
    ],
)
def test_noun_is_not_the_verb_that_it_looks_like(noun, verb):
    assert not is_one(noun, verb)


def test_demo_has_no_form_that_is_lost_and_no_noun_that_became_a_verb():
    text = " ".join(path.read_text(encoding="utf-8") for path in sorted(CONTENT.glob("*/de/*.toml")))
    words = {word.casefold() for word in re.findall(r"[^\W\d_]+", text)}
    families = defaultdict(set)
    for word in words:
        families[fold(stem(word))].add(word)
    lost = [family for family in families.values() if not is_one(*family)]
    # Within a sentence a capital is that of a noun.
    nouns = set(re.findall(r"(?<=[a-zäöüß,] )[A-ZÄÖÜ][a-zäöüß]+", text))
    joined = {noun for noun in nouns if language_of("de").base_stem_of(stem(noun)) != stem(noun)}

    assert len(nouns) > 500
    assert lost == []
    assert joined <= ACCEPTED
