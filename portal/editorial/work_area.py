"""The parts of the page tree in which a user has permissions."""

from dataclasses import dataclass
from typing import Any, Self

from django.db.models import Q
from wagtail.models import Page
from wagtail.permission_policies.pages import PagePermissionPolicy

from portal.content.visibility import in_trash, is_in_trash


@dataclass(frozen=True)
class WorkArea:
    """Tree paths: the user sees all pages below `full_paths`, and only their own below `own_paths`."""

    user: Any
    full_paths: tuple[str, ...] = ()
    own_paths: tuple[str, ...] = ()
    everywhere: bool = False
    publishes: bool = False

    @classmethod
    def of(cls, user: Any) -> Self:
        if user.is_superuser:
            return cls(user, everywhere=True, publishes=True)
        # Cached by Wagtail for its menu.
        permissions = PagePermissionPolicy().get_cached_permissions_for_user(user)
        granted = {(each.page.path, each.permission.codename) for each in permissions}
        full_paths = {path for path, codename in granted if codename not in ("add_page", "lock_page", "unlock_page")}
        own_paths = {path for path, _codename in granted} - full_paths
        publishes = any(codename == "publish_page" for _path, codename in granted)
        return cls(user, tuple(sorted(full_paths)), tuple(sorted(own_paths)), publishes=publishes)

    def covers(self, page: Page) -> bool:
        """Whether the user has any permission at the page's place. If not, they must not learn that it exists."""
        if is_in_trash(page):
            return False
        return self.everywhere or page.path.startswith((*self.full_paths, *self.own_paths))

    def page_condition(self, path: str = "path", owner: str = "owner") -> Q:
        """A condition; `path` and `owner` are the lookups of the page's fields. Pages in the trash do not meet it."""
        if self.everywhere:
            return ~in_trash(path.removesuffix("path"))
        # An empty `in` matches nothing: a user without permissions sees no page.
        condition = Q(**{f"{path}__in": []})
        for prefix in self.full_paths:
            condition |= Q(**{f"{path}__startswith": prefix})
        for prefix in self.own_paths:
            condition |= Q(**{f"{path}__startswith": prefix, owner: self.user})
        return condition & ~in_trash(path.removesuffix("path"))
