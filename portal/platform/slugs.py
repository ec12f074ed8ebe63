"""Slugs in ASCII, and slugs that are unique among others."""

import re
from collections.abc import Container
from itertools import chain, count

from django.utils.text import slugify
from wagtail.coreutils import string_to_ascii
from wagtail.models import Page

# Applied to a title before its accents are removed: a ligature becomes two letters, an elision separates two words.
_SPELLED_OUT = [(re.compile("[œŒ]"), "oe"), (re.compile("[æÆ]"), "ae"), (re.compile("['’]"), "-")]
_IN_LANGUAGE = {"de": [(re.compile("[äÄ]"), "ae"), (re.compile("[öÖ]"), "oe"), (re.compile("[üÜ]"), "ue")]}


def spelled_out(language: str) -> list[tuple[re.Pattern[str], str]]:
    """What is replaced in a title of this language before it becomes a slug, in order."""
    return [*_SPELLED_OUT, *_IN_LANGUAGE.get(language[:2], [])]


def slug_of(text: str, language: str, *, longest: int = 200) -> str:
    """A text as a slug; empty without letters and digits."""
    for pattern, letters in spelled_out(language):
        text = pattern.sub(letters, text)
    return slugify(string_to_ascii(text))[:longest].strip("-")


def first_free(wanted: str, taken: Container[str]) -> str:
    """`wanted` or, if it is in `taken`, `wanted` with the first free number from 2 on."""
    return next(slug for slug in chain([wanted], (f"{wanted}-{n}" for n in count(2))) if slug not in taken)


def free_slug(parent: Page, wanted: str) -> str:
    """The first free slug below a page."""
    return first_free(wanted, parent.get_children().filter(slug__startswith=wanted).values_list("slug", flat=True))
