"""In which parts of the tree somebody works."""

from dataclasses import dataclass
from typing import Any, Self

from django.db.models import Q
from wagtail.permission_policies.pages import PagePermissionPolicy


@dataclass(frozen=True)
class WorkArea:
    """Tree paths: below those in `whole`, all pages are theirs to see; below those in `own`, only their own ones.

    Whoever may only add pages somewhere sees there what they have added.
    """

    user: Any
    whole: tuple[str, ...] = ()
    own: tuple[str, ...] = ()
    everywhere: bool = False
    publishes: bool = False

    @classmethod
    def of(cls, user: Any) -> Self:
        if user.is_superuser:
            return cls(user, everywhere=True, publishes=True)
        # Wagtail has read them for its menu already.
        rights = PagePermissionPolicy().get_cached_permissions_for_user(user)
        held = {(right.page.path, right.permission.codename) for right in rights}
        whole = {path for path, codename in held if codename not in ("add_page", "lock_page", "unlock_page")}
        own = {path for path, _codename in held} - whole
        publishes = any(codename == "publish_page" for _path, codename in held)
        return cls(user, tuple(sorted(whole)), tuple(sorted(own)), publishes=publishes)

    def pages(self, path: str = "path", owner: str = "owner") -> Q:
        """A condition for a query, with the names under which it knows a page's path and owner."""
        if self.everywhere:
            return Q()
        # Nothing starts with nothing: who has no right anywhere sees no page.
        condition = Q(**{f"{path}__in": []})
        for place in self.whole:
            condition |= Q(**{f"{path}__startswith": place})
        for place in self.own:
            condition |= Q(**{f"{path}__startswith": place, owner: self.user})
        return condition
