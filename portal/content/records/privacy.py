"""The parts of the tree to which privacy rules apply."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q
from wagtail.models import Page, PageViewRestriction, get_page_models

from portal.content.visibility import below, expired


def restricted_paths() -> list[str]:
    """The tree paths of pages with a privacy rule, in tree order. A rule also applies below its page.

    An alias shows another page's content, so it is as private as that page.
    """
    # If SQLite sorted by path, it would read all pages for a few rules.
    own = set(PageViewRestriction.objects.order_by().values_list("page__path", flat=True))
    return sorted(own | alias_paths(own))


def alias_paths(paths: Iterable[str]) -> set[str]:
    """The tree paths of all direct and indirect aliases of pages at or below the given paths."""
    found: set[str] = set()
    while paths:
        paths = set(Page.objects.filter(below(paths, "alias_of__")).order_by().values_list("path", flat=True)) - found
        found |= paths
    return found


def expired_paths(now: datetime) -> tuple[str, ...]:
    """The tree paths of expired pages that may have pages below them, and of their aliases.

    Stories and events are left out, because every list filters them itself.
    """
    types = [model for model in get_page_models() if not getattr(model, "is_item", False)]
    pages = Page.objects.type(*types).filter(expired(now)).filter(Q(live=True) | Q(numchild__gt=0))
    own = set(pages.order_by().values_list("path", flat=True))
    return tuple(sorted(own | alias_paths(own)))


def private_paths(now: datetime) -> tuple[str, ...]:
    """The tree paths of all private subtrees on all sites."""
    return (*restricted_paths(), *expired_paths(now))
