"""Wagtail hooks of the checklist by the site: its address and its menu item."""

from typing import Any

from django.urls import path, reverse_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from portal.editorial.menu import ConditionalItem
from portal.editorial.site_admin.scope import administers_any
from portal.editorial.site_checklist.views import SiteChecklistView


@hooks.register("register_admin_urls")
def site_checklist_urls() -> list[Any]:
    return [
        path("office/checklist/", SiteChecklistView.as_view(), name="site_checklists"),
        path("office/checklist/<int:site>/", SiteChecklistView.as_view(), name="site_checklist"),
    ]


@hooks.register("register_settings_menu_item")
def site_checklist_menu_item() -> ConditionalItem:
    return ConditionalItem(
        _("Checklist"),
        reverse_lazy("site_checklists"),
        condition=lambda request: administers_any(request.user),
        name="site-checklist",
        icon_name="list-ul",
        order=640,
    )
