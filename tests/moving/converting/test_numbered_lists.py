"""Numbered lists keep the numbers that readers saw."""

import pytest

from tests.moving.converting.reading import only


@pytest.mark.parametrize(
    ("opening", "numbers"),
    [
        ('<ol start="3">', ["3.", "4.", "5."]),
        ('<ol start="-1">', ["-1.", "0.", "1."]),
        ("<ol reversed>", ["3.", "2.", "1."]),
        ('<ol reversed start="9">', ["9.", "8.", "7."]),
        ('<ol type="a">', ["a.", "b.", "c."]),
        ('<ol type="A" start="26">', ["Z.", "AA.", "AB."]),
        ('<ol type="i" start="3">', ["iii.", "iv.", "v."]),
        ('<ol type="I" start="3999">', ["MMMCMXCIX.", "4000.", "4001."]),
        ('<ol style="list-style-type:upper-roman" class="wp-block-list">', ["I.", "II.", "III."]),
        ('<ol style="list-style-type: lower-alpha">', ["a.", "b.", "c."]),
    ],
)
def test_numbers_that_our_lists_cannot_have_are_text(opening, numbers):
    first, second, third = numbers

    assert only(f"{opening}<li>un</li><li><b>deux</b></li><li>trois</li></ol>") == (
        f"<p>{first} un</p><p>{second} <b>deux</b></p><p>{third} trois</p>"
    )


@pytest.mark.parametrize("opening", ["<ol>", '<ol start="1">', '<ol type="1">', '<ol start="x" type="disc">'])
def test_list_that_counts_from_one_is_a_list(opening):
    assert only(f"{opening}<li>un</li><li>deux</li></ol>") == "<ol><li>un</li><li>deux</li></ol>"


def test_item_with_its_own_number_keeps_it():
    assert (
        only('<ol><li>un</li><li value="7">sept</li><li>huit</li></ol>') == "<p>1. un</p><p>7. sept</p><p>8. huit</p>"
    )


def test_item_after_one_without_words_keeps_its_number():
    assert only("<ol><li>un</li><li> </li><li>trois</li></ol>") == "<p>1. un</p><p>3. trois</p>"


def test_letters_in_a_list_within_a_list_are_lines_of_its_item():
    text = '<ol><li>un<ol type="a"><li>x</li><li>y</li></ol></li><li>deux</li></ol>'

    assert only(text) == "<ol><li>un<br/>a. x<br/>b. y</li><li>deux</li></ol>"


def test_list_beside_its_item_does_not_shift_the_numbers():
    text = "<ol><li>un</li><ol><li>x</li></ol><li>deux</li></ol>"

    assert only(text) == "<ol><li>un<ol><li>x</li></ol></li><li>deux</li></ol>"


def test_list_within_a_numbered_item_stays_a_list():
    assert only('<ol start="3"><li>trois<ul><li>x</li></ul></li></ol>') == "<p>3. trois</p><ul><li>x</li></ul>"
