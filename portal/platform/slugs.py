"""Slugs that are unique among siblings."""

from itertools import chain, count

from wagtail.models import Page


def free_slug(parent: Page, wanted: str) -> str:
    """Return `wanted`, with the first number appended that makes it unique below `parent` if necessary."""
    taken = set(parent.get_children().filter(slug__startswith=wanted).values_list("slug", flat=True))
    return next(slug for slug in chain([wanted], (f"{wanted}-{number}" for number in count(2))) if slug not in taken)
