"""The dashboard panels on Wagtail's home page."""

from datetime import date
from typing import Any

from django.forms import Media
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from wagtail.admin.site_summary import SummaryItem
from wagtail.admin.staticfiles import versioned_static
from wagtail.admin.ui.components import Component

from portal.editorial.dashboard.calendar import CalendarItem, EntryState, names_of_people
from portal.editorial.dashboard.lists import LIST_LENGTH, Dashboard, DashboardList, dashboard_lists, dashboard_of
from portal.editorial.dashboard.write import links_to_write
from portal.formats.words import weekday_and_day


class DashboardPanel(Component):
    @property
    def media(self) -> Media:
        return Media(css={"all": [versioned_static("css/dashboard.css")]})


class TodayPanel(DashboardPanel):
    """Today's publications, what awaits this person, overdue entries, the calendar, and the buttons for new pages.

    Writers also see when their next approved pages appear.
    """

    name = "dashboard-today"
    order = 1
    template_name = "editorial/dashboard/today.html"

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        dashboard = dashboard_of(parent_context["request"])
        today = timezone.localdate(dashboard.now)
        now_due = [entry for entry in dashboard.entries if timezone.localdate(entry.at) == today]
        late = dashboard.late[:LIST_LENGTH]
        own = [entry for entry in dashboard.entries if entry.is_plan and entry.person == dashboard.user.pk]
        later = [entry for entry in dashboard.entries if _is_own_publication(entry, dashboard.user, today)]
        calendar_url = reverse("planning")
        return {
            "heading": capfirst(weekday_and_day(today)),
            "calendar_url": calendar_url,
            "planned": len(own),
            "planned_url": f"{calendar_url}?view=list&person=me",
            "names": names_of_people(entry for entry in (*now_due, *late) if entry.is_plan),
            "write": links_to_write(dashboard),
            "now_due": now_due,
            "late": late,
            "waiting": [summary for each in dashboard_lists() if (summary := _summary(each, dashboard))],
            "later": [(weekday_and_day(timezone.localdate(entry.at)), entry) for entry in later[:LIST_LENGTH]],
            "places": {entry.path: dashboard.place_of(entry.path) for entry in (*now_due, *later)},
        }


def _is_own_publication(entry: CalendarItem, user: Any, today: date) -> bool:
    """Whether an approved page of this person appears on a later day."""
    is_approved = entry.state in (EntryState.APPEARS, EntryState.EMBARGO)
    return is_approved and user.pk in (entry.owner, entry.author) and timezone.localdate(entry.at) > today


def _summary(waiting: DashboardList, dashboard: Dashboard) -> dict[str, Any] | None:
    """The number of rows that await this person, and the time of the oldest one; None for an empty list."""
    rows = dashboard.rows[waiting.name] if waiting.waits else []
    if not rows:
        return None
    return {
        "heading": waiting.heading,
        "url": f"#dashboard-{waiting.name}-section",
        "number": f"{waiting.length}+" if len(rows) > waiting.length else len(rows),
        "oldest": min((row.date for row in rows if row.date), default=None),
    }


class ListPanel(DashboardPanel):
    template_name = "editorial/dashboard/list.html"

    def __init__(self, dashboard_list: DashboardList):
        self.list = dashboard_list
        self.name = f"dashboard-{dashboard_list.name}"
        self.order = dashboard_list.order

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        dashboard = dashboard_of(parent_context["request"])
        rows = dashboard.rows[self.list.name]
        return {
            "list": self.list,
            "rows": [(row, dashboard.place_of(row.path)) for row in rows[: self.list.length]],
            "has_people": any(row.person for row in rows),
            "csrf_token": parent_context.get("csrf_token"),
            "has_more": len(rows) > self.list.length,
            "all_url": self.list.all_url() if self.list.all_url else "",
            "empty_text": self.list.empty_text
            if dashboard.work_area.publishes or not self.list.is_for_publishers
            else "",
        }


class WorkAreaItem(SummaryItem):
    """The home pages below which the user works."""

    order = 100
    template_name = "editorial/dashboard/work_area.html"

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        dashboard = dashboard_of(self.request)
        return {"homes": dashboard.homes, "waiting": len(dashboard.rows["waiting"]), "longest": LIST_LENGTH}
