"""Recordings, captions and blocks with them, for tests."""

import wave
from io import BytesIO
from typing import Any

from django.core.files.base import ContentFile

from portal.media.models import Document
from tests.builders import SampleSite, make_article, make_document

CAPTIONS = "WEBVTT\n\n00:00.000 --> 00:02.500\nUn souffle régulier.\n\n00:02.500 --> 00:05.000\nUn claquement.\n"
# The first frame of a silent MP3, which is enough to recognise one.
MP3 = b"\xff\xfb\x90\x00" + bytes(413)


def sound(seconds: int = 6) -> bytes:
    file = BytesIO()
    with wave.open(file, "wb") as out:
        out.setparams((1, 1, 8000, 0, "NONE", ""))
        out.writeframes(b"\x80" * (8000 * seconds))
    return file.getvalue()


def make_recording(title: str = "Trois essieux", name: str = "essieux.wav", seconds: int = 6) -> Document:
    return make_document(title, name, sound(seconds))


def make_film(title: str = "La voie d’écoute", name: str = "voie.webm") -> Document:
    return make_document(title, name, b"\x1a\x45\xdf\xa3\x93\x42\x82\x88matroska webm")


def make_captions(content: str = CAPTIONS, name: str = "essieux.vtt") -> Document:
    return make_document("Sous-titres", name, content.encode())


def put_in_collection(document: Document, collection: Any) -> Document:
    document.collection = collection
    document.save()
    return document


def recording_value(file: Document | None, **facts: Any) -> dict[str, Any]:
    empty = {"image": None, "duration": "", "captions": [], "chapters": [], "transcript": "<p>Un souffle.</p>"}
    return {"title": "Trois essieux à l’oreille", "file": file.pk if file else None, **empty, **facts}


def recording_block(file: Document | None, **facts: Any) -> dict[str, Any]:
    return {"type": "recording", "id": "e2f6e4ee-6c4b-4a63-8d1c-000000000001", "value": recording_value(file, **facts)}


def make_episode(ground: SampleSite, title: str = "Écouter trois essieux", **facts: Any) -> Any:
    """A story with a sound recording in its text; `facts` are those of the block."""
    file = facts.pop("file", None) or make_recording()
    return make_article(ground.section, title, body=[recording_block(file, **facts)])


def upload(content: bytes, name: str) -> ContentFile:
    return ContentFile(content, name=name)
