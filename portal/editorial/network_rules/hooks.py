"""Wagtail hooks of the rules for all sites: their address and their menu item."""

from typing import Any

from django.urls import path, reverse_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from portal.editorial.menu import ConditionalItem
from portal.editorial.network_rules.views import NetworkRulesView


@hooks.register("register_admin_urls")
def network_rules_urls() -> list[Any]:
    return [path("office/rules/", NetworkRulesView.as_view(), name="network_rules")]


@hooks.register("register_settings_menu_item")
def network_rules_menu_item() -> ConditionalItem:
    return ConditionalItem(
        _("Rules for all sites"),
        reverse_lazy("network_rules"),
        condition=lambda request: request.user.is_superuser,
        name="network-rules",
        icon_name="lock",
        order=605,
    )
