"""Wagtail hooks of the newsroom's calendar: its addresses and its menu item."""

from typing import Any

from django.urls import path, reverse_lazy
from django.utils.translation import pgettext_lazy
from wagtail import hooks

from portal.editorial.menu import ConditionalItem
from portal.editorial.planning.item_views import NewItemView, PlanView
from portal.editorial.planning.moving import move_entry
from portal.editorial.planning.views import PlanningView, change_address, has_calendar


@hooks.register("register_admin_urls")
def planning_urls() -> list[Any]:
    return [
        path("planning/", PlanningView.as_view(), name="planning"),
        path("planning/add/", NewItemView.as_view(), name="planning_add"),
        path("planning/address/", change_address, name="planning_address"),
        path("planning/<int:page_id>/", PlanView.as_view(), name="planning_item"),
        path("planning/<int:page_id>/move/", move_entry, name="planning_move"),
    ]


@hooks.register("register_admin_menu_item")
def planning_menu_item() -> ConditionalItem:
    return ConditionalItem(
        pgettext_lazy("newsroom", "Calendar"),
        reverse_lazy("planning"),
        condition=lambda request: has_calendar(request.user),
        name="planning",
        icon_name="calendar-alt",
        order=20,
    )
