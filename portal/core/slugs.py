"""Slugs that no sibling has."""

from itertools import chain, count

from wagtail.models import Page


def free_slug(parent: Page, wanted: str) -> str:
    """`wanted`, or with the first number that makes it unlike those of the pages below `parent`."""
    taken = set(parent.get_children().filter(slug__startswith=wanted).values_list("slug", flat=True))
    return next(slug for slug in chain([wanted], (f"{wanted}-{number}" for number in count(2))) if slug not in taken)
