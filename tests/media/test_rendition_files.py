"""Only renditions are served by their file name; originals, documents and other files in the media folder are not."""

import pytest
from django.conf import settings as django_settings

from tests.builders import content_of, make_document, make_image


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def test_rendition_is_served(reader):
    rendition = make_image().get_rendition("width-100")

    response = reader.get(rendition.url)

    assert response.status_code == 200
    assert response["Content-Type"] == "image/png"
    assert "public" in response["Cache-Control"]
    assert content_of(response).startswith(b"\x89PNG")


def test_original_is_not_served(reader):
    image = make_image()

    assert (django_settings.MEDIA_ROOT / image.file.name).exists()
    assert image.file.name.startswith("original_images/")
    assert reader.get(f"/media/{image.file.name}").status_code == 404


def test_document_is_not_served_by_its_file_name(reader):
    document = make_document()

    assert document.file.name.startswith("documents/")
    assert reader.get(f"/media/{document.file.name}").status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "images/../{name}",
        "images/../../media/{name}",
        "images/./../{name}",
        "images//../{name}",
        "images/%2e%2e/{name}",
        "images/..%2f{name}",
        "../{name}",
        "./{name}",
        "/{name}",
        "images/../../../../../../etc/passwd",
    ],
)
def test_path_traversal_is_not_found(reader, path):
    image = make_image()
    make_image("Autre").get_rendition("width-100")

    assert reader.get("/media/" + path.format(name=image.file.name)).status_code == 404


@pytest.mark.parametrize(
    "path", ["", "images", "images/", "images/missing.png", "images/%00", "images/" + "a" * 8000, "images/a/" * 500]
)
def test_other_files_are_not_found(reader, path):
    assert reader.get(f"/media/{path}").status_code == 404


def test_renditions_accept_only_get_and_head(reader):
    url = make_image().get_rendition("width-100").url

    assert reader.post(url).status_code == 405


def test_unchanged_rendition_gets_304(reader):
    url = make_image().get_rendition("width-100").url
    first = reader.get(url)
    content_of(first)
    modified = first["Last-Modified"]

    assert reader.get(url, headers={"if-modified-since": modified}).status_code == 304
