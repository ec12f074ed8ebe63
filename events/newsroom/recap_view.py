"""The admin view that opens the recap of a date; the dashboard, the reminder and the event's header lead to it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from events.newsroom.recaps import may_write_recap, open_recap, recap_of
from events.pages import EventPage
from events.records import Occurrence
from portal.content.records.clocks import SiteClocks


class DateForm(forms.Form):
    """The key of a date; empty for the last date that is over."""

    date = forms.CharField(max_length=20, required=False)


@require_http_methods(["GET", "HEAD", "POST"])
def recap(request: HttpRequest, page_id: int) -> HttpResponse:
    """Show the date and its recap; POST redirects to the draft, which is created if there is none."""
    event = get_object_or_404(EventPage, pk=page_id)
    if not may_write_recap(event, request.user):
        raise PermissionDenied
    date = _date(event, DateForm(request.GET))
    if request.method == "POST":
        return _open(request, date)
    site_zone = SiteClocks([event.path]).zone_of(event.path)
    context = {"page": event, "date": date, "recap": recap_of(date), "site_zone": site_zone}
    return render(request, "events/newsroom/recap.html", context)


def _date(event: EventPage, form: DateForm) -> Occurrence:
    if not form.is_valid():
        raise Http404
    dates = Occurrence.objects.filter(event=event).select_related("venue")
    key = form.cleaned_data["date"]
    found = (
        dates.filter(key=key) if key else dates.not_withdrawn().filter(end__lte=timezone.now()).order_by("-end", "-pk")
    )
    date = found.first()
    if date is None:
        raise Http404
    date.event = event
    return date


def _open(request: HttpRequest, date: Occurrence) -> HttpResponse:
    try:
        page: Any = open_recap(date, request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("event_recap", date.event_id)
    if page.permissions_for_user(request.user).can_edit():
        return redirect("wagtailadmin_pages:edit", page.pk)
    message = _("“%(title)s” is being written by somebody else.")
    messages.info(request, message % {"title": page.get_admin_display_title()})
    return redirect("event_recap", date.event_id)
