"""Wagtail hooks of the report about broken links."""

from typing import Any

from django.urls import path, reverse_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from portal.editorial.menu import ConditionalItem
from portal.editorial.site_admin.scope import administers_any
from portal.links.report import BrokenLinksView


@hooks.register("register_admin_urls")
def broken_links_urls() -> list[Any]:
    return [path("reports/broken-links/", BrokenLinksView.as_view(), name="broken_links")]


@hooks.register("register_reports_menu_item")
def broken_links_menu_item() -> ConditionalItem:
    return ConditionalItem(
        _("Broken links"),
        reverse_lazy("broken_links"),
        condition=lambda request: administers_any(request.user),
        name="broken-links",
        icon_name="link",
        order=920,
    )
