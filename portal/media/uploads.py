"""What becomes of an uploaded picture: drawn anew, upright, in a format for browsers, within limits, without traces.

Nothing that the file says beside its pixels and its colours is kept: not the place, the device or the hour, no preview,
no film behind the picture.
"""

import struct
import sys
from dataclasses import dataclass
from io import BytesIO
from math import ceil, sqrt
from pathlib import PurePath
from typing import IO, Any

from PIL import ExifTags, Image, ImageCms, ImageOps, IptcImagePlugin
from PIL.ImageFile import ImageFile

# What a decoder raises for a file that is broken.
BROKEN = (
    OSError,
    EOFError,
    SyntaxError,
    ValueError,
    KeyError,
    TypeError,
    OverflowError,
    struct.error,
    Image.DecompressionBombError,
)
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


@dataclass(frozen=True)
class PreparedPicture:
    """A file as it is kept; `credit` is who made it, as the uploaded file said, or empty."""

    name: str
    content: bytes
    content_type: str
    credit: str


def prepare(file: IO[bytes], name: str, longest_side: int, most_bytes: int) -> PreparedPicture:
    """Draw the picture anew; raises one of `BROKEN` if it cannot be decoded as a whole.

    Of an animation the first picture is kept, which is all that pages show.
    """
    file.seek(0)
    with Image.open(file) as opened:
        own_format, size = opened.format or "", opened.size
        box = (longest_side, longest_side)
        if own_format in ("JPEG", "MPO"):
            # It is decoded at a half, a quarter or an eighth where that is enough, and so in as much less memory.
            share = min(1, longest_side / max(size))
            opened.draft(None, (ceil(size[0] * share), ceil(size[1] * share)))
        opened.load()
        credit = _credit(opened)
        picture, profile = _displayable(opened)
        picture.thumbnail(box, Image.Resampling.LANCZOS)
        picture = _upright(picture)
        kept_as = KEPT_AS.get(own_format, own_format)
        if kept_as == "JPEG" and picture.mode not in ("L", "RGB"):
            kept_as = "WEBP"
        options = {**OPTIONS.get(kept_as, {}), "icc_profile": profile}
        if own_format == "JPEG" and picture is opened and picture.size == size:
            # With its own tables a JPEG loses nothing that can be seen.
            options["quality"] = "keep"
        content = _encoded(picture, kept_as, options)
        for _round in range(MOST_ROUNDS):
            if len(content) <= most_bytes:
                break
            if kept_as == "PNG":
                # It is a photo: its own format would take many rounds, and much of its sharpness.
                kept_as = "WEBP"
                content = _encoded(picture, kept_as, {**OPTIONS[kept_as], "icc_profile": profile})
                continue
            share = max(0.5, min(0.9, sqrt(most_bytes / len(content))))
            picture = picture.resize((max(1, round(picture.width * share)), max(1, round(picture.height * share))))
            content = _encoded(picture, kept_as, {**options, **OPTIONS.get(kept_as, {})})
    return PreparedPicture(PurePath(name).stem + EXTENSIONS[kept_as], content, f"image/{kept_as.lower()}", credit)


def without_traces(file: IO[bytes]) -> IO[bytes]:
    """The file itself, or the same picture drawn anew if it has EXIF, which Willow would write into each rendition."""
    try:
        with Image.open(file) as opened:
            longest_side = max(opened.size) if "exif" in opened.info else 0
    except BROKEN:
        longest_side = 0
    if longest_side:
        file = BytesIO(prepare(file, "", longest_side, sys.maxsize).content)
    file.seek(0)
    return file


def _upright(picture: Image.Image) -> Image.Image:
    """The picture turned as its file says; the same object where nothing is to be turned."""
    try:
        orientation = picture.getexif().get(ExifTags.Base.Orientation, 1)
        return picture if orientation in (0, 1) else ImageOps.exif_transpose(picture)
    except BROKEN:
        # What nobody can read turns nothing.
        return picture


def _displayable(picture: Image.Image) -> tuple[Image.Image, bytes | None]:
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
