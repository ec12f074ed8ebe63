"""A page that only some may read, in its other languages."""

from collections.abc import Iterable
from typing import Any

from wagtail.models import Page, PageViewRestriction

from portal.core.models import PortalPage


def take_over(original: Page, translation: Page) -> None:
    """Let a translation be read by no more people than its original, wherever it stands; never by more than before."""
    if translation.get_view_restrictions().exists():
        return
    rule = original.get_view_restrictions().order_by("-page__depth").first()
    if rule is not None:
        apply(rule, translation)


def apply(rule: PageViewRestriction, page: Page, user: Any = None) -> None:
    """Put the rule of one page on another, in place of that one's own."""
    own = page.view_restrictions.first() or PageViewRestriction(page=page)
    own.restriction_type, own.password = rule.restriction_type, rule.password
    own.save(user=user)
    own.groups.set(rule.groups.all() if rule.restriction_type == PageViewRestriction.GROUPS else [])


def rule_of(page: Page) -> tuple[str, str, tuple[int, ...]]:
    """A page's own rule, in a form that can be compared."""
    own = page.view_restrictions.first()
    if own is None:
        return (PageViewRestriction.NONE, "", ())
    return (own.restriction_type, own.password, tuple(sorted(own.groups.values_list("pk", flat=True))))


def lift(pages: Iterable[Page], user: Any = None) -> None:
    for page in pages:
        for rule in page.view_restrictions.all():
            rule.delete(user=user)


def translations_for(page: Page, user: Any) -> list[PortalPage]:
    """The translations of a page whose privacy this person may set."""
    twins = page.get_translations().filter(alias_of=None).select_related("locale").order_by("path")
    pages = [twin.specific_deferred for twin in twins]
    return [twin for twin in pages if twin.permissions_for_user(user).can_set_view_restrictions()]
