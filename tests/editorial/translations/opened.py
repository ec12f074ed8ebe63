"""Fixtures, made once per module: a story, its German translation, and the translator's window."""

from copy import copy, deepcopy

import pytest

from portal.editorial.roles import Role
from portal.editorial.translations import actions
from tests.builders import make_article, make_image, make_topic, newsroom_client
from tests.editorial.side_by_side import QUOTE, WOOD, Window


@pytest.fixture(scope="module")
def module_story(module_network):
    return make_story(module_network.lorraine)


@pytest.fixture(scope="module")
def module_translation(module_network, module_newsrooms, module_story):
    german = module_network.lorraine.homes["de"].locale
    return actions.start(module_story, german, module_newsrooms.lorraine[Role.EDITOR])


@pytest.fixture(scope="module")
def module_window(module_network, module_newsrooms, module_translation):
    client = newsroom_client(module_network.lorraine, module_newsrooms.lorraine[Role.EDITOR])
    return Window(client, module_translation)


@pytest.fixture
def story(module_story, network):
    return deepcopy(module_story)


@pytest.fixture
def translation(module_translation, network):
    return deepcopy(module_translation)


@pytest.fixture
def window(module_window, newsrooms):
    window = copy(module_window)
    window.fields = {**window.fields}
    return window


def make_story(ground):
    """A story with a text, a quote and a picture, to be translated."""
    return make_article(
        ground.section,
        "La filière bois",
        slug="bois",
        standfirst="Cent postes.",
        body=[WOOD, QUOTE],
        lead_image=make_image(),
        lead_image_alt="Une scierie",
        topics=[make_topic("Bois")],
    )
