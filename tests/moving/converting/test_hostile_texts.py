"""A small forged text does not occupy a worker for minutes."""

from time import process_time

import pytest

from portal.moving import long_texts
from portal.moving.converting.bodies import convert_body
from portal.moving.converting.converted import POSTER, Block, Converted, Media, Note
from portal.moving.converting.editor_blocks import Surroundings
from portal.moving.converting.wpautop import wpautop
from portal.moving.long_texts import as_json, convert_any, from_json
from tests.moving.converting.reading import OLD, blocks, only

# The conversions below took from half a minute to hours, and now take less than two seconds.
SECONDS = 15


@pytest.mark.parametrize(
    "text",
    [
        "a" + " " * 200_000 + "b",
        "<br>" * 60_000,
        "<script" * 80_000,
        "<svg><math>" * 60_000,
        "[vc_row]" * 30_000 + "[/vc_row]",
        "\n" * 200_000 + "x",
        "[a_b " + "x " * 60_000 + "]",
        "<p>a<s>b</s>" * 8_000,
    ],
    ids=["spaces", "breaks", "scripts", "drawings", "shortcodes", "lines", "attributes", "struck words"],
)
def test_time_does_not_grow_with_the_square_of_the_length(text):
    began = process_time()

    convert_body(text, OLD)

    assert process_time() - began < SECONDS


def test_gallery_shows_each_picture_once():
    images = only('[gallery ids="' + "1,2," * 50_000 + '"]')["images"]

    assert [image["image"].wp_id for image in images] == [1, 2]


def test_reusable_blocks_that_contain_each_other_twice_are_shown_a_limited_number_of_times():
    texts = {number: f'<!-- wp:block {{"ref":{number ^ 1}}} /-->' * 2 + "mot" for number in (2, 3)}

    shown = blocks('<!-- wp:block {"ref":2} /-->', reusable=texts)

    assert str(shown).count("mot") <= 301


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("a  \nb", "<p>a<br />\nb</p>"),
        ("a<br />\nb", "<p>a<br />\nb</p>"),
        ("a<br />  \nb", "<p>a<br /> <br />\nb</p>"),
        ("<script>a\nb</script>\nc<script>\nd", "<p><script>a\nb</script><br />\nc<script><br />\nd</p>"),
    ],
)
def test_lines_break_as_in_wordpress(text, result):
    assert wpautop(text).strip() == result


def test_long_text_is_converted_like_a_short_one():
    text = '<!-- wp:block {"ref":7} /--><p>Un <b>mot</b> <s>perdu</s><img src="/a.png" alt="x"></p>' * 800
    around = Surroundings({7: "<h2>Titre</h2>"}, (3,), "[]")

    assert convert_any(text, OLD, around) == convert_body(text, OLD, around)


def test_text_that_takes_too_long_becomes_a_passage_with_its_words(monkeypatch):
    monkeypatch.setattr(long_texts, "DEADLINE", 0.01)

    found = convert_any("<div>Un mot</div> " * 5_000, OLD, Surroundings())

    assert [block.kind for block in found.blocks] == ["passage"]
    assert found.blocks[0].value["words"].startswith("Un mot Un mot")
    assert (found.words_before, found.notes[0].code) == (10_000, "passage")


def test_result_that_is_too_long_becomes_a_passage_with_its_words(monkeypatch):
    monkeypatch.setattr(long_texts, "MOST_BYTES", 1_000)

    found = convert_any("<p>Un mot</p> " * 5_000, OLD, Surroundings())

    assert [block.kind for block in found.blocks] == ["passage"]


def test_endlessly_nested_tags_are_converted_in_a_separate_process(monkeypatch):
    monkeypatch.setattr(long_texts, "DEADLINE", 2.0)

    found = convert_any("<div>" * 100_000 + "mot", OLD, Surroundings())

    assert found.blocks[0].value["words"] == "mot"


def test_result_of_the_process_keeps_pictures_and_notes():
    image = {"image": Media(f"{OLD}/a.png", 4), "alt": ""}
    found = Converted([Block("figure", image), Block("video", {"image": POSTER})], [Note("code", "x")], 1, 2, "é")

    assert from_json(as_json(found)) == found
