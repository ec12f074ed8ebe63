"""The alternative text and credit proposed from a picture's file were written by a person, never by the camera."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import ExifTags, Image as Canvas

from portal.editorial.roles import Role
from portal.media.drawing import draw
from portal.media.models import Image
from tests.builders import make_recap, newsroom_client

LONG = "Le convoi de la presse " * 20


def segment(**fields: str) -> bytes:
    """An APP13 segment of a JPEG with IPTC fields in UTF-8."""
    numbers = {"title": 5, "caption": 120}
    texts = {numbers[name]: text.encode() for name, text in fields.items()}
    iptc = b"".join(bytes([0x1C, 2, number]) + len(text).to_bytes(2, "big") + text for number, text in texts.items())
    iptc += b"\0" * (len(iptc) % 2)
    content = b"Photoshop 3.0\0" + b"8BIM\x04\x04\0\0" + len(iptc).to_bytes(4, "big") + iptc
    return b"\xff\xed" + (len(content) + 2).to_bytes(2, "big") + content


def xmp(**fields: str) -> bytes:
    names = {
        "alt": "Iptc4xmpCore:AltTextAccessibility",
        "description": "dc:description",
        "title": "dc:title",
        "rights": "dc:rights",
    }
    texts = "".join(
        f'<{names[name]}><rdf:Alt><rdf:li xml:lang="x-default">{text}</rdf:li></rdf:Alt></{names[name]}>'
        for name, text in fields.items()
    )
    return (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' xmlns:Iptc4xmpCore="http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/">'
        f"{texts}</rdf:Description></rdf:RDF></x:xmpmeta>"
    ).encode()


def xmp_by(*people: str, agency: str = "") -> bytes:
    """XMP as photo programs write it: the creators as a list, the agency as an attribute."""
    creators = "".join(f"<rdf:li>{name}</rdf:li>" for name in people)
    return (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/"'
        f' xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" photoshop:Credit="{agency}">'
        f"<dc:creator><rdf:Seq>{creators}</rdf:Seq></dc:creator></rdf:Description></rdf:RDF></x:xmpmeta>"
    ).encode()


def photo(kind: str = "JPEG", *, exif: str = "", **options) -> bytes:
    tags = Canvas.Exif()
    if exif:
        tags[ExifTags.Base.ImageDescription] = exif.encode()
    file = BytesIO()
    Canvas.new("RGB", (60, 40), (80, 20, 20)).save(file, kind, exif=tags.tobytes(), **options)
    return file.getvalue()


def proposed(content: bytes) -> str:
    facts, _content = draw(BytesIO(content), 1000, 10**6, 10**6, 10**6)
    return facts["description"]


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (photo(exif="La grue lève la presse"), "La grue lève la presse"),
        (photo(extra=segment(caption="Une coulée, la nuit")), "Une coulée, la nuit"),
        (photo(extra=segment(title="La halle vide")), "La halle vide"),
        (photo(xmp=xmp(title="La halle vide", description="Une halle, le matin")), "Une halle, le matin"),
        (photo(xmp=xmp(description="Légende", alt="Deux fondeurs")), "Deux fondeurs"),
        (photo("WEBP", xmp=xmp(description="Une halle, le matin")), "Une halle, le matin"),
        (photo("HEIF", xmp=xmp(description="Une halle, le matin")), "Une halle, le matin"),
        (photo(exif="Une grue", xmp=b"<broken"), "Une grue"),
        (photo(exif="Une grue", xmp=b"<x/>"), "Une grue"),
        (photo(), ""),
    ],
)
def test_words_of_a_person_are_found(content, text):
    assert proposed(content) == text


@pytest.mark.parametrize(
    ("content", "credit"),
    [
        (photo(xmp=xmp_by("Ada Humbert")), "Ada Humbert"),
        (photo(xmp=xmp_by("Ada Humbert", "Ruth Weber", agency="Agence Épi")), "Ada Humbert, Ruth Weber / Agence Épi"),
        (photo("WEBP", xmp=xmp_by(agency="Agence Épi")), "Agence Épi"),
        (photo(xmp=xmp(rights="© Agence du bassin")), "© Agence du bassin"),
        (photo(xmp=b"<broken"), ""),
    ],
)
def test_photographer_named_in_xmp_is_the_credit(content, credit):
    facts, _content = draw(BytesIO(content), 1000, 10**6, 10**6, 10**6)

    assert facts["credit"] == credit


@pytest.mark.parametrize(
    "written",
    [
        *("SONY DSC", "OLYMPUS DIGITAL CAMERA", "Samsung Digital Camera", "dav", "IMG_0042", "IMG 0042.jpg"),
        *(
            r"DCIM\100GOPRO\GOPR0001.JPG",
            "Pont de Metz.HEIC",
            "Created with GIMP",
            "Processed with VSCO with c1 preset",
        ),
        *("Screenshot", "Untitled design", "20261130 171503", " "),
    ],
)
def test_words_of_a_camera_are_not_proposed(written):
    assert proposed(photo(exif=written)) == ""


def test_long_texts_are_cut_at_a_word():
    text = proposed(photo(exif=LONG))

    assert len(text) <= 255
    assert text.endswith((" presse…", " la…", " de…", " convoi…", " Le…"))


def test_broken_xmp_that_is_deeply_nested_does_not_refuse_the_picture():
    deep = b"<a>" * 5000 + b"</a>" * 5000

    assert proposed(photo(exif="Une grue", xmp=deep)) == "Une grue"


@pytest.mark.usefixtures("media")
def test_words_in_the_file_are_proposed_for_a_dropped_picture(lorraine, newsroom):
    file = SimpleUploadedFile("IMG_0042.jpg", photo(exif="La grue lève la presse"), content_type="image/jpeg")
    page = make_recap(lorraine.calendar, "Retour")

    response = newsroom_client(lorraine, newsroom[Role.ORGANISER]).post(
        reverse("store_picture"), {"file": file, "page": page.pk}
    )

    assert response.json()["picture"]["default_alt_text"] == "La grue lève la presse"
    image = Image.objects.get(description="La grue lève la presse")
    with image.open_file() as stored:
        assert b"La grue" not in stored.read()
