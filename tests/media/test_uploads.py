"""Uploads are checked: a broken or disguised file is a form error."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from portal.editorial.roles import media_collection
from portal.media.models import Document, Image
from tests.builders import picture


def upload(client, ground, content: bytes, name: str = "atelier.png", kind: str = "image/png"):
    return client.post(
        reverse("wagtailimages:add"),
        {
            "title": "Atelier",
            "file": SimpleUploadedFile(name, content, content_type=kind),
            "collection": media_collection(ground.site).pk,
            "focal_point_x": "",
        },
    )


def test_editor_uploads_pictures_to_their_own_site_only(lorraine, saar, editor):
    upload(editor, saar, picture())
    assert not Image.objects.filter(title="Atelier", collection=media_collection(saar.site)).exists()

    response = upload(editor, lorraine, picture())

    assert response.status_code == 302
    assert Image.objects.filter(title="Atelier", collection=media_collection(lorraine.site)).exists()


@pytest.mark.parametrize("share", [0.001, 0.5, 0.9])
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "AVIF", "HEIF"])
def test_truncated_picture_is_a_form_error(lorraine, editor, kind, share):
    content = picture(900, 700, kind)

    response = upload(editor, lorraine, content[: max(1, int(len(content) * share))], f"atelier.{kind.lower()}")

    assert response.status_code == 200
    assert response.context["form"].errors["file"]
    assert not Image.objects.filter(title="Atelier").exists()


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"", "atelier.png"),
        (b"not a picture", "atelier.png"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "atelier.svg"),
        (b"<html><script>alert(1)</script></html>", "atelier.jpg"),
        (b"%PDF-1.4", "atelier.pdf"),
    ],
)
def test_other_file_is_a_form_error(lorraine, editor, content, name):
    response = upload(editor, lorraine, content, name)

    assert response.status_code == 200
    assert response.context["form"].errors["file"]
    assert not Image.objects.filter(title="Atelier").exists()


def test_document_that_a_browser_would_run_is_rejected(lorraine, editor):
    response = editor.post(
        reverse("wagtaildocs:add"),
        {
            "title": "Guide",
            "file": SimpleUploadedFile("guide.html", b"<script>alert(1)</script>", content_type="text/html"),
            "collection": media_collection(lorraine.site).pk,
        },
    )

    assert response.status_code == 200
    assert response.context["form"].errors["file"]
    assert not Document.objects.exists()
