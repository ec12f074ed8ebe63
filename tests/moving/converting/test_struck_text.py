"""Struck words never become part of the text. They are in a passage for a person to check."""

import pytest

from tests.moving.converting.reading import OLD, blocks, kinds, notes


def struck(words: str) -> tuple[str, dict[str, str]]:
    return ("passage", {"what": "struck text", "words": words})


@pytest.mark.parametrize(
    "text",
    [
        "<p>Prix : <s>20 €</s> 15 €</p>",
        "<p>Prix : <strike>20 €</strike> 15 €</p>",
        "<p>Prix : <del>20 €</del> 15 €</p>",
        '<p>Prix : <span style="color: red; text-decoration: line-through;">20 €</span> 15 €</p>',
        "<div>Prix : <b><s>20 €</s></b> 15 €</div>",
    ],
)
def test_struck_words_are_in_a_passage_after_their_paragraph(text):
    assert blocks(f"{text}<p>Fin</p>") == [
        ("paragraph", "<p>Prix : 15 €</p>"),
        struck("20 €"),
        ("paragraph", "<p>Fin</p>"),
    ]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("<h2>Titre <s>ancien</s></h2>", "heading"),
        ("<ul><li>un</li><li>deux <s>ancien</s></li></ul>", "paragraph"),
        ("<table><tr><td>un <s>ancien</s></td><td>deux</td></tr></table>", "table"),
        ('<figure><img src="/a.jpg"><figcaption>Un hall <s>ancien</s></figcaption></figure>', "figure"),
        ("<blockquote>Nous <s>ancien</s> avons appris.</blockquote>", "quote"),
        ("<details><summary>Q <s>ancien</s></summary><p>R</p></details>", "accordion"),
        ("<pre>un <s>ancien</s></pre>", "code"),
    ],
)
def test_struck_words_follow_the_block_that_cannot_contain_them(text, kind):
    found = blocks(text)

    assert [name for name, _value in found] == [kind, "passage"]
    assert found[1] == struck("ancien")
    assert "ancien" not in str(found[0][1]).replace(OLD, "")


def test_struck_words_are_in_the_report():
    assert notes("<p>Prix : <s>20 €</s> puis <s>18 €</s> et 15 €</p>") == [("struck text", "20 € · 18 €")]


def test_picture_among_struck_words_stays():
    assert kinds('<s>Ancien <img src="/a.jpg" alt="x"></s>') == ["figure", "passage"]


def test_words_beside_struck_letters_are_not_out_of_place():
    assert notes("<p>15€<s>20€</s></p>") == [("struck text", "20€")]


def test_many_nested_struck_words_are_converted_fast():
    assert kinds("<del>mot " * 5000)[-1] == "passage"
