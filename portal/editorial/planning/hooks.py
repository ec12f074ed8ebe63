"""Wagtail hooks of the newsroom's calendar: its addresses and its menu item."""

from typing import Any

from django.contrib.auth import get_user_model
from django.urls import path, reverse_lazy
from django.utils.dateparse import parse_date
from django.utils.translation import gettext, gettext_lazy, pgettext_lazy
from wagtail import hooks
from wagtail.log_actions import LogFormatter

from portal.accounts.names import name_of
from portal.editorial.menu import ConditionalItem
from portal.editorial.planning.item_views import NewItemView, PlanView
from portal.editorial.planning.items import PLAN_CHANGED
from portal.editorial.planning.moving import move_entry
from portal.editorial.planning.views import PlanningView, change_address, has_calendar
from portal.formats.words import weekday_and_day


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


@hooks.register("register_log_actions")
def plan_changed(actions: Any) -> None:
    @actions.register_action(PLAN_CHANGED)
    class PlanChanged(LogFormatter):
        label = gettext_lazy("Plan changed")

        def format_message(self, log_entry: Any) -> str:
            day = parse_date(log_entry.data["day"])
            if day is None:
                return gettext("Removed the plan")
            person = get_user_model().objects.filter(pk=log_entry.data["person"]).first()
            words = {"when": weekday_and_day(day), "name": name_of(person) or "–"}
            return gettext("Planned for %(when)s: %(name)s") % words
