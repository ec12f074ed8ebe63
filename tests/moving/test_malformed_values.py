"""An invalid value is ignored, and does not stop the import."""

import pytest

from portal.moving.models import ImportedItem
from tests.moving.conftest import page_of
from tests.moving.exports import OLD, attachment, item

pytestmark = pytest.mark.usefixtures("newsroom", "english")
NO_ADDRESS = "http://[x/a.png"


def entry(kind: str) -> str:
    meta = {"_menu_item_type": kind, "_menu_item_object_id": "²"}
    return item("Entrée", kind="nav_menu_item", meta=meta, more='<category domain="nav_menu" nicename="m">x</category>')


@pytest.mark.parametrize(
    "parts",
    [
        [item("Un", "Texte", wp_id=1, meta={"_thumbnail_id": "²"})],
        [item("Un", f'<p><a href="{OLD}/?p=²">x</a></p>', wp_id=1)],
        [item("Un", '<table><tr><td colspan="²">a</td></tr></table>', wp_id=1)],
        [item("Un", "Texte", "tribe_events", wp_id=1, meta={"_EventVenueID": "²"})],
        [item("Un", "Texte", "tribe_events", wp_id=1, meta={"_EventOrganizerID": "²"})],
        [item("Un", "Texte", wp_id=1), entry("post_type")],
        [item("Un", "Texte", wp_id=1), entry("taxonomy")],
    ],
    ids=["picture", "link", "table", "venue", "organiser", "menu", "menu of categories"],
)
def test_invalid_number_is_ignored(bring, parts):
    bring(*parts)

    assert page_of(1).title == "Un"


def test_invalid_file_address_is_named(bring):
    sizes = {"_wp_attachment_metadata": 's:4:"file";s:5:"b.png";'}
    broken = attachment("Photo", NO_ADDRESS, wp_id=61, meta=sizes)

    bring(broken, item("Un", "Texte", wp_id=1, meta={"_thumbnail_id": "61"}), media="")

    notes = ImportedItem.objects.get(kind="page").notes
    assert ["picture missing", f"{NO_ADDRESS}: the address is not valid"] in notes


def test_half_an_emoji_in_a_block_is_left_out(bring):
    bring(item("Un", '<!-- wp:acf/box {"data":{"text":"Bonjour \\ud83d"}} /-->', wp_id=1))

    assert page_of(1).standfirst == "Bonjour"


def test_nul_in_an_address_is_left_out(bring):
    hall = attachment("Hall", f"{OLD}/wp-content/uploads/2024/05/hall%00.png", wp_id=50)

    bring(hall, item("Un", "Texte", wp_id=1, meta={"_thumbnail_id": "50"}))

    assert page_of(1).lead_image.title == "Hall"


def test_nul_in_the_address_of_a_post_without_a_title_is_left_out(bring):
    bring(item("", "Texte", wp_id=1, slug="un%00-titre"))

    assert page_of(1).title == "Un titre"


def test_post_address_that_looks_like_a_host_is_ignored(bring):
    bring(item("Un", "Texte", wp_id=1, link=f"{OLD}//[x/"))

    assert page_of(1).title == "Un"
