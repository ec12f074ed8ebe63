"""A gated document cannot be fetched at its own URL, except by its editors."""

import pytest
from django.core.files.storage import default_storage
from django.urls import reverse

from portal.editorial.roles import Role, media_collection
from tests.builders import (
    content_of,
    make_article,
    make_document,
    make_sheet_page,
    newsroom_client,
    sheet_block,
)

SECRET = b"%PDF-1.4 the detailed sheet"


@pytest.fixture
def document(lorraine):
    document = make_document("Fiche", "fiche.pdf", SECRET)
    document.is_gated = True
    document.collection = media_collection(lorraine.site)
    document.save()
    return document


def test_gated_document_responds_like_an_unknown_one(reader, document):
    unknown = reader.get("/documents/999999/fiche.pdf")
    response = reader.get(document.url)

    assert (response.status_code, response.content) == (404, unknown.content)
    assert SECRET not in response.content
    assert not response.cookies


def test_guess_of_the_hash_reveals_nothing(reader, document):
    for tag in (document.get_file_hash(), "*"):
        for method in (reader.get, reader.head):
            response = method(document.url, headers={"If-None-Match": f'"{tag}"' if tag != "*" else tag})
            assert response.status_code == 404
            assert "ETag" not in response
    assert reader.get(document.url, headers={"Range": "bytes=0-10"}).status_code == 404
    assert reader.get(document.url, headers={"If-Modified-Since": "Tue, 24 Nov 2026 12:00:00 GMT"}).status_code == 404


def test_file_has_no_media_url(reader, document):
    assert default_storage.exists(document.file.name)
    for path in (
        f"/media/{document.file.name}",
        f"/media/images/../{document.file.name}",
        f"/media/images/%2e%2e/{document.file.name}",
        f"/media/{document.file_hash}",
        f"/media/images/{document.file_hash}",
        f"/documents/{document.pk}/",
        f"/documents/{document.pk}/{document.file_hash}",
        f"/documents/{document.pk}/fiche.PDF",
        f"/pictures/x/{document.pk}/width-400/",
        f"/static/{document.file.name}",
    ):
        assert reader.get(path).status_code == 404, path


@pytest.mark.parametrize("is_offered", [True, False])
def test_only_editors_of_its_site_can_open_it(lorraine, saar, document, is_offered, newsroom, newsrooms):
    own, other = newsroom, newsrooms.saar
    if is_offered:
        make_sheet_page(lorraine.home, sheet_block(document))

    response = newsroom_client(lorraine, own[Role.EDITOR]).get(document.url)
    assert content_of(response) == SECRET
    assert response["Vary"] == "Cookie"

    assert newsroom_client(lorraine, own[Role.ORGANISER]).get(document.url).status_code == 404
    for member in other.values():
        assert newsroom_client(saar, member).get(document.url).status_code == 404


def test_document_can_be_gated_in_the_newsroom(lorraine, document, newsroom):
    client = newsroom_client(lorraine, newsroom[Role.EDITOR])
    path = reverse("wagtaildocs:edit", args=[document.pk])
    assert "by mail only" in client.get(path).content.decode().lower()

    client.post(path, {"title": "Fiche", "collection": document.collection_id, "tags": ""})

    document.refresh_from_db()
    assert not document.is_gated
    make_article(lorraine.section, body=[{"type": "download", "value": {"document": document.pk, "title": ""}}])
    assert content_of(lorraine.reader().get(document.url)) == SECRET


def test_page_loses_its_download_when_the_document_becomes_gated(lorraine, reader, document):
    document.is_gated = False
    document.save()
    body = [{"type": "download", "value": {"document": document.pk, "title": "Le guide"}}]
    address = lorraine.address(make_article(lorraine.section, "Avec une fiche", body=body))
    assert "Le guide" in reader.get(address).content.decode()

    document.is_gated = True
    document.save()

    page = reader.get(address).content.decode()
    assert "Le guide" not in page
    assert document.url not in page
