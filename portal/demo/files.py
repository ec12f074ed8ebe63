"""Stores the demo's pictures and generates its documents."""

import math
import wave
from io import BytesIO
from random import Random
from typing import Any, cast

from django.core.files import File
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import FileField
from PIL import Image as Canvas, ImageDraw, ImageFont
from wagtail.models import Collection

from portal.demo.reading import CONTENT, focal_points, picture_file
from portal.media.models import Document, Image

A4 = (1240, 1754)
RATE = 8000
SECONDS_EACH = 6
# Clicks per second and their loudness, for each bearing.
BEARINGS = ((0, 0), (6, 45), (12, 95))
SILENT = 128


class DemoFiles:
    """The files of one site, each stored once; `site` is its key."""

    def __init__(self, site: str, collection: Collection, credit: str):
        self.site = site
        self.collection = collection
        self.credit = credit
        self._images: dict[str, Image] = {}
        self._documents: dict[str, Document] = {}

    def image(self, name: str, description: str) -> Image:
        if name not in self._images:
            x, y, width, height = focal_points(self.site)[name]
            self._images[name] = Image.objects.create(
                title=description[:200] or name,
                description=description[:255],
                collection=self.collection,
                credit=self.credit,
                focal_point_x=x,
                focal_point_y=y,
                focal_point_width=width,
                focal_point_height=height,
                **self._store(name),
            )
        return self._images[name]

    def _store(self, name: str) -> dict[str, Any]:
        """Store a picture; return the file with its size, so that Wagtail need not decode it."""
        field = cast(FileField, Image._meta.get_field("file"))
        with picture_file(self.site, name).open("rb") as file:
            with Canvas.open(file) as picture:
                width, height = picture.size
            file.seek(0)
            place = field.generate_filename(Image(), f"{self.site}-{name}")
            return {"file": field.storage.save(place, File(file)), "width": width, "height": height}

    def document(self, title: str, **facts: Any) -> Document:
        """A document of one page; a sound or captions if the title names such a file."""
        if title not in self._documents:
            stem, _dot, extension = title.rpartition(".")
            match extension:
                case "wav":
                    content = three_bearings()
                case "vtt":
                    content = (CONTENT / "captions" / title).read_bytes()
                case _:
                    stem, extension, content = title, "pdf", one_page(title, self.credit)
            name = f"{self.site}-{len(self._documents) + 1}.{extension}"
            self._documents[title] = Document.objects.create(
                title=stem,
                file=SimpleUploadedFile(name, content),
                collection=self.collection,
                **facts,
            )
        return self._documents[title]


def three_bearings() -> bytes:
    """The sound of three axle bearings, from a sound one to a worn one: a WAV file of eighteen seconds and 144 kB."""
    noise = Random(1951)  # noqa: S311 - a sound, not a secret
    samples = bytearray()
    for clicks, loudness in BEARINGS:
        for number in range(RATE * SECONDS_EACH):
            at = number / RATE
            turning = 7 + 4 * math.sin(math.tau * 1.5 * at)
            value = noise.uniform(-turning, turning)
            if clicks:
                since = at % (1 / clicks)
                value += loudness * math.exp(-since * 90) * math.sin(math.tau * 950 * since)
            samples.append(max(0, min(255, round(SILENT + value))))
    file = BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setparams((1, 1, RATE, 0, "NONE", ""))
        sound.writeframes(bytes(samples))
    return file.getvalue()


def one_page(title: str, publisher: str) -> bytes:
    sheet = Canvas.new("RGB", A4, "#fbfaf7")
    pen = ImageDraw.Draw(sheet)
    pen.rectangle((120, 140, A4[0] - 120, 152), fill="#333333")
    y = 220.0
    line = ""
    for word in [*title.split(), ""]:
        if not word or len(f"{line} {word}") > 34:
            pen.text((120, y), line.strip(), fill="#1b1b1b", font=ImageFont.load_default(52))
            y, line = y + 76, ""
        line = f"{line} {word}"
    pen.text((120, A4[1] - 160), publisher, fill="#666666", font=ImageFont.load_default(28))
    file = BytesIO()
    sheet.save(file, "PDF", resolution=150)
    return file.getvalue()
