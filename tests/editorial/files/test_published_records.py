"""Only people who may publish change files and venues on public or waiting pages."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from events.models import Venue
from portal.editorial.roles import Role, media_collection
from portal.media.models import Document, Image
from tests.builders import (
    make_article,
    make_document,
    make_draft,
    make_event,
    make_image,
    make_person,
    make_private,
    newsroom_client,
    picture,
)
from tests.editorial.drafts import answer, draft, submit
from tests.events.forms import venue_form

pytestmark = pytest.mark.usefixtures("media")

WRITERS = [Role.EDITOR, Role.ORGANISER]
PUBLISHERS = [Role.APPROVER, Role.SITE_ADMINISTRATOR]


@pytest.fixture
def image(lorraine, newsroom):
    """Uploaded by the organiser, who may therefore change it."""
    collection = media_collection(lorraine.site)
    return make_image("Four", collection=collection, uploaded_by_user=newsroom[Role.ORGANISER])


def replace(ground, user, image) -> bool:
    """Try to replace the file of a picture; return whether it was replaced."""
    before = Image.objects.get(pk=image.pk).file_hash
    content = SimpleUploadedFile("autre.png", picture(300, 200), content_type="image/png")
    data = {"title": "Autre", "file": content, "collection": image.collection_id, "focal_point_x": ""}
    path = reverse("wagtailimages:edit", args=[image.pk])
    assert newsroom_client(ground, user).post(path, data).status_code < 500
    return Image.objects.get(pk=image.pk).file_hash != before


@pytest.mark.parametrize("role", WRITERS)
def test_picture_of_a_public_page_is_replaced_by_publishers_only(lorraine, newsroom, image, role):
    make_article(lorraine.section, lead_image=image)

    assert not replace(lorraine, newsroom[role], image)


@pytest.mark.parametrize("role", PUBLISHERS)
def test_publisher_replaces_a_picture_of_a_public_page(lorraine, newsroom, image, role):
    make_article(lorraine.section, lead_image=image)

    assert replace(lorraine, newsroom[role], image)


@pytest.mark.parametrize("role", WRITERS)
@pytest.mark.parametrize("use", ["none", "draft"])
def test_unpublished_picture_may_be_replaced(lorraine, newsroom, image, role, use):
    if use != "none":
        make_draft(make_article(lorraine.section, lead_image=image))

    assert replace(lorraine, newsroom[role], image)


@pytest.mark.parametrize("role", WRITERS)
def test_writer_does_not_replace_a_picture_of_a_private_page(lorraine, newsroom, image, role):
    make_private(make_article(lorraine.section, lead_image=image))

    assert not replace(lorraine, newsroom[role], image)


def test_uploader_cannot_delete_a_picture_of_a_public_page(lorraine, newsroom, image):
    make_article(lorraine.section, lead_image=image)
    client = newsroom_client(lorraine, newsroom[Role.ORGANISER])

    client.post(reverse("wagtailimages:delete", args=[image.pk]))
    client.post(f"{reverse('wagtail_bulk_action', args=['media', 'image', 'delete'])}?id={image.pk}")

    assert Image.objects.filter(pk=image.pk).exists()


@pytest.mark.parametrize(("role", "done"), [(Role.EDITOR, False), (Role.APPROVER, True)])
def test_document_of_a_public_page(lorraine, newsroom, role, done):
    document = make_document()
    Document.objects.filter(pk=document.pk).update(collection=media_collection(lorraine.site))
    link = f'<p><a linktype="document" id="{document.pk}">Le plan</a></p>'
    make_article(lorraine.section, body=[{"type": "paragraph", "value": link}])
    content = SimpleUploadedFile("autre.pdf", b"%PDF-1.4 autre", content_type="application/pdf")
    data = {"title": "Autre", "file": content, "collection": media_collection(lorraine.site).pk}

    newsroom_client(lorraine, newsroom[role]).post(reverse("wagtaildocs:edit", args=[document.pk]), data)

    assert (Document.objects.get(pk=document.pk).title == "Autre") == done


@pytest.mark.parametrize(("role", "done"), [(Role.EDITOR, False), (Role.APPROVER, True)])
def test_venue_of_a_public_event(lorraine, newsroom, role, done):
    venue = Venue.objects.create(name="Halle", collection=media_collection(lorraine.site))
    make_event(lorraine.calendar, venue=venue)
    form = venue_form("Autre", venue.collection_id)

    newsroom_client(lorraine, newsroom[role]).post(reverse("venues:edit", args=[venue.pk]), form)

    assert (Venue.objects.get(pk=venue.pk).name == "Autre") == done


@pytest.mark.parametrize("state", ["in review", "scheduled"])
def test_records_of_a_waiting_page_are_changed_by_publishers_only(lorraine, saar, newsrooms, image, state):
    collection = media_collection(lorraine.site)
    face, other = make_image("Visage", collection=collection), make_image("Autre", collection=collection)
    author = make_person("Claire Humbert", site=lorraine.site, picture=face)
    own = newsrooms.lorraine
    hour = timezone.now() + timedelta(days=2) if state == "scheduled" else None
    page = draft(lorraine, own[Role.EDITOR], lead_image=image, authors=[author], go_live_at=hour)
    step = submit(page, own[Role.EDITOR])
    submit(draft(saar, newsrooms.saar[Role.EDITOR]), newsrooms.saar[Role.EDITOR])
    if state == "scheduled":
        answer(step, own[Role.APPROVER])

    assert not replace(lorraine, own[Role.EDITOR], image)
    assert not replace(lorraine, own[Role.EDITOR], face)
    edit = newsroom_client(lorraine, own[Role.EDITOR]).get(reverse("wagtailimages:edit", args=[image.pk]), follow=True)
    assert "must be published as its reviewer saw it" in edit.content.decode()
    assert replace(lorraine, own[Role.EDITOR], other)
    assert replace(lorraine, own[Role.APPROVER], image)


def test_record_may_be_changed_again_after_a_rejection(lorraine, newsroom, image):
    step = submit(draft(lorraine, newsroom[Role.EDITOR], lead_image=image), newsroom[Role.EDITOR])
    assert not replace(lorraine, newsroom[Role.EDITOR], image)

    answer(step, newsroom[Role.APPROVER], "reject")

    assert replace(lorraine, newsroom[Role.EDITOR], image)
