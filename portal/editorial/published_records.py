"""Permission policies for images, documents and venues on public or waiting pages.

They have no drafts and no review, so changes are visible at once. Only people who may publish on their site can change
or delete them.
"""

from collections.abc import Iterable
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.permission_policies.collections import CollectionOwnershipPermissionPolicy, CollectionPermissionPolicy

from portal.content.files.public_use import is_read
from portal.content.permissions import PortalPageTester
from portal.content.records.settings import SiteSettings
from portal.editorial.approval.awaited import is_awaited

WRITE_ACTIONS = frozenset({"change", "delete"})
WAITS = _(
    "A page in review or a scheduled page shows this, and must be published as its reviewer saw it. Somebody who may "
    "publish on this site can change it; or withdraw the page, change this, and submit the page again."
)


def is_published_record(record: Any) -> bool:
    """Whether a change to the record is visible to readers or on a waiting page."""
    return is_read(record, timezone.now()) or is_awaited(record)


def may_publish_in(user: Any, collection: Any) -> bool:
    """Whether the user may publish on the site that owns the collection or one of its ancestors."""
    ancestors = collection.get_ancestors(inclusive=True)
    for settings in SiteSettings.objects.filter(media_collection__in=ancestors).select_related("site__root_page"):
        if PortalPageTester(user, settings.site.root_page).has_permission("publish"):
            return True
    return bool(user.is_superuser)


class ProtectsPublishedRecords:
    """Mixin for policies: changing or deleting a published record needs permission to publish."""

    reason_of_readers: Any = _(
        "Readers see this: a change would be public at once. Somebody who may publish on this site can change it."
    )
    reason_of_role: Any = ""

    def user_has_permission_for_instance(self, user: Any, action: str, instance: Any) -> bool:
        return self.user_has_any_permission_for_instance(user, [action], instance)

    def user_has_any_permission_for_instance(self, user: Any, actions: Iterable[str], instance: Any) -> bool:
        requested = set(actions)
        is_permitted = super().user_has_any_permission_for_instance  # type: ignore[misc]
        if not is_permitted(user, requested, instance):
            return False
        reading = requested - WRITE_ACTIONS
        return (bool(reading) and is_permitted(user, reading, instance)) or self._may_write(user, instance)

    def reason_against_change(self, user: Any, instance: Any) -> str:
        """The reason why this person may not change the record, as a sentence; empty if they may."""
        if self.user_has_permission_for_instance(user, "change", instance):
            return ""
        if not super().user_has_any_permission_for_instance(user, {"change"}, instance):  # type: ignore[misc]
            return str(self.reason_of_role)
        return str(self.reason_of_readers if is_read(instance, timezone.now()) else WAITS)

    def _may_write(self, user: Any, instance: Any) -> bool:
        if may_publish_in(user, instance.collection):
            return True
        return not is_published_record(instance)


class FilePolicy(ProtectsPublishedRecords, CollectionOwnershipPermissionPolicy):
    """Policy for images and documents, which their uploaders may change as well."""

    reason_of_readers = _(
        "Readers see this: a change would be public at once. Somebody who may publish on this site can change it, or "
        "you can upload a new one and use that."
    )
    reason_of_role = _("Somebody else uploaded this. You can use it in your pages; editors of this site can change it.")


class RecordPolicy(ProtectsPublishedRecords, CollectionPermissionPolicy):
    """Policy for records, such as venues, that belong to a collection and have no owner."""

    reason_of_readers = FilePolicy.reason_of_readers
    reason_of_role = FilePolicy.reason_of_role
