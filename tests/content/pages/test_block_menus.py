"""Each block in a menu that inserts blocks has its own icon."""

import re

import pytest
from django.utils.translation import override
from wagtail.admin.icons import get_icons

from home.landing.shelves import LandingShelves
from home.shelves import Shelves
from portal.content.blocks.bodies import StoryBody

MENUS = [StoryBody, Shelves, LandingShelves]


@pytest.mark.parametrize("menu", MENUS)
def test_every_block_has_a_drawing_of_its_own(menu):
    drawings = [f"icon-{block.meta.icon}" for block in menu().child_blocks.values()]

    assert len({*drawings}) == len(drawings)
    assert {*drawings} <= {*re.findall(r'id="(icon-drawing-[\w-]+)"', get_icons())}


def test_story_offers_text_first_then_pictures_facts_and_links():
    with override("en"):
        groups = [str(group) for group, _blocks in StoryBody().grouped_child_blocks()]

    assert groups == ["Text", "Pictures", "Facts", "Links"]
