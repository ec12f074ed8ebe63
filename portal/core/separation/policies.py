"""Who sees and keeps which names: those of a site are its newsroom's, those of the network its administrators'."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet
from wagtail.permission_policies.sites import SitePermissionPolicy

from portal.core.models import CatalogueRecord, Person, Topic


class CataloguePolicy(SitePermissionPolicy):
    """Wagtail's rights by site, for records that may have none: then whoever sees any name sees them as well."""

    def administers_network(self, user: Any, actions: Iterable[str]) -> bool:
        """Whether a user holds one of these rights for the whole installation, and not at certain sites."""
        if not user.is_active or user.is_anonymous:
            return False
        return user.is_superuser or self._user_has_global_permission(user, actions)

    def user_has_any_permission_for_instance(
        self, user: Any, actions: Iterable[str], instance: CatalogueRecord
    ) -> bool:
        if getattr(instance, "site_id", instance) is None and "view" in actions:
            return self.user_has_permission(user, "view")
        return super().user_has_any_permission_for_instance(user, actions, instance)

    def instances_user_has_any_permission_for(self, user: Any, actions: Iterable[str]) -> QuerySet[Any]:
        reached = Q(site__in=self.sites_user_has_any_permission_for(user, actions))
        sees = "view" in actions and self.user_has_permission(user, "view")
        if sees or self.administers_network(user, actions):
            reached |= Q(site=None)
        return self.model._default_manager.filter(reached)


topic_policy = CataloguePolicy(Topic)
person_policy = CataloguePolicy(Person)
