"""A story and its translation are read side by side, passage by passage."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given, strategies as st

from articles.beside import pair
from tests.builders import change, make_article, make_image, make_private

BODY = [
    {"type": "heading", "value": {"text": "Le four", "level": "h2"}, "id": "11111111-0000-4000-8000-000000000001"},
    {"type": "paragraph", "value": "<p>Il fond.</p>", "id": "11111111-0000-4000-8000-000000000002"},
    {"type": "paragraph", "value": "<p>Il dort.</p>", "id": "11111111-0000-4000-8000-000000000003"},
]
GERMAN = ["Der Ofen", "<p>Er schmilzt.</p>", "<p>Er schläft.</p>"]


def in_german(block: dict, words: str) -> dict:
    return block | {"value": block["value"] | {"text": words} if block["type"] == "heading" else words}


@pytest.fixture
def story(lorraine):
    return make_article(lorraine.section, "Une fonderie", body=BODY)


@pytest.fixture
def translation(lorraine, story):
    copy = story.copy_for_translation(lorraine.homes["de"].locale, copy_parents=True)
    body = [in_german(block, words) for block, words in zip(BODY, GERMAN, strict=True)]
    return change(copy, title="Eine Gießerei", body=body, live=True)


def side_by_side(ground, page, language: str = "de") -> list[list[str]]:
    response = ground.reader().get(ground.address(page), {"beside": language})
    assert response.status_code == 200
    rows = BeautifulSoup(response.content, "html.parser").select(".story__body .beside")
    return [[cell.get_text(strip=True) for cell in row.find_all(recursive=False)] for row in rows]


def test_each_passage_stands_beside_its_translation(lorraine, story, translation):
    assert side_by_side(lorraine, story) == [
        ["Le four", "Der Ofen"],
        ["Il fond.", "Er schmilzt."],
        ["Il dort.", "Er schläft."],
    ]


def test_passage_without_translation_stands_alone(lorraine, story, translation):
    change(translation, body=[in_german(BODY[2], GERMAN[2])])

    assert side_by_side(lorraine, story) == [["Le four", ""], ["Il fond.", ""], ["Il dort.", "Er schläft."]]


def test_no_passage_of_a_translation_made_elsewhere_is_lost(lorraine, story, translation):
    """The translation's blocks have other ids, and a text where the original has a picture."""
    picture = {"type": "figure", "value": {"image": make_image().pk, "alt": "Un four", "caption": "Le four"}}
    others = [f"22222222-0000-4000-8000-00000000000{number}" for number in range(3)]
    change(story, body=[BODY[1], picture | {"id": others[0]}])
    texts = [
        {"type": "paragraph", "value": words, "id": key} for words, key in zip(GERMAN[1:], others[1:], strict=True)
    ]
    change(translation, body=texts)

    assert side_by_side(lorraine, story) == [["Il fond.", "Er schmilzt."], ["Le four", "Er schläft."]]


def test_pictures_are_shown_once(lorraine, story, translation):
    picture = {"type": "figure", "value": {"image": make_image().pk, "alt": "Un four"}, "id": BODY[2]["id"]}
    change(story, body=[*BODY[:2], picture])
    change(
        translation, body=[*(in_german(each, words) for each, words in zip(BODY[:2], GERMAN, strict=False)), picture]
    )

    response = lorraine.reader().get(lorraine.address(story), {"beside": "de"})

    assert len(BeautifulSoup(response.content, "html.parser").select(".story__body .figure")) == 1


def test_translation_says_its_language(lorraine, story, translation):
    html = BeautifulSoup(lorraine.reader().get(lorraine.address(story), {"beside": "de"}).content, "html.parser")

    assert html.select_one(".story__translation[lang=de] h2").text == "Eine Gießerei"
    assert {cell["lang"] for cell in html.select(".beside > [lang]")} == {"de"}


def test_story_links_to_it(lorraine, story, translation):
    html = BeautifulSoup(lorraine.reader().get(lorraine.address(story)).content, "html.parser")

    assert [link["href"] for link in html.select(".translations a[rel=nofollow]")] == [
        f"{lorraine.address(story)}?beside=de"
    ]


def test_search_engines_index_the_story_alone(lorraine, story, translation):
    html = BeautifulSoup(lorraine.reader().get(lorraine.address(story), {"beside": "de"}).content, "html.parser")

    assert html.select_one("meta[name=robots]")["content"] == "noindex"
    assert html.select_one("link[rel=canonical]")["href"].endswith(lorraine.address(story))


@pytest.mark.parametrize("language", ["en", "fr", "xx", "", "de\x00"])
def test_story_stands_alone_for_any_other_language(lorraine, story, translation, language):
    assert side_by_side(lorraine, story, language) == []


def test_draft_is_not_shown(lorraine, story, translation):
    translation.unpublish()

    assert side_by_side(lorraine, story) == []


def test_private_translation_is_not_shown(lorraine, story, translation):
    make_private(translation)

    assert side_by_side(lorraine, story) == []


def test_expired_translation_is_not_shown(lorraine, story, translation):
    change(translation, expire_at=timezone.now() - timedelta(minutes=1))

    assert side_by_side(lorraine, story) == []


def test_translation_in_another_site_is_not_shown(lorraine, saar, story):
    change(make_article(saar.section, "Fremd", body=BODY), translation_key=story.translation_key)

    assert side_by_side(lorraine, story) == []


def test_reading_side_by_side_needs_one_query_more_than_the_story(
    lorraine, story, translation, django_assert_num_queries
):
    reader, address = lorraine.reader(), lorraine.address(story)
    reader.get(address)
    with CaptureQueriesContext(connection) as alone:
        reader.get(address)
    with django_assert_num_queries(len(alone) + 1):
        reader.get(address, {"beside": "de"})


def blocks(ids: list[int]) -> list[SimpleNamespace]:
    return [SimpleNamespace(id=each) for each in ids]


IDS = st.lists(st.integers(0, 9), unique=True)


@given(IDS, IDS)
def test_every_block_appears_once_and_the_original_keeps_its_order(own, other):
    pairs = list(pair(blocks(own), blocks(other)))

    assert [left.id for left, _right in pairs if left] == own
    assert sorted(right.id for _left, right in pairs if right) == sorted(other)
    if set(own) & set(other):
        assert all(left.id == right.id for left, right in pairs if left and right)
