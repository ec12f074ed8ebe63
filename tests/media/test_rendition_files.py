"""Files can be fetched by name only in the newsroom of their site."""

import pytest

from portal.editorial.roles import media_collection
from tests.builders import content_of, make_document, make_image


@pytest.fixture
def image(lorraine):
    return make_image(collection=media_collection(lorraine.site))


def test_rendition_is_served_and_drawn_again_if_its_file_is_missing(editor, image):
    rendition = image.get_rendition("width-100")
    for _time in range(2):
        response = editor.get(rendition.url)

        assert response.status_code == 200
        assert response["Content-Type"] == "image/png"
        assert response["Cache-Control"] == "private, max-age=600"
        assert content_of(response).startswith(b"\x89PNG")
        rendition.file.storage.delete(rendition.file.name)
    assert editor.post(rendition.url).status_code == 405

    image.file.storage.delete(image.file.name)

    assert editor.get(rendition.url).status_code == 404


def test_document_is_a_download(lorraine, editor):
    document = make_document()
    document.collection = media_collection(lorraine.site)
    document.save()

    response = editor.get(document.file.url)

    assert content_of(response).startswith(b"%PDF")
    assert response["Content-Disposition"].startswith("attachment")


OTHER_PATHS = (
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
    "",
    "images",
    "images/",
    "images/missing.png",
    "images/%00",
    "images/" + "a" * 8000,
    "images/a/" * 500,
)


def test_path_traversal_and_other_files_are_not_found(editor, image):
    make_image("Autre").get_rendition("width-100")

    found = {path: editor.get("/admin/files/" + path.format(name=image.file.name)).status_code for path in OTHER_PATHS}
    assert found == dict.fromkeys(OTHER_PATHS, 404)
