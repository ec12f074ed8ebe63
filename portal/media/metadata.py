"""Reads the credit and description embedded in a picture's file (EXIF, IPTC, XMP).

Without Django, for `portal.media.drawing`.
"""

import re
import struct
from contextlib import suppress
from textwrap import shorten
from typing import Any

from PIL import ExifTags, IptcImagePlugin
from PIL.ImageFile import ImageFile

# Exceptions that decoders raise for a broken file, or for one that needs too much memory.
BROKEN = (OSError, EOFError, SyntaxError, ValueError, LookupError, TypeError, OverflowError, struct.error, MemoryError)
IPTC_TITLE, IPTC_AUTHOR, IPTC_CREDIT, IPTC_COPYRIGHT, IPTC_CAPTION = (2, 5), (2, 80), (2, 110), (2, 116), (2, 120)
# The length of the image columns.
LONGEST = 255
# Text that cameras and programs write by themselves: their names, a file name, an exposure mode.
AUTOMATIC = re.compile(
    r"[_\\/]|\.(?:jpe?g|png|heic|heif|webp|avif|gif|tiff?)$"
    r"|digital camera|^(?:created|processed|edited|made|exported|shot|taken) (?:with|by|on|using)\b|^untitled\b",
    re.IGNORECASE,
)


def credit_of(picture: ImageFile) -> str:
    """Author and agency, or else the copyright notice."""
    try:
        exif = picture.getexif()
        iptc = IptcImagePlugin.getiptcinfo(picture) or {}
    except BROKEN:
        return ""
    author = _text(exif.get(ExifTags.Base.Artist)) or _text(iptc.get(IPTC_AUTHOR))
    agency = _text(iptc.get(IPTC_CREDIT))
    named = " / ".join(dict.fromkeys(part for part in (author, agency) if part))
    rights = _text(exif.get(ExifTags.Base.Copyright)) or _text(iptc.get(IPTC_COPYRIGHT))
    return (named or rights)[:LONGEST]


def description_of(picture: ImageFile) -> str:
    """The alternative text, caption or title, in this order; never what cameras write into every file."""
    found: list[str] = []
    for read in (_xmp_texts, _iptc_texts, _exif_texts):
        # Data that is nested too deeply or is not an XMP tree is ignored.
        with suppress(*BROKEN, AttributeError, RecursionError):
            found += read(picture)
    return next((shorten(text, LONGEST, placeholder="…") for text in found if _is_in_words(text)), "")


def _xmp_texts(picture: ImageFile) -> list[str]:
    """The values from the namespaces IPTC and Dublin Core, in this order."""
    described = picture.getxmp().get("xmpmeta", {}).get("RDF", {}).get("Description", {})
    parts = described if isinstance(described, list) else [described]
    names = ("AltTextAccessibility", "description", "title")
    return [_clean(_first(part[name])) for name in names for part in parts if name in part]


def _first(value: Any) -> str:
    """The first string of an XMP value, such as a list of translations."""
    if isinstance(value, dict):
        value = value.get("text") or value.get("Alt") or value.get("Bag") or value.get("Seq") or value.get("li")
        return _first(value)
    if isinstance(value, list):
        return _first(value[0]) if value else ""
    return value or ""


def _iptc_texts(picture: ImageFile) -> list[str]:
    iptc = IptcImagePlugin.getiptcinfo(picture) or {}
    return [_text(iptc.get(name)) for name in (IPTC_CAPTION, IPTC_TITLE)]


def _exif_texts(picture: ImageFile) -> list[str]:
    return [_text(picture.getexif().get(ExifTags.Base.ImageDescription))]


def _is_in_words(text: str) -> bool:
    """Whether a person may have written this: two words or more, not all in capitals."""
    return len(re.findall(r"[^\W\d_]{2,}", text)) > 1 and text != text.upper() and not AUTOMATIC.search(text)


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(filter(None, map(_text, value)))
    if isinstance(value, str):
        # Pillow decodes EXIF as Latin-1; most programs write UTF-8.
        value = value.encode("latin-1", "replace")
    if not isinstance(value, bytes):
        return ""
    try:
        value = value.decode()
    except UnicodeDecodeError:
        value = value.decode("latin-1")
    return _clean(value)


def _clean(text: str) -> str:
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
