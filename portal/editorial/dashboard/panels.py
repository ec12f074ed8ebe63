"""The desk on the newsroom's first page, in the language of Wagtail's own panels."""

from typing import Any

from django.forms import Media
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _
from wagtail.admin.site_summary import SummaryItem
from wagtail.admin.staticfiles import versioned_static
from wagtail.admin.ui.components import Component

from portal.editorial.dashboard.calendar import weeks
from portal.editorial.dashboard.lists import LONGEST, DashboardList, dashboard_of


class DashboardPanel(Component):
    @property
    def media(self) -> Media:
        return Media(css={"all": [versioned_static("css/dashboard.css")]})


class ListPanel(DashboardPanel):
    template_name = "editorial/dashboard/list.html"

    def __init__(self, shown: DashboardList):
        self.shown = shown
        self.name = f"desk-{shown.name}"
        self.order = shown.order

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        desk = dashboard_of(parent_context["request"])
        rows = desk.rows[self.shown.name]
        return {
            "list": self.shown,
            "rows": [(row, desk.place_of(row.path)) for row in rows[:LONGEST]],
            "has_people": any(row.who for row in rows),
            "csrf_token": parent_context.get("csrf_token"),
            "has_more": len(rows) > LONGEST,
            "nothing": self.shown.nothing if desk.reach.publishes or not self.shown.is_for_publishers else "",
        }


class CalendarPanel(DashboardPanel):
    name = "desk-calendar"
    order = 50
    template_name = "editorial/dashboard/calendar.html"

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        desk = dashboard_of(parent_context["request"])
        return {
            "heading": _("The next two weeks"),
            "weekdays": [WEEKDAYS[number] for number in range(7)],
            "weeks": weeks(desk),
            "is_empty": not desk.entries,
            "places": {entry.path: desk.place_of(entry.path) for entry in desk.entries},
        }


class PlacesItem(SummaryItem):
    """Where somebody works, in the place of counts that take in the whole network."""

    order = 100
    template_name = "editorial/dashboard/places.html"

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        desk = dashboard_of(self.request)
        return {"homes": desk.homes, "waiting": len(desk.rows["waiting"]), "longest": LONGEST}
