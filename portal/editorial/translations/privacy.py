"""View restrictions of pages and their translations."""

from collections.abc import Iterable
from typing import Any

from wagtail.models import Page, PageViewRestriction

from portal.content.pages.pages import PortalPage


def inherit_restriction(original: Page, translation: Page) -> None:
    """Restrict a translation like its original, unless it already has a restriction."""
    if translation.get_view_restrictions().exists():
        return
    rule = original.get_view_restrictions().order_by("-page__depth").first()
    if rule is not None:
        apply_restriction(rule, translation)


def apply_restriction(rule: PageViewRestriction, page: Page, user: Any = None) -> None:
    """Copy a restriction to another page, replacing that page's own."""
    own = page.view_restrictions.first() or PageViewRestriction(page=page)
    own.restriction_type, own.password = rule.restriction_type, rule.password
    own.save(user=user)
    own.groups.set(rule.groups.all() if rule.restriction_type == PageViewRestriction.GROUPS else [])


def restriction_of(page: Page) -> tuple[str, str, tuple[int, ...]]:
    """Return the type, password and groups of a page's own restriction, for comparison."""
    own = page.view_restrictions.first()
    if own is None:
        return (PageViewRestriction.NONE, "", ())
    return (own.restriction_type, own.password, tuple(sorted(own.groups.values_list("pk", flat=True))))


def remove_restrictions(pages: Iterable[Page], user: Any = None) -> None:
    for page in pages:
        for rule in page.view_restrictions.all():
            rule.delete(user=user)


def translations_for(page: Page, user: Any) -> list[PortalPage]:
    """Return the translations of a page whose privacy this person may set."""
    translations = page.get_translations().filter(alias_of=None).select_related("locale").order_by("path")
    pages = [translation.specific_deferred for translation in translations]
    return [each for each in pages if each.permissions_for_user(user).can_set_view_restrictions()]
