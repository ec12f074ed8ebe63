"""Files are served by their names to the newsroom that works with them, and to nobody else."""

import pytest

from portal.editorial.roles import Role, media_collection
from tests.builders import content_of, make_document, make_image, newsroom_client


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def client(lorraine, newsroom):
    return newsroom_client(lorraine, newsroom[Role.EDITOR])


@pytest.fixture
def image(lorraine):
    return make_image(collection=media_collection(lorraine.site))


def test_rendition_is_served(client, image):
    response = client.get(image.get_rendition("width-100").url)

    assert response.status_code == 200
    assert response["Content-Type"] == "image/png"
    assert response["Cache-Control"] == "private, max-age=600"
    assert content_of(response).startswith(b"\x89PNG")


def test_thumbnail_whose_file_is_missing_is_made_anew(client, image):
    rendition = image.get_rendition("width-100")
    rendition.file.storage.delete(rendition.file.name)

    response = client.get(rendition.url)

    assert response.status_code == 200
    assert content_of(response).startswith(b"\x89PNG")


def test_thumbnail_of_a_missing_picture_is_not_found(client, image):
    rendition = image.get_rendition("width-100")
    for file in (rendition.file, image.file):
        file.storage.delete(file.name)

    assert client.get(rendition.url).status_code == 404


def test_document_is_a_download(lorraine, client):
    document = make_document()
    document.collection = media_collection(lorraine.site)
    document.save()

    response = client.get(document.file.url)

    assert content_of(response).startswith(b"%PDF")
    assert response["Content-Disposition"].startswith("attachment")


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
def test_path_traversal_is_not_found(client, image, path):
    make_image("Autre").get_rendition("width-100")

    assert client.get("/admin/files/" + path.format(name=image.file.name)).status_code == 404


@pytest.mark.parametrize(
    "path", ["", "images", "images/", "images/missing.png", "images/%00", "images/" + "a" * 8000, "images/a/" * 500]
)
def test_other_files_are_not_found(client, path):
    assert client.get(f"/admin/files/{path}").status_code == 404


def test_renditions_accept_only_get_and_head(client, image):
    assert client.post(image.get_rendition("width-100").url).status_code == 405
