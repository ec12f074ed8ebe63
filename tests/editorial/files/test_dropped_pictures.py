"""The URL that stores one of several pictures dropped into the page editor, and the blocks that accept them."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from wagtail.admin.telepath import JSContext
from wagtail.models import Collection

from events.blocks import Photos
from portal.content.blocks.bodies import StoryBody
from portal.content.blocks.pictures import GalleryBlock
from portal.editorial.roles import Role, media_collection
from portal.media.models import Image
from tests.builders import content_of, make_article, make_recap, newsroom_client, picture

pytestmark = pytest.mark.usefixtures("media")

WRITERS = [Role.EDITOR, Role.ORGANISER, Role.APPROVER, Role.SITE_ADMINISTRATOR]


def drop(ground, user, name: str = "vue.png", content: bytes | None = None, **facts):
    file = SimpleUploadedFile(name, picture(60, 40) if content is None else content, content_type="image/png")
    headers = {"x-requested-with": "XMLHttpRequest"}
    client = newsroom_client(ground, user)
    return client.post(reverse("store_picture"), {"file": file, **facts}, headers=headers)


@pytest.mark.parametrize("role", WRITERS)
def test_writer_adds_a_picture_to_the_collection_of_the_site(lorraine, newsroom, role):
    page = make_recap(lorraine.calendar, "Retour")

    response = drop(lorraine, newsroom[role], page=page.pk)

    image = Image.objects.get(title="vue")
    shown = response.json()["picture"]
    assert (shown["id"], shown["title"], shown["default_alt_text"]) == (image.pk, "vue", "")
    assert content_of(newsroom_client(lorraine, newsroom[role]).get(shown["preview"]["url"]))
    assert (image.collection, image.uploaded_by_user) == (media_collection(lorraine.site), newsroom[role])


def test_picture_is_stored_in_the_users_site_whatever_page_is_named(lorraine, saar, newsroom):
    foreign = make_article(saar.section)

    for page in (foreign.pk, "x", "9" * 40, ""):
        assert drop(lorraine, newsroom[Role.EDITOR], page=page).status_code == 200

    assert {image.collection for image in Image.objects.filter(title="vue")} == {media_collection(lorraine.site)}


def test_picture_of_a_site_with_folders_is_stored_at_the_top(lorraine, newsroom):
    media_collection(lorraine.site).add_child(instance=Collection(name="A"))

    drop(lorraine, newsroom[Role.EDITOR], page=make_article(lorraine.section).pk)

    assert Image.objects.get(title="vue").collection == media_collection(lorraine.site)


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("casse.png", b"not a picture", "supported image format"),
        ("coupe.png", picture(300, 200)[:400], "valid image"),
        ("texte.pdf", b"%PDF-1.4", "supported image format"),
        ("vide.png", b"", "empty"),
    ],
)
def test_bad_file_is_refused_with_its_reason(lorraine, newsroom, name, content, reason):
    response = drop(lorraine, newsroom[Role.EDITOR], name, content)

    assert response.status_code == 422
    assert reason in response.json()["error"]
    assert not Image.objects.filter(title=name[:-4]).exists()


def test_request_without_a_file_is_refused(lorraine, newsroom):
    response = newsroom_client(lorraine, newsroom[Role.EDITOR]).post(reverse("store_picture"), {})

    assert response.status_code == 422


def test_people_without_permission_cannot_add_pictures(lorraine, newsroom):
    stranger = newsroom[Role.EDITOR]
    stranger.groups.clear()

    assert drop(lorraine, stranger).status_code == 403
    assert lorraine.reader().post(reverse("store_picture"), {}).status_code == 302
    assert not Image.objects.filter(title="vue").exists()


def test_address_accepts_post_only(lorraine, newsroom):
    assert newsroom_client(lorraine, newsroom[Role.EDITOR]).get(reverse("store_picture")).status_code == 405


@pytest.mark.parametrize(
    ("block", "child", "has_gallery"),
    [
        (StoryBody(), "figure", True),
        (Photos(), "photo", False),
        (GalleryBlock(), None, False),
    ],
)
def test_block_has_a_drop_area(lorraine, block, child, has_gallery):
    block.set_name("body")
    context = JSContext()

    packed = context.pack(block)

    settings = packed["_args"][-1]["pictures"]
    assert (settings["child"], settings["hasGallery"]) == (child, has_gallery)
    assert "editorial/drop-pictures.js" in str(context.media)
