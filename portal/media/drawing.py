"""Redraws a picture: upright, in a browser format, within limits, without metadata except the colour profile.

`python -m portal.media.drawing '{"longest_side": 2400, …}' < file` writes one line of JSON with the result, then the
picture; given the paths of several files, it does so for each. Without Django, it starts fast. A hostile file can only
break this process.
"""

import json
import sys
from io import BytesIO
from math import ceil, sqrt
from pathlib import Path
from typing import IO, Any

from PIL import ExifTags, Image, ImageCms, ImageOps, UnidentifiedImageError

# Registers the format with Pillow.
from pillow_heif import HeifImagePlugin  # noqa: F401

from portal.bounded import limit_this_process
from portal.media.metadata import BROKEN, credit_of, description_of

# The accepted formats. The content decides, not the file name. MPO is opened as JPEG.
ACCEPTED = ("AVIF", "GIF", "HEIF", "JPEG", "PNG", "WEBP")
# Formats that can be decoded at a fraction of their size.
DRAFTED = ("JPEG", "MPO")
# The WebP decoder holds four copies of a picture.
MAX_WEBP_PIXELS = 30_000_000
# Limits of the process: bytes of memory in addition to its programs, and seconds of CPU time.
MEMORY, SECONDS = 700 * 1024 * 1024, 30
# Few browsers show HEIF; MPO is a JPEG followed by further pictures.
STORED_AS = {"HEIF": "JPEG", "MPO": "JPEG"}
EXTENSIONS = {"AVIF": ".avif", "GIF": ".gif", "JPEG": ".jpg", "PNG": ".png", "WEBP": ".webp"}
OPTIONS: dict[str, dict[str, Any]] = {
    "AVIF": {"quality": 80, "speed": 10},
    "JPEG": {"quality": 90},
    "WEBP": {"quality": 90},
}
MAX_ROUNDS = 5
# A panorama may exceed the longest side of other pictures. Its shorter side may have at most this share of that length,
# its area may be at most that of a square with sides of that length, and its longer side at most `MAX_SIDE`.
PANORAMA_SHARE, MAX_SIDE = 3 / 8, 16_000


class TooManyPixelsError(Exception):
    """The picture has more pixels than may be decoded."""

    def __init__(self, pixels: int, most: int):
        super().__init__(pixels, most)
        self.pixels, self.most = pixels, most


def draw(
    file: IO[bytes], longest_side: int, max_bytes: int, max_pixels: int, max_drafted: int
) -> tuple[dict[str, str], bytes]:
    """Redraw the picture; return its `extension`, `content_type`, `credit` and `description`, and its content.

    Only an animation's first frame is stored, because pages show no other. `max_drafted` is the pixel limit for the
    formats in `DRAFTED`. Raises TooManyPixelsError, UnidentifiedImageError for a format that is not accepted, and one
    of `BROKEN` for a picture that cannot be decoded completely.
    """
    with Image.open(file, formats=ACCEPTED) as opened:
        own_format, size = opened.format or "", opened.size
        most = {"WEBP": min(max_pixels, MAX_WEBP_PIXELS), **dict.fromkeys(DRAFTED, max_drafted)}
        if size[0] * size[1] > most.get(own_format, max_pixels):
            raise TooManyPixelsError(size[0] * size[1], most.get(own_format, max_pixels))
        share = _share(size, longest_side)
        if own_format in DRAFTED:
            # Decoding at a half, a quarter or an eighth of the size saves memory.
            opened.draft(None, (ceil(size[0] * share), ceil(size[1] * share)))
        opened.load()
        words = {"credit": credit_of(opened), "description": description_of(opened)}
        picture, profile = to_displayable(opened)
        side = ceil(max(size) * share)
        picture.thumbnail((side, side), Image.Resampling.LANCZOS)
        picture = upright(picture)
        stored_as = STORED_AS.get(own_format, own_format)
        if stored_as == "JPEG" and picture.mode not in ("L", "RGB"):
            stored_as = "WEBP"
        options = {**OPTIONS.get(stored_as, {}), "icc_profile": profile}
        if own_format == "JPEG" and picture is opened and picture.size == size:
            # A JPEG has no visible loss if it is saved with its own quantisation tables.
            options["quality"] = "keep"
        stored_as, content = _encode_within(max_bytes, picture, stored_as, options)
    return words | {"extension": EXTENSIONS[stored_as], "content_type": f"image/{stored_as.lower()}"}, content


def _share(size: tuple[int, int], longest_side: int) -> float:
    """The factor by which a picture is scaled down."""
    longest, shortest = max(size), min(size)
    share = min(1, longest_side / longest)
    of_panorama = min(
        1,
        longest_side * PANORAMA_SHARE / shortest,
        longest_side / sqrt(longest * shortest),
        MAX_SIDE / longest,
    )
    return max(share, of_panorama)


def _encode_within(max_bytes: int, picture: Image.Image, stored_as: str, options: dict[str, Any]) -> tuple[str, bytes]:
    """The picture's format and content, scaled down until the file is within the limit."""
    content = _encode(picture, stored_as, options)
    for _round in range(MAX_ROUNDS):
        if len(content) <= max_bytes:
            break
        if stored_as == "PNG":
            # This is a photo. As a PNG, it would have to be scaled down many times and would lose sharpness.
            stored_as, options = "WEBP", {**OPTIONS["WEBP"], "icc_profile": options["icc_profile"]}
        else:
            share = max(0.5, min(0.9, sqrt(max_bytes / len(content))))
            picture = picture.resize((max(1, round(picture.width * share)), max(1, round(picture.height * share))))
            options = {**options, **OPTIONS.get(stored_as, {})}
        content = _encode(picture, stored_as, options)
    return stored_as, content


def upright(picture: Image.Image) -> Image.Image:
    """The picture rotated by its EXIF orientation; the same object if it is already upright."""
    try:
        orientation = picture.getexif().get(ExifTags.Base.Orientation, 1)
        return picture if orientation in (0, 1) else ImageOps.exif_transpose(picture)
    except BROKEN:
        # Unreadable EXIF is ignored.
        return picture


def to_displayable(picture: Image.Image) -> tuple[Image.Image, bytes | None]:
    """The picture in a mode that can be scaled and displayed, and its colour profile, if any. CMYK becomes sRGB."""
    profile = picture.info.get("icc_profile")
    if picture.mode == "CMYK":
        return _to_srgb(picture, profile), None
    if picture.mode in ("1", "P", "PA") or "transparency" in picture.info:
        return picture.convert("RGBA" if picture.has_transparency_data else "RGB"), profile
    if picture.mode.startswith(("I", "F")):
        return picture.convert("I").point(lambda value: value * (1 / 256)).convert("L"), None
    if picture.mode not in ("L", "LA", "RGB", "RGBA"):
        return picture.convert("RGB"), None
    return picture, profile


def _to_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    if profile:
        try:
            inks = ImageCms.ImageCmsProfile(BytesIO(profile))
            turned = ImageCms.profileToProfile(picture, inks, ImageCms.createProfile("sRGB"), outputMode="RGB")
            return turned or picture.convert("RGB")
        except (ImageCms.PyCMSError, OSError):
            pass
    return picture.convert("RGB")


def _encode(picture: Image.Image, stored_as: str, options: dict[str, Any]) -> bytes:
    out = BytesIO()
    # Without this, Pillow would copy the original's metadata.
    picture.info = {}
    picture.save(out, stored_as, **{"exif": b"", **options} if stored_as != "GIF" else {})
    return out.getvalue()


def result(file: IO[bytes], limits: dict[str, int]) -> tuple[dict[str, Any], bytes]:
    """The result of `draw`, or the reason for an error without content."""
    try:
        return draw(file, **limits)
    except TooManyPixelsError as refused:
        return {"pixels": refused.pixels, "most": refused.most}, b""
    except Image.DecompressionBombError:
        return {"pixels": 0, "most": limits["max_pixels"]}, b""
    except UnidentifiedImageError:
        return {"is_unknown": True}, b""
    except BROKEN:
        return {}, b""


if __name__ == "__main__":
    limit_this_process(MEMORY, SECONDS)
    # This is higher than our own limits, which have better messages.
    Image.MAX_IMAGE_PIXELS = 200_000_000
    for path in sys.argv[2:] or ["/dev/stdin"]:
        with Path(path).open("rb") as file:
            facts, drawn = result(file, json.loads(sys.argv[1]))
        sys.stdout.buffer.write(json.dumps(facts | {"length": len(drawn)}).encode() + b"\n" + drawn)
