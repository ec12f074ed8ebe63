"""Wagtail hooks of webhooks: their screens, permissions and log actions."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.permissions import register_permission_policy

from portal.webhooks import views
from portal.webhooks.models import Webhook
from portal.webhooks.policies import webhook_policy

register_permission_policy(Webhook, webhook_policy)


@hooks.register("register_admin_viewset")
def webhook_viewsets() -> Any:
    from portal.webhooks.viewsets import webhook_viewset  # Its import needs the policy above.

    return webhook_viewset


@hooks.register("register_log_actions")
def webhook_actions(actions: Any) -> None:
    actions.register_action(views.RENEWED, _("New secret of a webhook"), _("Made a new secret"))
