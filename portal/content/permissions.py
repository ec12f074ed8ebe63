"""Page permissions that are finer-grained than Wagtail's."""

from collections.abc import Callable, Collection
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.db.models.sql.where import WhereNode
from wagtail.models import PagePermissionTester
from wagtail.permission_policies.pages import PagePermissionPolicy

from portal.content.visibility import HOME_DEPTH, in_trash, is_in_trash
from portal.platform.per_request import per_request


class PortalPageTester(PagePermissionTester):
    """Separates permission to publish from others that Wagtail derives from it: privacy, schedules, aliases, slugs.

    No user has any permission on a page in the trash. Only the trash's own views check the permissions that would apply
    where the page was.
    """

    applies_in_trash = False

    def __init__(self, user: Any, page: Any):
        if "url_path" not in page.__dict__:
            # Wagtail's links to translations load only some columns, and the others one by one.
            page.refresh_from_db(fields=["depth", "path", "url_path", "owner"])
        super().__init__(AnonymousUser() if is_in_trash(page) and not self.applies_in_trash else user, page)

    def has_permission(self, permission: str) -> bool:
        """Whether the user has a permission, such as `publish`, for this page or an ancestor."""
        return self.user.is_active and (self.user.is_superuser or permission in self.permissions)

    def can_delete(self, ignore_bulk: bool = False) -> bool:
        # In bulk actions Wagtail checks whether descendants are live, but not the page itself.
        if self.page.live and not self.has_permission("publish"):
            return False
        return bool(super().can_delete(ignore_bulk))

    def can_unpublish(self) -> bool:
        """False for a home page with pages below it: readers could not reach these without the home page."""
        return super().can_unpublish() and (self.page.depth != HOME_DEPTH or self.page.is_leaf())

    def can_lock(self) -> bool:
        return self.user.is_active and super().can_lock()

    def can_unlock(self) -> bool:
        return self.user.is_active and super().can_unlock()

    def can_reorder_children(self) -> bool:
        return self.page.numchild > 1 and super().can_reorder_children()

    def can_set_view_restrictions(self) -> bool:
        return not self.page_is_root and self.has_permission("publish")

    def can_unschedule(self) -> bool:
        """True if the user may publish or is the author of the scheduled version."""
        if self.page_is_root or self.has_permission("publish"):
            return not self.page_is_root
        scheduled = self.page.scheduled_revision
        return scheduled is not None and scheduled.user_id == self.user.pk and bool(self.can_edit())

    def may_alias_below(self) -> bool:
        """Whether an alias, which is live at once, may be created below this page."""
        return super().can_publish_subpage()

    def may_change_address(self) -> bool:
        """Whether the slug may change. The slug of a live page may not, because readers have links to it."""
        return not self.page.live or self.has_permission("change") or self.has_permission("publish")


class PortalPagePolicy(PagePermissionPolicy):
    """Wagtail's policy without pages in the trash.

    It has no duplicate conditions either: Wagtail adds one per group and permission.
    """

    def user_has_any_permission_for_instance(self, user: Any, actions: Collection[str], instance: Any) -> bool:
        return not is_in_trash(instance) and bool(super().user_has_any_permission_for_instance(user, actions, instance))

    def explorable_instances(self, user: Any) -> QuerySet:
        found = super().explorable_instances
        return self._once(user, "explorable", lambda: found(user))

    def instances_user_has_any_permission_for(self, user: Any, actions: Collection[str]) -> QuerySet:
        found = super().instances_user_has_any_permission_for
        return self._once(user, " ".join(sorted(actions)), lambda: found(user, actions))

    def _once(self, user: Any, name: str, found: Callable[[], QuerySet]) -> QuerySet:
        """It takes milliseconds to compose these conditions, and most screens need them several times."""
        pages: QuerySet = per_request(user, f"{name} {self.model._meta.label}", lambda: _visible(found()))
        return pages.all()


def _visible(found: QuerySet) -> QuerySet:
    return deduplicate_conditions(found).exclude(in_trash())


def deduplicate_conditions(found: QuerySet) -> QuerySet:
    same: QuerySet = found.all()
    _remove_repetitions(same.query.where)
    return same


def _remove_repetitions(conditions: WhereNode) -> None:
    distinct: list[Any] = []
    for each in conditions.children:
        if isinstance(each, WhereNode):
            _remove_repetitions(each)
        if each not in distinct:
            distinct.append(each)
    conditions.children = distinct
