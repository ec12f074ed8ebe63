"""Slugs that are unique among others."""

from collections.abc import Container
from itertools import chain, count

from wagtail.models import Page


def first_free(wanted: str, taken: Container[str]) -> str:
    """`wanted` or, if it is in `taken`, `wanted` with the first free number from 2 on."""
    return next(slug for slug in chain([wanted], (f"{wanted}-{n}" for n in count(2))) if slug not in taken)


def free_slug(parent: Page, wanted: str) -> str:
    """The first free slug below a page."""
    return first_free(wanted, parent.get_children().filter(slug__startswith=wanted).values_list("slug", flat=True))
