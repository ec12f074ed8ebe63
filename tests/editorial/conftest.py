"""Fixtures: a database of a module's own, people, and a story that is being translated."""

from collections.abc import Iterator

import pytest

from portal.editorial.roles import Role
from portal.editorial.translations import actions
from tests.builders import make_article, make_image, make_topic, newsroom_client
from tests.editorial.side_by_side import QUOTE, WOOD, Window
from tests.own_database import copied_database


@pytest.fixture(scope="module")
def own_database(light_settings, django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[str]:
    with django_db_blocker.unblock(), copied_database(tmp_path_factory.mktemp("own")) as name:
        yield name


@pytest.fixture
def editor(newsroom):
    return newsroom[Role.EDITOR]


@pytest.fixture
def approver(newsroom):
    return newsroom[Role.APPROVER]


@pytest.fixture
def german(lorraine):
    return lorraine.homes["de"].locale


@pytest.fixture
def story(lorraine):
    """A story with a text, a quote and a picture, to be translated."""
    return make_article(
        lorraine.section,
        "La filière bois",
        slug="bois",
        standfirst="Cent postes.",
        body=[WOOD, QUOTE],
        lead_image=make_image(),
        lead_image_alt="Une scierie",
        topics=[make_topic("Bois")],
    )


@pytest.fixture
def translation(story, german, newsroom):
    return actions.start(story, german, newsroom[Role.EDITOR])


@pytest.fixture
def window(lorraine, newsroom, translation):
    """The window in which the editor translates the story beside its original."""
    return Window(newsroom_client(lorraine, newsroom[Role.EDITOR]), translation)
