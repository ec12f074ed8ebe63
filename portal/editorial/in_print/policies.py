"""Permission policies for topics and people: what is in print is changed only by people who may publish at its site."""

from collections.abc import Iterable
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from portal.content.files.public_use import is_read
from portal.content.permissions import PortalPageTester
from portal.content.records.catalogue import CatalogueRecord
from portal.content.records.people import Person
from portal.content.records.policies import CataloguePolicy
from portal.content.records.topics import Topic
from portal.editorial.published_records import WRITE_ACTIONS, is_in_print, waits_sentence


class PublishedCataloguePolicy(CataloguePolicy):
    def user_has_permission_for_instance(self, user: Any, action: str, instance: CatalogueRecord) -> bool:
        return self.user_has_any_permission_for_instance(user, [action], instance)

    def user_has_any_permission_for_instance(
        self, user: Any, actions: Iterable[str], instance: CatalogueRecord
    ) -> bool:
        requested = set(actions)
        is_permitted = super().user_has_any_permission_for_instance
        if not is_permitted(user, requested, instance):
            return False
        reading = requested - WRITE_ACTIONS
        return (bool(reading) and is_permitted(user, reading, instance)) or self._may_write(user, instance)

    def reason_against_change(self, user: Any, instance: CatalogueRecord) -> str:
        """Why this person may not change what they could change if it were not in print; empty for other reasons."""
        if super().user_has_any_permission_for_instance(user, WRITE_ACTIONS, instance):
            if not is_read(instance, timezone.now()):
                return waits_sentence()
            return _("Readers see it: a change would show at once. Whoever may publish at this site can change it.")
        return ""

    def _may_write(self, user: Any, instance: CatalogueRecord) -> bool:
        if instance.site is None or user.is_superuser:
            # Records of the network are changed by its administrators only.
            return True
        if PortalPageTester(user, instance.site.root_page).has_permission("publish"):
            return True
        return not is_in_print(instance)


topic_policy = PublishedCataloguePolicy(Topic)
person_policy = PublishedCataloguePolicy(Person)
