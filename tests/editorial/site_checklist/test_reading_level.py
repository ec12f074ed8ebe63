"""How hard a text is to read: published formulas, and an advice with the longest sentences."""

import pytest
from django.utils.translation import override

from portal.editorial.approval.completeness import checklist_of
from portal.editorial.roles import Role
from portal.editorial.site_checklist.reading_level import reading_level, sentences_of, syllables_of
from tests.builders import make_article
from tests.editorial.site_checklist.test_levels import choose

LONG = (
    "Die Gesellschaft für Wirtschaftsförderung unterstützt Unternehmensgründungen, Betriebsübernahmen und "
    "Innovationsvorhaben im gesamten Grenzgebiet mit umfangreichen Beratungsleistungen, "
    "Finanzierungsmöglichkeiten und Weiterbildungsangeboten, die gemeinsam mit den Handwerkskammern entwickelt werden. "
)
SHORT = "Anna backt Brot. Sie steht früh auf. Der Ofen ist heiß. Ihr Sohn hilft ihr. "


@pytest.mark.parametrize(
    ("text", "language", "score"),
    [
        # 6 words, 6 syllables: Flesch's formula, 206.835 - 1.015 * 6 - 84.6 * 1.
        ("The cat sat on the mat.", "en", 116.1),
        # 13 words, 26 syllables.
        ("The Australian platypus is seemingly a hybrid of a mammal and reptilian creature.", "en", 24.4),
        # 6 words, 8 syllables: Amstad's formula, 180 - 6 - 58.5 * 8 / 6.
        ("Die Katze sitzt auf der Matte.", "de", 96.0),
        # 2 sentences of 3 words, 6 syllables: Kandel and Moles, 207 - 1.015 * 3 - 73.6 * 1.
        ("Le chat dort. Le chien court.", "fr", 130.4),
        ("Le chat dort sur le tapis.", "fr", 115.0),
    ],
)
def test_score_is_that_of_the_formula(text, language, score):
    assert round(reading_level(sentences_of(text), language).score, 1) == score


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", {"table": 2, "time": 1, "wanted": 2, "houses": 2, "development": 4, "radio": 3, "nation": 2}),
        ("de", {"Freie": 2, "Häuser": 2, "Theater": 3, "Wirtschaftsförderung": 5, "Quelle": 2, "Situation": 5}),
        ("fr", {"maison": 2, "parlent": 1, "routes": 1, "développement": 5, "théâtre": 2, "maïs": 2, "les": 1}),
    ],
)
def test_syllables_are_counted_by_spelling(language, words):
    assert {word: syllables_of(word, language) for word in words} == words


def test_abbreviations_and_numbers_end_no_sentence():
    text = "Am 3. Dezember kam Dr. Klein, z. B. Anna. Dann ging sie."

    assert sentences_of(text) == ["Am 3. Dezember kam Dr. Klein, z. B. Anna.", "Dann ging sie."]


def test_headings_are_no_sentences():
    assert sentences_of("Une usine\nElle ouvre.") == ["Elle ouvre."]


@pytest.mark.parametrize("text", ["", "…", "!!!\n\n?", "123 456."])
def test_text_without_words_has_no_level(text):
    assert reading_level(sentences_of(text), "fr") is None


def test_language_without_a_formula_has_no_level():
    assert reading_level(["Kota on lämmin."], "fi") is None


@pytest.fixture
def editor(newsroom):
    return newsroom[Role.EDITOR]


def german(ground, text):
    return make_article(ground.sections["de"], "Titel", body=[("paragraph", f"<p>{text}</p>")])


def lines(page, user):
    with override("en"):
        found = checklist_of(page, user).recommendations
        return [str(finding.message) for finding in found if finding.code == "reading_level"]


def test_line_is_off_by_default(lorraine, editor):
    assert lines(german(lorraine, LONG * 5), editor) == []


def test_hard_text_is_named_with_its_longest_sentences(lorraine, editor):
    choose(lorraine, {"reading_level": {"article": "advice"}})

    first, *sentences = lines(german(lorraine, LONG * 5), editor)

    assert first == "Very hard to read: long sentences and long words."
    [sentence] = sentences
    assert sentence.startswith("A sentence of 25 words: “Die Gesellschaft für Wirtschaftsförderung")


def test_plain_text_is_not_named(lorraine, editor):
    choose(lorraine, {"reading_level": {"article": "advice"}})

    assert lines(german(lorraine, SHORT * 10), editor) == []


def test_short_text_is_not_measured(lorraine, editor):
    choose(lorraine, {"reading_level": {"article": "advice"}})

    assert lines(german(lorraine, LONG), editor) == []


def test_other_sites_keep_their_lines(lorraine, saar, editor):
    choose(saar, {"reading_level": {"article": "advice"}})

    assert lines(german(lorraine, LONG * 5), editor) == []
