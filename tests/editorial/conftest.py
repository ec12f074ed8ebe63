"""Fixtures: the newsrooms of the two sites, set up once for each test module; a story that is being translated."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from portal.editorial.roles import Role
from portal.editorial.translations import actions
from tests.builders import make_article, make_image, make_newsroom, make_topic, newsroom_client
from tests.editorial.side_by_side import QUOTE, WOOD, Window
from tests.own_database import copied_database


class Newsrooms(NamedTuple):
    """One member in each role, by site."""

    lorraine: dict[Role, Any]
    saar: dict[Role, Any]


@pytest.fixture(scope="module")
def module_newsrooms(module_network) -> Newsrooms:
    return Newsrooms(make_newsroom(module_network.lorraine), make_newsroom(module_network.saar))


@pytest.fixture
def newsrooms(module_newsrooms, network) -> Newsrooms:
    return module_newsrooms


@pytest.fixture
def newsroom(newsrooms) -> dict[Role, Any]:
    """The newsroom of the site under test."""
    return newsrooms.lorraine


@pytest.fixture(scope="module")
def own_database(light_settings, django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[str]:
    with django_db_blocker.unblock(), copied_database(tmp_path_factory.mktemp("own")) as name:
        yield name


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
