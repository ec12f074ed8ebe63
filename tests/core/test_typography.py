"""French text has narrow no-break spaces at its punctuation; other text is unchanged."""

import pytest
from hypothesis import given, strategies as st

from portal.core.typography import NARROW, ordinal_day, typeset


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Qui paie ?", f"Qui paie{NARROW}?"),
        ("Attention !", f"Attention{NARROW}!"),
        ("Le prix : 3 €", f"Le prix{NARROW}: 3\u00a0€"),
        ("50 % des cas", "50\u00a0% des cas"),
        ("« Oui »", f"«{NARROW}Oui{NARROW}»"),
        ("«\u00a0Oui\u00a0»", f"«{NARROW}Oui{NARROW}»"),
        ("Ici ; là", f"Ici{NARROW}; là"),
        ("https://example.org/?a=1", "https://example.org/?a=1"),
        ("à 9:30", "à 9:30"),
    ],
)
def test_french_spaces_do_not_break(text, expected):
    assert typeset(text, "fr") == expected


@pytest.mark.parametrize("language", ["de", "en", ""])
def test_other_languages_are_unchanged(language):
    assert typeset("Wer zahlt ? « Ja »", language) == "Wer zahlt ? « Ja »"


@pytest.mark.parametrize(
    "html", ['<a href="https://example.org/a?b=c">Lire</a>', '<p class="a b">Un mot</p>', '<img src="x" alt="Vue">']
)
def test_html_tags_are_unchanged(html):
    assert typeset(html, "fr") == html


@given(st.text())
def test_typesetting_is_idempotent(text):
    assert typeset(typeset(text, "fr"), "fr") == typeset(text, "fr")


@given(st.text())
def test_nothing_but_spaces_changes(text):
    def words(given: str) -> str:
        return given.replace(" ", "").replace("\u00a0", "").replace(NARROW, "")

    assert words(typeset(text, "fr")) == words(text)
    assert len(typeset(text, "fr")) == len(text)


@pytest.mark.parametrize(
    ("words", "language", "expected"),
    [
        ("dimanche 1 mars 2026", "fr", "dimanche 1er mars 2026"),
        ("1 avril 2026", "fr", "1er avril 2026"),
        ("21 mars 2026", "fr", "21 mars 2026"),
        ("11 août 2026", "fr", "11 août 2026"),
        ("Sunday 1 March 2026", "en", "Sunday 1 March 2026"),
        ("Sonntag, 1. März 2026", "de", "Sonntag, 1. März 2026"),
    ],
)
def test_first_of_a_month_is_an_ordinal_in_french_only(words, language, expected):
    assert ordinal_day(words, language) == expected
