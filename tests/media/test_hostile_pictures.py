"""A picture that decodes to more than the limit is refused before it uses memory."""

import struct
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import TemporaryUploadedFile
from PIL import Image
from wagtail.images.models import Filter

from portal.media.forms import RedrawnImageField
from portal.media.models import Image as ImageModel

# In MB, in addition to an idle process.
MAX_MEMORY = 100


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, *more: bytes) -> bytes:
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    row = zlib.compress(b"\0" + b"\0" * 3 * min(width, 100), 9)
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(more) + chunk(b"IDAT", row) + chunk(b"IEND", b"")


def text_bomb(kind: bytes) -> bytes:
    packed = zlib.compress(b"x" * (300 * 1024 * 1024), 9)
    head = b"Comment\0\0" if kind == b"zTXt" else b"Comment\0\1\0\0\0"
    return chunk(kind, head + packed)


def colours_bomb() -> bytes:
    return chunk(b"iCCP", b"profile\0\0" + zlib.compress(b"\0" * (300 * 1024 * 1024), 9))


def gif(width: int, height: int) -> bytes:
    out = BytesIO()
    Image.new("P", (1, 1)).save(out, "GIF")
    return out.getvalue()[:6] + struct.pack("<HH", width, height) + out.getvalue()[10:]


def drawn(kind: str, size: tuple[int, int], mode: str = "RGB", **options) -> bytes:
    out = BytesIO()
    Image.new(mode, size, "teal").save(out, kind, **options)
    return out.getvalue()


def animation() -> bytes:
    frames = [Image.new("P", (1500, 1000), number) for number in range(8)]
    out = BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:])
    return out.getvalue()


# The formats of cameras and phones: their name, and a function that creates one.
LARGE = (6000, 4000)
TAKEN: dict[str, tuple[str, Callable[[], bytes]]] = {
    "JPEG": ("image.jpg", lambda: drawn("JPEG", LARGE)),
    "JPEG in steps": ("image.jpg", lambda: drawn("JPEG", LARGE, progressive=True)),
    "PNG": ("image.png", lambda: drawn("PNG", LARGE, compress_level=1)),
    "WebP": ("image.webp", lambda: drawn("WEBP", LARGE, method=0)),
    "AVIF": ("image.avif", lambda: drawn("AVIF", LARGE, speed=10)),
    "HEIC": ("image.heic", lambda: drawn("HEIF", LARGE, enc_params={"preset": "ultrafast"})),
    "animation": ("image.gif", animation),
    "panorama": ("image.jpg", lambda: drawn("JPEG", (16_000, 1_500))),
}
HOSTILE: dict[str, tuple[str, Callable[[], bytes]]] = {
    "size of a PNG": ("image.png", lambda: png(60_000, 60_000)),
    "length of a PNG": ("image.png", lambda: png(1, 2**31 - 1)),
    "text of a PNG": ("image.png", lambda: png(1, 1, text_bomb(b"zTXt"))),
    "words of a PNG": ("image.png", lambda: png(1, 1, text_bomb(b"iTXt"))),
    "colours of a PNG": ("image.png", lambda: png(1, 1, colours_bomb())),
    "PNG that is called a JPEG": ("image.jpg", lambda: png(60_000, 60_000)),
    "strip": ("image.png", lambda: png(1_000_000, 1)),
    "size of a GIF": ("image.gif", lambda: gif(65_535, 65_535)),
}


def megabytes(name: str) -> float:
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith(name))
    return int(line.split()[1]) / 1024


def memory_of(work: Callable[[], object]) -> tuple[bool, float]:
    """Whether the file was accepted, and the process's peak memory in MB above its idle state."""
    # Resets the peak memory of the process.
    Path("/proc/self/clear_refs").write_text("5")
    at_rest = megabytes("VmRSS")
    try:
        work()
    except ValidationError:
        return False, megabytes("VmHWM") - at_rest
    return True, megabytes("VmHWM") - at_rest


def clean(name: str, content: bytes) -> object:
    with TemporaryUploadedFile(name, "image/png", len(content), None) as upload:
        upload.write(content)
        return RedrawnImageField().clean(upload)


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_picture_takes_little_memory(name):
    file, make = HOSTILE[name]
    content = make()

    is_taken, memory = memory_of(lambda: clean(file, content))

    assert memory < MAX_MEMORY
    assert not is_taken or name.startswith(("text", "words", "colours"))


@pytest.mark.parametrize("name", TAKEN)
def test_large_photo_is_accepted_with_little_memory(name):
    file, make = TAKEN[name]
    content = make()

    is_taken, memory = memory_of(lambda: clean(file, content))

    assert is_taken
    assert memory < MAX_MEMORY


@pytest.mark.parametrize("spec", ["original", "max-165x165", "width-1600|format-avif|avifquality-58"])
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_renditions_of_the_largest_picture_take_little_memory(kind, spec):
    side = settings.PICTURE_LONGEST_SIDE
    content = drawn(kind, (side, side), "RGB" if kind == "JPEG" else "RGBA")
    image = ImageModel(title="Photo", width=side, height=side, collection_id=1, file=f"image.{kind.lower()}", pk=1)

    _is_done, memory = memory_of(lambda: image.generate_rendition_file(Filter(spec), source=BytesIO(content)))

    assert memory < MAX_MEMORY


def test_picture_that_decodes_too_slowly_is_refused(monkeypatch):
    monkeypatch.setattr("portal.media.uploads.DEADLINE", 0.01)

    assert not memory_of(lambda: clean("image.png", drawn("PNG", (10, 10))))[0]
