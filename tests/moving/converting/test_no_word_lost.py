"""For any post, no visible word is lost, nothing fails, and only our own inline tags are written."""

import re
from collections import Counter
from time import process_time

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from portal.moving.converting.bodies import convert_body, words_of_block
from portal.moving.converting.cleaning import bare_words, tree_of, words_of
from portal.moving.converting.converted import Converted

WORDS = st.lists(
    st.sampled_from(
        ["mot", "Œuvre", "l’été", "a&b", "<", "«", "5 < 6", "fin.", "[sic]", "“x”", "👩‍🚀", "مرحبا", "5&nbsp;€"]
    ),
    max_size=6,
)
TAGS = [
    "p",
    "div",
    "span",
    "b",
    "i",
    "em",
    "a",
    "ul",
    "ol",
    "li",
    "blockquote",
    "cite",
    "h1",
    "h2",
    "h4",
    "pre",
    "table",
    "tr",
    "td",
    "th",
    "figure",
    "figcaption",
    "details",
    "summary",
    "section",
    "dl",
    "dt",
    "dd",
    "form",
    "label",
    "button",
    "sup",
    "u",
    "s",
    "del",
    "code",
    "ol start='3'",
    "ol type='a' reversed",
    "article",
    "center",
    "iframe",
    "audio",
    "object",
]
FRAMES = ["my_box", "vc_row", "vc_column_text", "et_pb_text", "et_pb_toggle title='Q'", "caption", "quote_box"]
BLOCKS = ["paragraph", "group", "quote", "html", "acf/x", "cover", "core-embed/twitter", "list", "details", "file"]
# Tags, shortcodes and blocks with only a beginning or an end.
PIECES = [
    *("<b>", "</b>", "<s>", "</s>", "<p>", "</p>", "</div>", "<div>", "<ol reversed>", "<li value=3>", "<li>", "</ol>"),
    *("<ul>", "</ul>", "<pre>", "</pre>", "<code>", "</code>", "<table>", "<tr>", "<td>", "</table>", "<h2>", "</h2>"),
    *("<blockquote>", "</blockquote>", "<cite>", "<figure>", "<figcaption>", "</figure>", "<details>", "<summary>"),
    *(
        "<a href='/x'>",
        "</a>",
        "<svg><text>",
        "</text></svg>",
        "<math>",
        "</math>",
        "<!--",
        "-->",
        "<img src='/a.jpg'>",
    ),
    *("[vc_row]", "[/vc_row]", "[vc_column_text]", "[/vc_column_text]", "[my_box title='Q']", "[/my_box]", "[code]"),
    *("[/code]", "[caption]", "[/caption]", "[et_pb_toggle title='T']", "[/et_pb_toggle]", "<!-- wp:group -->"),
    *(
        "<!-- /wp:group -->",
        "<!-- wp:code -->",
        "<!-- /wp:code -->",
        "<!-- wp:x/y /-->",
        "\n\n",
        "\n",
        " ",
        "&",
        "<",
        "[",
    ),
    *(
        "mot",
        "Œuvre",
        "👩‍🚀",
        "مرحبا",
        "© Photo : Anna",
        "&lt;b&gt;",
        "<br>",
        "<span style='text-decoration:line-through'>",
    ),
]
RICH_TAG = re.compile(r"</?(?:p|b|i|sup|sub|code|ul|ol|li|a)>|<br/>|<a href=\"[^\"<>]*\">")


def in_tag(parts: list[str], name: str) -> str:
    attributes = ' class="btn" href="https://a.example/x"' if name == "a" else ""
    return f"<{name}{attributes}>{''.join(parts)}</{name.split()[0]}>"


def in_shortcode(parts: list[str], name: str) -> str:
    return f"[{name}]{''.join(parts)}[/{name.split()[0]}]"


def in_block(parts: list[str], name: str) -> str:
    return f"<!-- wp:{name} -->{''.join(parts)}<!-- /wp:{name} -->"


TEXTS = st.recursive(
    WORDS.map(" ".join),
    lambda inner: st.one_of(
        st.builds(in_tag, st.lists(inner, max_size=4), st.sampled_from(TAGS)),
        st.builds(in_shortcode, st.lists(inner, max_size=3), st.sampled_from(FRAMES)),
        st.builds(in_block, st.lists(inner, max_size=3), st.sampled_from(BLOCKS)),
        st.lists(inner, max_size=3).map("\n\n".join),
        st.just('<img src="/a.jpg" alt="x">'),
        st.just("<br>"),
    ),
    max_leaves=25,
)


def words(found: Converted) -> Counter[str]:
    shown = Counter(word for block in found.blocks for word in words_of_block(block))
    return shown + Counter(word for note in found.notes for word in note.detail.split())


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(TEXTS)
def test_every_visible_word_survives(text):
    found = convert_body(text, "https://ancien.example")

    # Shortcodes and block comments are not words, but their contents are.
    source = re.sub(r"<!--.*?-->", "", text)
    source = re.sub(rf"\[/?(?:{'|'.join(name.split()[0] for name in FRAMES)})[^\]]*\]", "\n", source)
    expected = Counter("".join(bare_words(words_of(tree_of(source)))))
    assert not expected - Counter("".join(words(found).elements())), text


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(TEXTS)
def test_no_passage_is_needed_for_words_out_of_place(text):
    assert "words out of place" not in {note.code for note in convert_body(text).notes}, text


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(max_size=300) | TEXTS)
def test_rich_text_has_our_marks_only(text):
    for block in convert_body(text).blocks:
        if block.kind == "paragraph":
            assert not re.search(r"[<>]", RICH_TAG.sub("", block.value)), block.value


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_unclosed_parts_lose_no_word_and_show_no_tag(text):
    found = convert_body(text, "https://ancien.example")

    assert "words out of place" not in {note.code for note in found.notes}, text
    for block in found.blocks:
        if block.kind == "paragraph":
            shown = RICH_TAG.sub("", re.sub(r"<code>.*?</code>", "", block.value))
            assert not re.search(r"[<>]|\[/?(?:vc_|et_pb|my_box|caption)|wp:", shown), text


@pytest.mark.parametrize("part", ["<", "<!--", "<p", "<ul>", "[a ", "<figcaption>", "<!-- wp:list "])
def test_unclosed_parts_are_read_in_linear_time(part):
    begun = process_time()
    convert_body(part * (60_000 // len(part)), "https://ancien.example")

    assert process_time() - begun < 15
