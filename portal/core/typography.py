"""Typographic spaces and ordinals of a language."""

import re

NARROW = "\u202f"
_BEFORE = re.compile(r"[ \u00a0](?=[;:!?»])")
_UNIT = re.compile(r" (?=[%€])")
_FIRST = re.compile(r"\b1 (?=[a-zéû])")
_AFTER = re.compile(r"(?<=«)[ \u00a0]")


def typeset(text: str, language: str) -> str:
    """Set narrow no-break spaces at the punctuation of French text; return text of other languages unchanged.

    This works on HTML as well: no tag or attribute has a space before such a mark.
    """
    if language != "fr":
        return text
    return _UNIT.sub("\u00a0", _AFTER.sub(NARROW, _BEFORE.sub(NARROW, text)))


def ordinal_day(words: str, language: str) -> str:
    """A date in words with the first of a month as French writes it: `1er mars`."""
    return _FIRST.sub("1er ", words) if language == "fr" else words
