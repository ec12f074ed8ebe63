"""The parts of the tree to which privacy rules apply."""

from collections.abc import Iterable

from django.db.models import Q
from wagtail.models import Page, PageViewRestriction


def restricted_paths() -> list[str]:
    """The tree paths of pages with a privacy rule, which also applies below them, in tree order.

    An alias shows the content of another page, so it is as private as that page.
    """
    own = list(PageViewRestriction.objects.order_by("page__path").values_list("page__path", flat=True).distinct())
    return sorted({*own, *alias_paths(own)})


def alias_paths(paths: Iterable[str]) -> set[str]:
    """The tree paths of all aliases of pages at or below the given paths, and of their aliases in turn."""
    found: set[str] = set()
    while paths:
        within = Q()
        for path in paths:
            within |= Q(alias_of__path__startswith=path)
        paths = set(Page.objects.filter(within).order_by().values_list("path", flat=True)) - found
        found |= paths
    return found
