"""Records that stand on public pages: a picture, a document, a venue. Who changes one changes what readers see.

They have no drafts and no review, unlike pages; so those in print are left to people who may publish in their site.
"""

from collections.abc import Iterable
from typing import Any

from django.utils import timezone
from wagtail.permission_policies.collections import CollectionOwnershipPermissionPolicy, CollectionPermissionPolicy

from portal.core.models import SiteSettings
from portal.core.permissions import PortalPageTester
from portal.editorial.schedule.embargo import shown_in_public

WRITING = frozenset({"change", "delete"})


def publishes_in(user: Any, collection: Any) -> bool:
    """Whether this person may publish in the site whose media the collection, or one above it, holds."""
    above = collection.get_ancestors(inclusive=True)
    for settings in SiteSettings.objects.filter(media_collection__in=above).select_related("site__root_page"):
        if PortalPageTester(user, settings.site.root_page).has_permission("publish"):
            return True
    return bool(user.is_superuser)


class InPrint:
    """What a policy of collections allows, less the change of what readers see by people who may not publish."""

    def user_has_permission_for_instance(self, user: Any, action: str, instance: Any) -> bool:
        return self.user_has_any_permission_for_instance(user, [action], instance)

    def user_has_any_permission_for_instance(self, user: Any, actions: Iterable[str], instance: Any) -> bool:
        asked = set(actions)
        allowed = super().user_has_any_permission_for_instance  # type: ignore[misc]
        if not allowed(user, asked, instance):
            return False
        harmless = asked - WRITING
        return (bool(harmless) and allowed(user, harmless, instance)) or self._may_write(user, instance)

    def _may_write(self, user: Any, instance: Any) -> bool:
        if publishes_in(user, instance.collection):
            return True
        return not shown_in_public(type(instance), [instance.pk], timezone.now())


class FilePolicy(InPrint, CollectionOwnershipPermissionPolicy):
    """For images and documents, which their uploader may change as well."""


class RecordPolicy(InPrint, CollectionPermissionPolicy):
    """For records that belong to a collection and to nobody."""
