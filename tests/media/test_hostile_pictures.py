"""A picture that unpacks to more than is allowed is refused before it takes memory."""

import struct
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from portal.media.forms import WholeImageField

# Above rest, in MB.
MOST_MEMORY = 100


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


HOSTILE: dict[str, tuple[str, Callable[[], bytes]]] = {
    "size of a PNG": ("image.png", lambda: png(60_000, 60_000)),
    "length of a PNG": ("image.png", lambda: png(1, 2**31 - 1)),
    "text of a PNG": ("image.png", lambda: png(1, 1, text_bomb(b"zTXt"))),
    "words of a PNG": ("image.png", lambda: png(1, 1, text_bomb(b"iTXt"))),
    "colours of a PNG": ("image.png", lambda: png(1, 1, colours_bomb())),
    "size of a GIF": ("image.gif", lambda: gif(65_535, 65_535)),
}


def megabytes(name: str) -> float:
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith(name))
    return int(line.split()[1]) / 1024


@pytest.mark.parametrize("name", HOSTILE)
def test_picture_takes_little_memory(name):
    file, make = HOSTILE[name]
    upload = SimpleUploadedFile(file, make(), "image/png")
    # The highest amount is counted anew from here.
    Path("/proc/self/clear_refs").write_text("5")
    at_rest = megabytes("VmRSS")

    try:
        WholeImageField().clean(upload)
    except ValidationError:
        is_refused = True
    else:
        is_refused = False

    assert megabytes("VmHWM") - at_rest < MOST_MEMORY
    assert is_refused or name.startswith(("text", "words", "colours"))
