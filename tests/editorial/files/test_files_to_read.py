"""A file that the user may not change is shown with the reason and its uses; a replaced document keeps its URL."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from portal.editorial.roles import Role, media_collection
from portal.media.models import Document
from tests.builders import (
    content_of,
    make_article,
    make_document,
    make_draft,
    make_image,
    make_private,
    newsroom_client,
)
from tests.checkers.refusals import is_refused

pytestmark = pytest.mark.usefixtures("media")

PUBLISHED = "Readers see this: a change would be public at once."
NOT_YOURS = "Somebody else uploaded this."


@pytest.fixture
def image(lorraine, newsroom):
    return make_image("Four", media_collection(lorraine.site), credit="A. Bertin", description="Un four")


@pytest.fixture
def document(lorraine):
    document = make_document("Le guide")
    document.collection = media_collection(lorraine.site)
    document.save()
    return document


def edit_address(file) -> str:
    return reverse("wagtaildocs:edit" if isinstance(file, Document) else "wagtailimages:edit", args=[file.pk])


def read(ground, user, file) -> str:
    response = newsroom_client(ground, user).get(edit_address(file))
    assert response.status_code == 200
    return response.content.decode()


def test_published_picture_is_shown_with_the_reason_and_its_uses(lorraine, newsroom, image):
    page = make_article(lorraine.section, "La fonderie", lead_image=image)

    html = read(lorraine, newsroom[Role.EDITOR], image)

    assert PUBLISHED in html
    assert "A. Bertin" in html
    assert "Un four" in html
    assert reverse("wagtailadmin_pages:edit", args=[page.pk]) in html
    assert 'type="file"' not in html


def test_published_document_is_shown_with_the_reason(lorraine, newsroom, document):
    make_article(lorraine.section, body=[{"type": "download", "value": {"document": document.pk, "title": ""}}])

    html = read(lorraine, newsroom[Role.EDITOR], document)

    assert PUBLISHED in html
    assert document.url in html


def test_organiser_sees_pictures_of_others_read_only(lorraine, newsroom, image):
    html = read(lorraine, newsroom[Role.ORGANISER], image)

    assert NOT_YOURS in html
    assert "Nowhere yet." in html


def test_use_on_a_hidden_page_is_not_named(lorraine, saar, newsroom, image):
    make_draft(make_article(lorraine.section, "Un brouillon secret", lead_image=image))
    make_private(make_article(saar.section, "Ein geheimes Stück", lead_image=image))
    make_article(saar.section, "Ein offenes Stück", lead_image=image)
    in_an_hour = timezone.now() + timedelta(hours=1)
    make_article(saar.section, "Ein künftiges Stück", lead_image=image, embargo_until=in_an_hour)

    html = read(lorraine, newsroom[Role.ORGANISER], image)

    assert "secret" not in html
    assert "geheimes" not in html
    assert "künftiges" not in html
    assert html.count("Something that you may not open") == 3
    assert "Ein offenes Stück" in html


@pytest.mark.parametrize("role", [Role.EDITOR, Role.ORGANISER])
def test_list_of_uses_opens_for_a_published_picture(lorraine, saar, newsrooms, image, role):
    make_article(lorraine.section, "La fonderie", lead_image=image)
    path = reverse("wagtailimages:image_usage", args=[image.pk])

    assert newsroom_client(lorraine, newsrooms.lorraine[role]).get(path).status_code == 200
    assert is_refused(newsroom_client(saar, newsrooms.saar[role]).get(path))


def replace(ground, user, document, name: str, content: bytes):
    file = SimpleUploadedFile(name, content, content_type="application/pdf")
    data = {"title": document.title, "file": file, "collection": document.collection_id}
    return newsroom_client(ground, user).post(edit_address(document), data)


def test_replaced_document_keeps_its_url(lorraine, newsroom, document):
    address = document.url
    client = newsroom_client(lorraine, newsroom[Role.EDITOR])

    replace(lorraine, newsroom[Role.EDITOR], document, "guide_v2_final.PDF", b"%PDF-1.4 second edition")

    document.refresh_from_db()
    assert document.url == address
    assert content_of(client.get(address)) == b"%PDF-1.4 second edition"
    assert document.file_size == len(b"%PDF-1.4 second edition")


def test_replaced_document_of_another_type_gets_a_new_url(lorraine, newsroom, document):
    address = document.url

    replace(lorraine, newsroom[Role.EDITOR], document, "guide.odt", b"PK text")

    document.refresh_from_db()
    assert document.url.endswith("guide.odt")
    assert lorraine.reader().get(address).status_code == 404
