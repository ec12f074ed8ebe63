"""Editors upload audio, video and captions as documents; a file with another content is refused with a reason."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.forms import ModelForm
from django.utils.translation import override
from wagtail.documents.forms import get_document_form

from portal.media.models import Document
from portal.moving.converting.converted import Block, Converted, Media
from portal.moving.writing.streams import StreamWriter
from tests.builders import make_document
from tests.recordings.makers import CAPTIONS, MP3, make_recording, sound
from tests.recordings.test_files import BEGINNINGS, HOSTILE

pytestmark = pytest.mark.django_db


def form(name: str, content: bytes, instance: Document | None = None) -> ModelForm:
    uploaded = {"file": SimpleUploadedFile(name, content)}
    data = {"title": name, "collection": Document().collection_id or 1}
    return get_document_form(Document)(data, uploaded, instance=instance)


def errors(name: str, content: bytes) -> str:
    with override("en"):
        return " ".join(form(name, content).errors.get("file", []))


@pytest.mark.parametrize("extension", BEGINNINGS)
def test_recording_of_each_type_is_taken(extension):
    assert errors(f"a.{extension}", BEGINNINGS[extension]) == ""


@pytest.mark.parametrize("name", ["a.mp4", "a.mp3", "a.webm"])
@pytest.mark.parametrize("content", HOSTILE[:4])
def test_other_content_is_refused_with_its_name(name, content):
    assert "its content is something else" in errors(name, content)


def test_captions_are_taken():
    assert errors("a.vtt", CAPTIONS.encode()) == ""


def test_html_is_no_captions():
    assert "WEBVTT" in errors("a.vtt", b"<!doctype html><script>alert(1)</script>")


def test_picture_is_still_no_document():
    assert errors("a.svg", b"<svg/>") != ""


def test_document_is_not_looked_into():
    assert errors("a.pdf", b"%PDF-1.4 guide") == ""


def test_uploaded_recording_knows_its_length():
    upload = form("a.wav", sound(7))
    assert upload.is_valid(), upload.errors
    assert upload.save().seconds == 7


def test_replaced_recording_knows_its_new_length():
    document = make_recording(seconds=6)
    upload = form("b.wav", sound(9), instance=Document.objects.get(pk=document.pk))
    assert upload.is_valid(), upload.errors
    upload.save()
    assert Document.objects.get(pk=document.pk).seconds == 9


def test_film_without_a_length_is_stored():
    assert make_document("Film", "film.webm", BEGINNINGS["webm"]).seconds is None


class Files:
    """The files of an old site, of which one is stored as document 7."""

    def document(self, media: Media) -> int | None:
        return 7

    def name(self, media: Media) -> str:
        return media.address.rpartition("/")[2]

    def title(self, media: Media) -> str:
        return "La fête"


@pytest.mark.parametrize(
    ("address", "allowed", "kind"),
    [
        ("https://old.example/fete.mp3", {"recording"}, "recording"),
        ("https://old.example/fete.mp3", set(), "download"),
        ("https://old.example/fete.pdf", {"recording"}, "download"),
    ],
)
def test_imported_player_plays_where_the_text_allows_it(address, allowed, kind):
    converted = Converted(blocks=[Block("recording", {"document": Media(address), "title": ""})])
    (block,) = StreamWriter(Files(), allowed, is_live=False).stream(converted, None)  # type: ignore[arg-type]
    assert block["type"] == kind


def test_mp3_is_served_with_its_type():
    assert make_document("Son", "son.mp3", MP3).content_type == "audio/mpeg"
