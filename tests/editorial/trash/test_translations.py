"""A translation in the trash: the board names it, and no second one is begun."""

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from portal.content.publication import PublicationRefusedError
from portal.editorial.translations import actions
from portal.editorial.trash.deleting import put_into_trash
from portal.editorial.trash.restoring import restore
from tests.builders import make_article, make_section, newsroom_client
from tests.editorial.trash.acts import row_of

REFUSAL = "est dans la corbeille|is in the trash"


@pytest.fixture
def story(lorraine):
    return make_article(lorraine.section, "La filière bois", slug="bois")


def row_on_board(ground, user, title):
    page = newsroom_client(ground, user).get(reverse("translation_board"))
    rows = BeautifulSoup(page.content, "html.parser").select(".board tbody tr")
    return next(row for row in rows if row.select_one(".board__title").text == title)


def state_of(row) -> str:
    return row.select_one("td .board-state").text


def test_no_second_translation_is_begun(story, german, editor):
    put_into_trash(actions.start(story, german, editor))

    with pytest.raises(PublicationRefusedError, match=REFUSAL):
        actions.start(story, german, editor)


def test_alias_in_the_trash_does_not_become_the_translation(lorraine, story, german, editor):
    alias = story.copy_for_translation(german, alias=True)
    put_into_trash(alias)

    with pytest.raises(PublicationRefusedError, match=REFUSAL):
        actions.start(story, german, editor)
    assert row_of(alias).alias_of_id == story.pk


def test_nothing_is_begun_below_a_translation_in_the_trash(lorraine, german, editor):
    section = make_section(lorraine.home, "Bois", slug="bois")
    put_into_trash(actions.start(section, german, editor))
    inner = make_article(section, "La scierie")

    with pytest.raises(PublicationRefusedError, match="Bois"):
        actions.start(inner, german, editor)


def test_board_shows_that_a_translation_is_in_the_trash(lorraine, story, german, editor):
    trashed = put_into_trash(actions.start(story, german, editor))
    row = row_on_board(lorraine, editor, story.title)
    restore(trashed)

    assert state_of(row) == "In the trash"
    assert row.select_one(".board__step a")["href"] == reverse("trash")
    assert not row.select_one("input[name=pages]")
    assert state_of(row_on_board(lorraine, editor, story.title)) == "In progress"


def test_board_does_not_count_an_alias_in_the_trash_as_shown(lorraine, story, german, editor):
    put_into_trash(story.copy_for_translation(german, alias=True))
    row = row_on_board(lorraine, editor, story.title)

    assert state_of(row) == "In the trash"
    assert "Readers see the original there" not in row.text


def test_trash_of_another_page_changes_no_state(lorraine, saar, story, german, editor):
    decoy = make_article(saar.sections["fr"], "La filière bois", slug="bois")
    put_into_trash(decoy.copy_for_translation(german))

    assert state_of(row_on_board(lorraine, editor, story.title)) == "Missing"
