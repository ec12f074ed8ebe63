"""The page of the newsroom's calendar: a month, a week, or a list of days."""

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.text import capfirst
from django.utils.translation import gettext as _, gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_POST
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.widgets import HeaderButton

from portal.editorial.dashboard.calendar import CalendarItem
from portal.editorial.dashboard.write import parents
from portal.editorial.planning.filters import CalendarFilters, CalendarView
from portal.editorial.planning.rows import CalendarDay, by_day, entries_shown, rows_of
from portal.editorial.records.planning import CalendarAddress
from portal.editorial.work_area import WorkArea
from portal.formats.words import in_words
from portal.platform.newsroom_views import NewsroomView

# The rows of a day in each view; a list has pages instead.
MAX_PER_DAY = {CalendarView.MONTH: 6, CalendarView.WEEK: 25}
PER_PAGE = 100
MAX_LATE = 10


def has_calendar(user: Any) -> bool:
    area = WorkArea.of(user)
    return area.everywhere or bool(area.full_paths or area.own_paths)


class PlanningView(NewsroomView, TemplateView):
    template_name = "editorial/planning/calendar.html"
    page_title = pgettext_lazy("newsroom", "Calendar")
    header_icon = "calendar-alt"
    http_method_names = ["get", "head", "options"]

    def test_func(self) -> bool:
        return has_calendar(self.request.user)

    @property
    def header_buttons(self) -> list[HeaderButton]:
        if not any(parents(self.request.user).values()):
            return []
        return [HeaderButton(gettext_lazy("Plan something"), url=reverse("planning_add"), icon_name="plus")]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        filters = CalendarFilters(self.request.GET, self.request.user, timezone.now())
        entries, late = entries_shown(filters)
        # The address of this calendar, to return to after a move.
        here = _address(filters, filters.view, filters.day)
        back = f"?{urlencode({'next': here})}"
        context = {
            "filters": filters,
            "form": filters.form,
            "heading": _heading(filters),
            "views": [(view, view.label, _address(filters, view, filters.day)) for view in CalendarView],
            "earlier_url": _address(filters, filters.view, filters.earlier),
            "later_url": _address(filters, filters.view, filters.later),
            "today_url": _address(filters, filters.view, None),
            "is_empty": not entries and not late,
            "late": rows_of(late[:MAX_LATE], filters, back),
            "more_late": max(0, len(late) - MAX_LATE),
            "may_plan": bool(self.header_buttons),
            "here": here,
            "feed_url": feed_url(filters),
            "weekdays": [capfirst(str(WEEKDAYS[number])) for number in range(7)],
        }
        days = _days_of_list if filters.view == CalendarView.LIST else _days_of_table
        return super().get_context_data(**kwargs) | context | days(entries, filters, back, self.request.GET.get("p"))


def _heading(filters: CalendarFilters) -> str:
    if filters.view == CalendarView.MONTH:
        return str(capfirst(in_words(filters.day, "yMMMM")))
    first, last = filters.days[0], filters.days[-1]
    begins = in_words(first, "MMMMd" if first.year == last.year else "long")
    return _("%(first)s to %(last)s") % {"first": begins, "last": in_words(last)}


def _address(filters: CalendarFilters, view: str, day: date | None) -> str:
    """The address of the calendar with the same filters."""
    query = {**filters.narrowing, "view": view} | ({"from": day.isoformat()} if day else {})
    return f"{reverse('planning')}?{urlencode(query)}"


def _days_of_table(
    entries: list[CalendarItem], filters: CalendarFilters, back: str, page: str | None
) -> dict[str, Any]:
    most = MAX_PER_DAY[filters.view]
    found = by_day(entries)
    shown = [entry for day in filters.days for entry in found.get(day, [])[:most]]
    rows = {id(row.entry): row for row in rows_of(shown, filters, back)}
    days = []
    for day in filters.days:
        of_day = found.get(day, [])
        days.append(_day(day, filters, [rows[id(entry)] for entry in of_day[:most]], len(of_day) - most))
    return {"weeks": [days[number : number + 7] for number in range(0, len(days), 7)]}


def _days_of_list(entries: list[CalendarItem], filters: CalendarFilters, back: str, page: str | None) -> dict[str, Any]:
    """The days of one page of the list. Days without entries are left out if the list has several pages."""
    listed = Paginator(entries, PER_PAGE).get_page(page)
    found = by_day(listed.object_list)
    rows = {id(row.entry): row for row in rows_of(listed.object_list, filters, back)}
    days = filters.days if listed.paginator.num_pages == 1 else list(found)
    shown = [_day(day, filters, [rows[id(entry)] for entry in found.get(day, [])]) for day in days]
    return {"days": shown, "listed": listed}


def _day(day: date, filters: CalendarFilters, rows: list[Any], more: int = 0) -> CalendarDay:
    is_outside = filters.view == CalendarView.MONTH and day.month != filters.day.month
    list_url = _address(filters, CalendarView.LIST, day)
    return CalendarDay(day, day == filters.today, day < filters.today, is_outside, rows, max(0, more), list_url)


def feed_url(filters: CalendarFilters) -> str:
    """The full private address of the calendar as shown; empty if the person has none."""
    address = CalendarAddress.objects.filter(user=filters.user).first()
    if address is None:
        return ""
    query = filters.narrowing
    path = reverse("planning_feed", args=[address.token])
    return f"{settings.ADMIN_BASE_URL.rstrip('/')}{path}{'?' if query else ''}{urlencode(query)}"


@require_POST
def change_address(request: HttpRequest) -> HttpResponse:
    """Create, replace or revoke the user's private calendar address."""
    user: Any = request.user
    had = CalendarAddress.objects.filter(user=user).delete()[0]
    if "revoke" in request.POST:
        messages.success(request, _("Your private calendar address no longer works."))
    else:
        CalendarAddress.objects.create(user=user)
        text = _("You have a new private calendar address; the old one no longer works.")
        messages.success(request, text if had else _("You have a private calendar address."))
    return redirect(f"{reverse('planning')}#calendar-address")
