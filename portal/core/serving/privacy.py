"""Which parts of the tree are not for every reader."""

from collections.abc import Iterable

from django.db.models import Q
from wagtail.models import Page, PageViewRestriction


def private_paths() -> list[str]:
    """The tree paths below which only some may read, in the order of the tree.

    An alias shows what another page holds, so it is as private as that page is.
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
