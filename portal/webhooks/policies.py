"""Who may use webhooks: the administrators of their site."""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from wagtail.permission_policies import BasePermissionPolicy

from portal.editorial.site_admin.scope import administers_any, sites_administered
from portal.webhooks.models import Webhook


class WebhookPolicy(BasePermissionPolicy):
    def user_has_permission(self, user: Any, action: str) -> bool:
        return administers_any(user)

    def user_has_permission_for_instance(self, user: Any, action: str, instance: Webhook) -> bool:
        return sites_administered(user).filter(pk=instance.site_id).exists()

    def instances_user_has_any_permission_for(self, user: Any, actions: Iterable[str]) -> QuerySet[Webhook]:
        return Webhook.objects.filter(site__in=sites_administered(user))


webhook_policy = WebhookPolicy(Webhook)
