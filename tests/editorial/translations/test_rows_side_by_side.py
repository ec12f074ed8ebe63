"""The rows of an event's lists are passages, to be translated beside the original."""

import pytest

from portal.editorial.roles import Role
from portal.editorial.translations import actions
from tests.builders import make_event, newsroom_client
from tests.editorial.side_by_side import Window

SPEAKERS = [
    ("speaker", {"name": "Claire Humbert", "role": "Directrice", "picture": None}),
    ("speaker", {"name": "Paul Thouvenin", "role": "Fondeur", "picture": None}),
]


@pytest.fixture
def window(lorraine, saar, newsroom):
    """A translator's window of an event with two speakers; another site has an event with one."""
    make_event(saar.calendar, "Gießen", speakers=SPEAKERS[:1])
    event = make_event(lorraine.calendar, "Couler la fonte", speakers=SPEAKERS)
    translation = actions.start(event, lorraine.homes["de"].locale, newsroom[Role.EDITOR])
    return Window(newsroom_client(lorraine, newsroom[Role.EDITOR]), translation)


def test_each_speaker_has_passages(window):
    names = [name for name, _state in window.states()]

    assert names.count("Speaker · Role") == len(SPEAKERS)
