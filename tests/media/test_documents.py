"""A document is served by a view that checks access."""

import os
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from wagtail.models import Collection, CollectionViewRestriction

from portal import connections
from portal.media.models import Document
from portal.platform.operation.changes import content_version
from tests.builders import content_of, make_article, make_document


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def default_umask():
    before = os.umask(0o022)
    yield
    os.umask(before)


def test_document_is_downloaded_as_a_file(lorraine, reader):
    document = make_document()
    make_article(lorraine.section, body=[{"type": "download", "value": {"document": document.pk, "title": ""}}])

    response = reader.get(document.url)

    assert response.status_code == 200
    assert content_of(response).startswith(b"%PDF")
    assert response["Content-Type"] == "application/pdf"
    assert "default-src 'none'" in response["Content-Security-Policy"]


def test_document_of_a_private_collection_requires_its_password(reader):
    private = Collection.get_first_root_node().add_child(instance=Collection(name="Comité"))
    CollectionViewRestriction.objects.create(collection=private, restriction_type="password", password="sésame")
    document = make_document()
    document.collection = private
    document.save()

    response = reader.get(document.url)

    assert response.status_code == 200
    assert 'type="password"' in response.content.decode()


def test_download_in_a_text_says_type_and_size(lorraine, reader):
    document = make_document("Le guide", content=b"%PDF-1.4" + b"x" * 3000)
    body = [{"type": "download", "value": {"document": document.pk, "title": ""}}]
    article = make_article(lorraine.section, "Avec un guide", body=body)

    page = reader.get(lorraine.address(article)).content.decode()

    assert "Le guide" in page
    assert document.url in page
    assert "PDF" in page
    assert "2,9" in page


@pytest.mark.parametrize(
    "path", ["/documents/999999/x.pdf", "/documents/999999999999999999999999/x.pdf", "/documents/"]
)
def test_missing_document_is_not_found(reader, path):
    assert reader.get(path).status_code == 404


def test_first_reader_of_a_download_changes_nothing(lorraine, reader):
    document = make_document(content=b"%PDF-1.4" + b"x" * 3000)
    article = make_article(
        lorraine.section, body=[{"type": "download", "value": {"document": document.pk, "title": ""}}]
    )
    before = content_version()

    assert "2,9" in reader.get(lorraine.address(article)).text
    assert content_version() == before


def test_document_that_was_never_measured_is_shown_with_its_size_and_changes_nothing(lorraine, reader):
    document = make_document(content=b"%PDF-1.4" + b"x" * 3000)
    Document.objects.filter(pk=document.pk).update(file_size=None)
    article = make_article(
        lorraine.section, body=[{"type": "download", "value": {"document": document.pk, "title": ""}}]
    )
    before = content_version()
    text = reader.get(lorraine.address(article)).text

    assert "2,9" in text
    assert content_version() == before


def test_uploaded_file_is_read_by_the_account_of_the_portal_and_its_group_alone(tmp_path, default_umask):
    document = make_document()

    path = Path(document.file.path)
    assert path.stat().st_mode & 0o777 == 0o640
    assert [folder.stat().st_mode & 0o777 for folder in path.parents if tmp_path in folder.parents] == [0o750]


def test_static_files_are_read_by_everybody(tmp_path, default_umask):
    static = storages.create_storage(connections.storages({}, hashed=False)["staticfiles"])
    static.base_location = static.location = str(tmp_path)

    static.save("css/site.css", ContentFile(b"a{}"))

    assert (tmp_path / "css/site.css").stat().st_mode & 0o777 == 0o644
    assert (tmp_path / "css").stat().st_mode & 0o777 == 0o755
