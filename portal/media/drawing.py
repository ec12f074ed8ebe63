"""Draws a picture anew: upright, in a format for browsers, within limits, without traces.

Nothing that the file says beside its pixels and its colours is kept: not the place, the device or the hour, no preview,
no film behind the picture.

`python -m portal.media.drawing '{"longest_side": 2400, …}' < file` writes one line of JSON, which says what became of
it, and the picture. It knows nothing of Django, so that it starts fast; what a hostile file makes of a decoder ends
with this process.
"""

import json
import struct
import sys
from io import BytesIO
from math import ceil, sqrt
from typing import IO, Any

from PIL import ExifTags, Image, ImageCms, ImageOps, IptcImagePlugin, UnidentifiedImageError
from PIL.ImageFile import ImageFile

# Teaches Pillow the format.
from pillow_heif import HeifImagePlugin  # noqa: F401

from portal.bounded import limit_this_process

# What a decoder raises for a file that is broken, or that needs more memory than there is.
BROKEN = (
    OSError,
    EOFError,
    SyntaxError,
    ValueError,
    KeyError,
    TypeError,
    OverflowError,
    struct.error,
    MemoryError,
)
# The formats that are taken, by their content: the name of a file says nothing of it. MPO is opened as JPEG.
TAKEN = ("AVIF", "GIF", "HEIF", "JPEG", "PNG", "WEBP")
# Formats that are decoded smaller than they are.
DRAFTED = ("JPEG", "MPO")
# A decoder of this one holds four copies of a picture.
MOST_WEBP_PIXELS = 30_000_000
# What the process may take: bytes beyond what its programs are, and seconds of a processor.
MEMORY, SECONDS = 700 * 1024 * 1024, 30
# Formats that are kept as another: HEIF shows in few browsers, MPO is a JPEG with more behind it.
KEPT_AS = {"HEIF": "JPEG", "MPO": "JPEG"}
EXTENSIONS = {"AVIF": ".avif", "GIF": ".gif", "JPEG": ".jpg", "PNG": ".png", "WEBP": ".webp"}
OPTIONS: dict[str, dict[str, Any]] = {
    "AVIF": {"quality": 80, "speed": 10},
    "JPEG": {"quality": 90},
    "WEBP": {"quality": 90},
}
IPTC_AUTHOR, IPTC_CREDIT, IPTC_COPYRIGHT = (2, 80), (2, 110), (2, 116)
LONGEST_CREDIT = 255
MOST_ROUNDS = 5
# The shorter side of a panorama keeps so much of the longest side that others may have, while its area is no larger
# than a square of that side, and its longer side one that every format has.
PANORAMA_SHARE, MOST_OF_A_SIDE = 3 / 8, 16_000


class TooManyPixelsError(Exception):
    """The picture has more pixels than are decoded: how many, and the most."""

    def __init__(self, pixels: int, most: int):
        super().__init__(pixels, most)
        self.pixels, self.most = pixels, most


def draw(
    file: IO[bytes], longest_side: int, most_bytes: int, most_pixels: int, most_drafted: int
) -> tuple[dict[str, str], bytes]:
    """Draw the picture anew: what it is now (`extension`, `content_type`, `credit`), and its content.

    Of an animation the first picture is kept, which is all that pages show. Raises TooManyPixelsError,
    UnidentifiedImageError for a format that is not taken, and one of `BROKEN` for a picture that cannot be decoded as a
    whole. `most_drafted` is for formats that are decoded smaller than they are.
    """
    with Image.open(file, formats=TAKEN) as opened:
        own_format, size = opened.format or "", opened.size
        most = {"WEBP": min(most_pixels, MOST_WEBP_PIXELS), **dict.fromkeys(DRAFTED, most_drafted)}
        if size[0] * size[1] > most.get(own_format, most_pixels):
            raise TooManyPixelsError(size[0] * size[1], most.get(own_format, most_pixels))
        share = _share(size, longest_side)
        if own_format in DRAFTED:
            # A half, a quarter or an eighth of it, where that is enough, takes as much less memory.
            opened.draft(None, (ceil(size[0] * share), ceil(size[1] * share)))
        opened.load()
        credit = _credit(opened)
        picture, profile = displayable(opened)
        side = ceil(max(size) * share)
        picture.thumbnail((side, side), Image.Resampling.LANCZOS)
        picture = upright(picture)
        kept_as = KEPT_AS.get(own_format, own_format)
        if kept_as == "JPEG" and picture.mode not in ("L", "RGB"):
            kept_as = "WEBP"
        options = {**OPTIONS.get(kept_as, {}), "icc_profile": profile}
        if own_format == "JPEG" and picture is opened and picture.size == size:
            # With its own tables a JPEG loses nothing that can be seen.
            options["quality"] = "keep"
        kept_as, content = _within(most_bytes, picture, kept_as, options)
    return {"extension": EXTENSIONS[kept_as], "content_type": f"image/{kept_as.lower()}", "credit": credit}, content


def _share(size: tuple[int, int], longest_side: int) -> float:
    """How much of its width and its height a picture keeps."""
    longest, shortest = max(size), min(size)
    share = min(1, longest_side / longest)
    of_panorama = min(
        1,
        longest_side * PANORAMA_SHARE / shortest,
        longest_side / sqrt(longest * shortest),
        MOST_OF_A_SIDE / longest,
    )
    return max(share, of_panorama)


def _within(most_bytes: int, picture: Image.Image, kept_as: str, options: dict[str, Any]) -> tuple[str, bytes]:
    """The format and the content of a picture that is as large as its file may be."""
    content = _encoded(picture, kept_as, options)
    for _round in range(MOST_ROUNDS):
        if len(content) <= most_bytes:
            break
        if kept_as == "PNG":
            # It is a photo: its own format would take many rounds, and much of its sharpness.
            kept_as, options = "WEBP", {**OPTIONS["WEBP"], "icc_profile": options["icc_profile"]}
        else:
            share = max(0.5, min(0.9, sqrt(most_bytes / len(content))))
            picture = picture.resize((max(1, round(picture.width * share)), max(1, round(picture.height * share))))
            options = {**options, **OPTIONS.get(kept_as, {})}
        content = _encoded(picture, kept_as, options)
    return kept_as, content


def upright(picture: Image.Image) -> Image.Image:
    """The picture turned as its file says; the same object where nothing is to be turned."""
    try:
        orientation = picture.getexif().get(ExifTags.Base.Orientation, 1)
        return picture if orientation in (0, 1) else ImageOps.exif_transpose(picture)
    except BROKEN:
        # What nobody can read turns nothing.
        return picture


def displayable(picture: Image.Image) -> tuple[Image.Image, bytes | None]:
    """The picture in a mode that can be scaled and shown, with its colour profile; inks become sRGB."""
    profile = picture.info.get("icc_profile")
    if picture.mode == "CMYK":
        return _in_srgb(picture, profile), None
    if picture.mode in ("1", "P", "PA") or "transparency" in picture.info:
        return picture.convert("RGBA" if picture.has_transparency_data else "RGB"), profile
    if picture.mode.startswith(("I", "F")):
        return picture.convert("I").point(lambda value: value * (1 / 256)).convert("L"), None
    if picture.mode not in ("L", "LA", "RGB", "RGBA"):
        return picture.convert("RGB"), None
    return picture, profile


def _in_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    if profile:
        try:
            inks = ImageCms.ImageCmsProfile(BytesIO(profile))
            turned = ImageCms.profileToProfile(picture, inks, ImageCms.createProfile("sRGB"), outputMode="RGB")
            return turned or picture.convert("RGB")
        except (ImageCms.PyCMSError, OSError):
            pass
    return picture.convert("RGB")


def _encoded(picture: Image.Image, kept_as: str, options: dict[str, Any]) -> bytes:
    out = BytesIO()
    # Pillow would write what it read beside the pixels.
    picture.info = {}
    picture.save(out, kept_as, **{"exif": b"", **options} if kept_as != "GIF" else {})
    return out.getvalue()


def _credit(picture: ImageFile) -> str:
    """Who made a picture, from EXIF and IPTC: author and agency, else the copyright notice."""
    try:
        exif = picture.getexif()
        iptc = IptcImagePlugin.getiptcinfo(picture) or {}
    except BROKEN:
        return ""
    author = _words(exif.get(ExifTags.Base.Artist)) or _words(iptc.get(IPTC_AUTHOR))
    agency = _words(iptc.get(IPTC_CREDIT))
    named = " / ".join(dict.fromkeys(part for part in (author, agency) if part))
    rights = _words(exif.get(ExifTags.Base.Copyright)) or _words(iptc.get(IPTC_COPYRIGHT))
    return (named or rights)[:LONGEST_CREDIT]


def _words(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(filter(None, map(_words, value)))
    if isinstance(value, str):
        # Pillow reads the texts of EXIF as Latin-1, in which every byte is a letter; most programs write UTF-8.
        value = value.encode("latin-1", "replace")
    if not isinstance(value, bytes):
        return ""
    try:
        value = value.decode()
    except UnicodeDecodeError:
        value = value.decode("latin-1")
    return " ".join("".join(letter if letter.isprintable() else " " for letter in value).split())


def answer(file: IO[bytes], limits: dict[str, int]) -> tuple[dict[str, Any], bytes]:
    """What `draw` returns; for what it raises, the reason alone."""
    try:
        return draw(file, **limits)
    except TooManyPixelsError as refused:
        return {"pixels": refused.pixels, "most": refused.most}, b""
    except Image.DecompressionBombError:
        return {"pixels": 0, "most": limits["most_pixels"]}, b""
    except UnidentifiedImageError:
        return {"is_unknown": True}, b""
    except BROKEN:
        return {}, b""


if __name__ == "__main__":
    limit_this_process(MEMORY, SECONDS)
    # Larger ones are refused in words of our own.
    Image.MAX_IMAGE_PIXELS = 200_000_000
    facts, drawn = answer(sys.stdin.buffer, json.loads(sys.argv[1]))
    sys.stdout.buffer.write(json.dumps(facts).encode() + b"\n" + drawn)
