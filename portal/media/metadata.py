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
# Data that is nested too deeply or is not an XMP tree is ignored, too.
XMP_FAULTS = (*BROKEN, AttributeError, RecursionError)
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
    found = [("", "", "")]
    for read in (_exif_credit, _iptc_credit, _xmp_credit):
        with suppress(*XMP_FAULTS):
            found.append(read(picture))
    author, agency, rights = (next(filter(None, texts), "") for texts in zip(*found, strict=True))
    named = " / ".join(dict.fromkeys(part for part in (author, agency) if part))
    return (named or rights)[:LONGEST]


def _exif_credit(picture: ImageFile) -> tuple[str, str, str]:
    exif = picture.getexif()
    return _text(exif.get(ExifTags.Base.Artist)), "", _text(exif.get(ExifTags.Base.Copyright))


def _iptc_credit(picture: ImageFile) -> tuple[str, str, str]:
    iptc = IptcImagePlugin.getiptcinfo(picture) or {}
    return _text(iptc.get(IPTC_AUTHOR)), _text(iptc.get(IPTC_CREDIT)), _text(iptc.get(IPTC_COPYRIGHT))


def _xmp_credit(picture: ImageFile) -> tuple[str, str, str]:
    """From the namespaces Dublin Core and Photoshop; all creators, separated by commas."""
    parts = _xmp_parts(picture)
    creators, agency, rights = (
        next((part[name] for part in parts if name in part), "") for name in ("creator", "Credit", "rights")
    )
    return ", ".join(map(_clean, _strings(creators))), _clean(_first(agency)), _clean(_first(rights))


def description_of(picture: ImageFile) -> str:
    """The alternative text, caption or title, in this order. Text that cameras write into every file is ignored."""
    found: list[str] = []
    for read in (_xmp_texts, _iptc_texts, _exif_texts):
        with suppress(*XMP_FAULTS):
            found += read(picture)
    return next((shorten(text, LONGEST, placeholder="…") for text in found if _is_in_words(text)), "")


def _xmp_texts(picture: ImageFile) -> list[str]:
    """The values from the namespaces IPTC and Dublin Core, in this order."""
    names = ("AltTextAccessibility", "description", "title")
    return [_clean(_first(part[name])) for name in names for part in _xmp_parts(picture) if name in part]


def _xmp_parts(picture: ImageFile) -> list[dict[str, Any]]:
    described = picture.getxmp().get("xmpmeta", {}).get("RDF", {}).get("Description", {})
    return described if isinstance(described, list) else [described]


def _first(value: Any) -> str:
    return next(iter(_strings(value)), "")


def _strings(value: Any) -> list[str]:
    """The strings of an XMP value, such as a list of translations or of people."""
    if isinstance(value, dict):
        value = value.get("text") or value.get("Alt") or value.get("Bag") or value.get("Seq") or value.get("li")
    if isinstance(value, dict | list):
        parts = value if isinstance(value, list) else [value]
        return [text for part in parts for text in _strings(part)]
    return [value] if value else []


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
