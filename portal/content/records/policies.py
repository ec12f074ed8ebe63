"""Permissions for catalogue records: a newsroom manages its site's records, administrators manage the network's."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth import get_permission_codename
from django.db.models import Q, QuerySet
from wagtail.permission_policies.sites import SitePermissionPolicy

from portal.content.records.catalogue import CatalogueRecord
from portal.content.records.outlines import MapOutline
from portal.content.records.people import Person
from portal.content.records.topics import Topic


class CataloguePolicy(SitePermissionPolicy):
    """Wagtail's permissions by site. Users who may view any site's records may also view those without a site."""

    def administers_network(self, user: Any, actions: Iterable[str]) -> bool:
        """Whether a user has one of these permissions for the whole installation, not just for certain sites."""
        if not user.is_active or user.is_anonymous:
            return False
        names = (get_permission_codename(action, self.model._meta) for action in actions)
        return user.is_superuser or any(user.has_perm(f"{self.model._meta.app_label}.{name}") for name in names)

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
outline_policy = CataloguePolicy(MapOutline)
