"""Text has the spaces, quotation marks and apostrophes of its language; tags, code and URLs are unchanged."""

from time import process_time

import pytest
from django.template import Context, Template
from hypothesis import given, strategies as st

from portal.formats.words import ordinal_day
from portal.platform.typography import NARROW, SPACE, first_sentences, sentences, typeset


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Qui paie ?", f"Qui paie{NARROW}?"),
        ("Attention !", f"Attention{NARROW}!"),
        ("Le prix : 3 €", f"Le prix{SPACE}: 3{SPACE}€"),
        ("590 kW", f"590{SPACE}kW"),
        ("1 350 rendez-vous", f"1{NARROW}350 rendez-vous"),
        ('Il dit "oui"', f"Il dit «{SPACE}oui{SPACE}»"),
        ("l'usine", "l’usine"),
        ("50 % des cas", "50\u00a0% des cas"),
        ("« Oui »", f"«{SPACE}Oui{SPACE}»"),
        ("«\u202fOui\u202f»", f"«{SPACE}Oui{SPACE}»"),
        ("Ici ; là", f"Ici{NARROW}; là"),
        ("https://example.org/?a=1", "https://example.org/?a=1"),
        ("à 9:30", "à 9:30"),
    ],
)
def test_french_spaces_do_not_break(text, expected):
    assert typeset(text, "fr") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("um 9.30 Uhr", f"um 9.30{SPACE}Uhr"),
        ("z. B. hier", f"z.{NARROW}B. hier"),
        ("z.B. hier", f"z.{NARROW}B. hier"),
        ('Sie sagt "Ja"', "Sie sagt „Ja“"),
        ("Wer zahlt ? « Ja »", "Wer zahlt ? « Ja »"),
    ],
)
def test_german_marks(text, expected):
    assert typeset(text, "de") == expected


def test_english_marks():
    assert typeset('It\'s "fine" at 5 km', "en") == f"It’s “fine” at 5{SPACE}km"


@pytest.mark.parametrize("html", ['<code>a "b" ?</code>', '<a title="l\'un ?">', "<pre>d'un : 3 %</pre>"])
def test_code_and_tags_keep_their_marks(html):
    assert typeset(html, "fr") == html


@given(st.text())
def test_typesetting_is_idempotent(text):
    assert typeset(typeset(text, "fr"), "fr") == typeset(text, "fr")


@given(st.text())
def test_only_spaces_and_marks_change(text):
    def words(given: str) -> str:
        return "".join(
            letter
            for letter in given.replace("&quot;", "").replace("&#x27;", "").replace("&#39;", "")
            if letter.isalnum()
        )

    assert words(typeset(text, "fr")) == words(text)


LONG = "Elle fond la nuit. M. Weber, lui, arrive de St. Avold à 6 h ; il reste. Et rien d’autre."


@pytest.mark.parametrize(
    ("length", "expected"),
    [
        (400, LONG),
        (75, "Elle fond la nuit. M. Weber, lui, arrive de St. Avold à 6 h ; il reste."),
        (40, "Elle fond la nuit."),
        (5, "Elle fond la nuit."),
    ],
)
def test_card_text_ends_with_a_whole_sentence(length, expected):
    assert first_sentences(LONG, length) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Der Bericht vom 20. Mai 2016 ist fertig. Er ist kurz.", "Der Bericht vom 20. Mai 2016 ist fertig."),
        ("Am 3. Tag kamen alle. Niemand blieb.", "Am 3. Tag kamen alle."),
        ("Fondée en 1912. La maison vit.", "Fondée en 1912."),
        ("Ça va ? Oui.", "Ça va ?"),
    ],
)
def test_ordinal_number_does_not_end_a_sentence(text, expected):
    assert first_sentences(text, 1) == expected


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


def test_long_row_of_dots_is_read_in_linear_time():
    before = process_time()

    assert len(sentences("." * 100_000)) == 1
    assert process_time() - before < 2


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("Bar-le-Duc prête", '<span class="unbroken">Bar-le-Duc</span> prête'),
        ("D’avant-garde", 'D’<span class="unbroken">avant-garde</span>'),
        ("Le sud-ouest-européen", "Le sud-ouest-européen"),
        ("Metz - Nancy", "Metz - Nancy"),
        ("<b>-Tag & R-D", '&lt;b&gt;-Tag &amp; <span class="unbroken">R-D</span>'),
    ],
    ids=["town", "after an elision", "too long for a phone", "dash", "markup"],
)
def test_line_of_a_headline_does_not_end_within_a_short_compound(title, shown):
    assert Template("{{ title|headline }}").render(Context({"title": title})) == shown
