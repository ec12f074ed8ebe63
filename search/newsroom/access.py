"""The pages that a person may find, as scope tokens, so that other pages affect no counts or corrections."""

from dataclasses import dataclass
from typing import Any

from wagtail.models import Page
from wagtail.permissions import page_permission_policy

from portal.content.separation.choices import has_access_to_every_site, home_paths, offering_homes
from portal.content.visibility import HOME_DEPTH, STEP
from search.engines.base import Scope
from search.indexing.drafts import READ


@dataclass(frozen=True)
class Access:
    """The tokens of pages found by their whole text, by title only, and by the text that readers see.

    Without `is_limited` everything is found.
    """

    opened: tuple[str, ...] = ()
    titled: tuple[str, ...] = ()
    read: tuple[str, ...] = ()
    is_limited: bool = True

    @property
    def scopes(self) -> list[tuple[Scope, bool]]:
        """Each condition on scope tokens, and whether only titles are searched."""
        if not self.is_limited:
            return [((), False)]
        found: list[tuple[Scope, bool]] = [((self.opened,), False), ((self.titled,), True)]
        found = [(scope, is_of_title) for scope, is_of_title in found if scope[0]]
        return [*found, ((self.read, (READ,)), False)] if self.read else found


EVERYTHING = Access(is_limited=False)


def explorable(user: Any) -> Access:
    """The pages that Wagtail's explorer opens: those below the user's permissions, and their ancestors."""
    places = set(page_permission_policy.instances_with_direct_explore_permission(user)) if user.is_active else set()
    if any(place.depth < HOME_DEPTH for place in places):
        return EVERYTHING
    above = {place.path[:end] for place in places for end in range(HOME_DEPTH * STEP, len(place.path), STEP)}
    opened = page_permission_policy.explorable_instances(user).filter(path__in=above) if above else Page.objects.none()
    tokens = [f"n{place.pk}" for place in places] + [f"o{key}" for key in opened.values_list("pk", flat=True)]
    return Access(opened=tuple(sorted(tokens)))


def choosable(user: Any) -> Access:
    """The pages that a chooser offers. Pages that the user may not open are found only by title or public text."""
    if has_access_to_every_site(user):
        return EVERYTHING
    opened = explorable(user).opened
    own = Page.objects.filter(path__in=home_paths(user)).values_list("pk", flat=True)
    # A user who may open a home page may open everything below it.
    beside = tuple(f"h{key}" for key in sorted(own) if f"n{key}" not in opened)
    offered = tuple(f"h{key}" for key in offering_homes().values_list("pk", flat=True))
    return Access(opened=opened, titled=beside, read=(*beside, *offered))
