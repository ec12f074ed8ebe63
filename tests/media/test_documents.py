"""A document is served by a view that checks access."""

import os
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages

from portal import connections
from portal.media.models import Document
from portal.platform.operation.changes import content_version
from tests.builders import content_of, make_article, make_document


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


@pytest.mark.parametrize("is_measured", [True, False])
def test_download_shows_type_and_size_whoever_reads_it(lorraine, reader, is_measured):
    document = make_document("Le guide", content=b"%PDF-1.4" + b"x" * 3000)
    if not is_measured:
        Document.objects.filter(pk=document.pk).update(file_size=None)
    body = [{"type": "download", "value": {"document": document.pk, "title": ""}}]
    article = make_article(lorraine.section, "Avec un guide", body=body)
    before = content_version()

    page = reader.get(lorraine.address(article)).content.decode()

    for words in ("Le guide", document.url, "PDF", "2,9"):
        assert words in page
    assert content_version() == before


def test_uploaded_file_is_readable_by_owner_and_group_only(tmp_path, default_umask):
    document = make_document()

    path = Path(document.file.path)
    assert path.stat().st_mode & 0o777 == 0o640
    assert [folder.stat().st_mode & 0o777 for folder in path.parents if tmp_path in folder.parents] == [0o750]


def test_static_files_are_world_readable(tmp_path, default_umask):
    static = storages.create_storage(connections.storages({}, hashed=False)["staticfiles"])
    static.base_location = static.location = str(tmp_path)

    static.save("css/site.css", ContentFile(b"a{}"))

    assert (tmp_path / "css/site.css").stat().st_mode & 0o777 == 0o644
    assert (tmp_path / "css").stat().st_mode & 0o777 == 0o755
