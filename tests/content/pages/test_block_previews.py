"""A block's preview shows only files that the user may choose, and none from another site."""

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from portal.content.blocks.bodies import StoryBody
from portal.editorial.roles import Role, media_collection
from tests.builders import content_of, make_document, make_gated_document, make_image, newsroom_client

pytestmark = pytest.mark.usefixtures("media")

KINDS = ["figure", "gallery", "video", "download", "sheet"]


@pytest.fixture
def editor(lorraine, newsroom):
    return newsroom_client(lorraine, newsroom[Role.EDITOR])


def plant(ground, title: str) -> None:
    """A picture and two documents of a site that no page uses."""
    collection = media_collection(ground.site)
    make_image(title, collection)
    make_gated_document(ground, f"{title} par lettre")
    document = make_document(title, f"{title}.pdf".lower().replace(" ", "-"))
    document.collection = collection
    document.save()


def preview(client, kind: str) -> BeautifulSoup:
    block = StoryBody().child_blocks[kind]
    response = client.get(reverse("wagtailadmin_block_preview"), {"id": block.definition_prefix})
    assert response.status_code == 200
    return BeautifulSoup(response.content, "html.parser").select_one("main")


@pytest.mark.parametrize("kind", KINDS)
def test_preview_shows_no_file_of_another_site(lorraine, saar, editor, kind):
    before = str(preview(editor, kind))

    plant(saar, "Geheim")

    assert str(preview(editor, kind)) == before


@pytest.mark.parametrize("kind", ["figure", "gallery", "video"])
def test_preview_shows_the_newest_own_picture(lorraine, saar, editor, kind):
    plant(lorraine, "Atelier")
    plant(saar, "Geheim")

    address = preview(editor, kind).select_one("img")["src"]

    assert content_of(editor.get(address))
    assert lorraine.reader().get(address).status_code == 404


def test_preview_offers_the_newest_own_document(lorraine, saar, editor):
    plant(lorraine, "Atelier")
    plant(saar, "Geheim")

    address = preview(editor, "download").select_one("a")["href"]

    assert "atelier" in address
    assert content_of(editor.get(address))
