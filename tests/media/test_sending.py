"""Files in a folder are sent by the portal, or by the proxy, which gets their path."""

import ast

import pytest
from django.core.files.base import ContentFile

from portal.editorial.roles import media_collection
from portal.env import BASE_DIR
from portal.media.picture import sources
from tests.builders import content_of, make_article, make_document, make_image

pytestmark = pytest.mark.django_db
PACKAGES = ("portal", "home", "articles", "events", "search")
# These settings distinguish a folder from an object storage.
WHO_MAY = {"portal/content/serving/styles.py", "portal/media/sending.py"}


@pytest.fixture
def document(lorraine):
    document = make_document("Plan", "plan.pdf")
    make_article(lorraine.section, body=[{"type": "download", "value": {"document": document.pk, "title": ""}}])
    return document


def test_proxy_gets_the_address_of_a_document(reader, document, settings):
    settings.SENDFILE_HEADER = "X-Accel-Redirect"
    response = reader.get(document.url)

    assert response.content == b""
    assert response["X-Accel-Redirect"] == "/-/files/documents/plan.pdf"
    assert response["Content-Type"] == "application/pdf"
    assert "default-src 'none'" in response["Content-Security-Policy"]


def test_proxy_gets_the_path_of_a_picture(lorraine, reader, settings, tmp_path):
    settings.SENDFILE_HEADER = "X-Sendfile"
    image = make_image(collection=media_collection(lorraine.site))
    make_article(lorraine.section, lead_image=image)

    path = reader.get(sources(image, "text").src)["X-Sendfile"]

    assert path == str(tmp_path / image.renditions.get().file.name)


def test_proxy_gets_no_file_that_is_not_public(reader, settings):
    settings.SENDFILE_HEADER = "X-Accel-Redirect"
    response = reader.get(make_document("Entwurf").url)

    assert response.status_code == 404
    assert "X-Accel-Redirect" not in response


def test_proxy_gets_no_path_of_a_missing_file(reader, document, settings):
    settings.SENDFILE_HEADER = "X-Accel-Redirect"
    document.file.storage.delete(document.file.name)

    assert reader.get(document.url).status_code == 404


def test_portal_itself_sends_files_with_ambiguous_names(reader, document, settings):
    settings.SENDFILE_HEADER = "X-Accel-Redirect"
    document.file.save("été.pdf", ContentFile(b"%PDF-1.4 summer"))

    assert content_of(reader.get(document.url)) == b"%PDF-1.4 summer"


def test_uploaded_files_are_only_read_through_their_storage():
    """Code that uses MEDIA_ROOT, or the `path` of a file or storage, would only work with a folder."""
    found = set()
    for path in [path for package in PACKAGES for path in (BASE_DIR / package).rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and (
                node.attr == "MEDIA_ROOT"
                or (
                    node.attr == "path"
                    and ast.unparse(node.value).rpartition(".")[2] in ("file", "storage", "rendition")
                )
            ):
                found.add(str(path.relative_to(BASE_DIR)))

    assert found == WHO_MAY
