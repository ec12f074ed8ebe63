"""The parts of the tree to which privacy rules apply."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q
from wagtail.models import Page, PageViewRestriction, get_page_models

from portal.content.visibility import below, expired


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
        paths = set(Page.objects.filter(below(paths, "alias_of__")).order_by().values_list("path", flat=True)) - found
        found |= paths
    return found


def expired_paths(now: datetime) -> tuple[str, ...]:
    """The tree paths of expired pages that may have pages below, and of their aliases.

    Stories and events are left out: every list filters them itself.
    """
    types = [model for model in get_page_models() if not getattr(model, "is_item", False)]
    pages = Page.objects.type(*types).filter(expired(now)).filter(Q(live=True) | Q(numchild__gt=0))
    own = set(pages.order_by().values_list("path", flat=True))
    return tuple(sorted(own | alias_paths(own)))


def private_paths(now: datetime) -> tuple[str, ...]:
    """The tree paths, at any site, of pages that are not public with all pages below."""
    return (*restricted_paths(), *expired_paths(now))
