"""The dates of a series in the newsroom: change one, cancel one, or change it and all that follow."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from events.clock import wall
from events.models import ChangedDate, EventPage, EventSettings
from events.models.dates import occurrences_of
from events.newsroom.splitting import find, split
from events.recurrence import expand, horizon_from

SHOWN = 60
ACTIONS = ("change", "cancel", "following")


def dates(request: HttpRequest, page_id: int) -> HttpResponse:
    """The dates of the latest draft, and what an editor can do with each; whatever is done is a draft again."""
    saved = get_object_or_404(EventPage, pk=page_id)
    rights = saved.permissions_for_user(request.user)
    if not rights.can_edit():
        raise PermissionDenied
    page = saved.get_latest_revision_as_object()
    if request.method == "POST":
        lock = saved.get_lock()
        if lock and lock.for_user(request.user):
            raise PermissionDenied
        try:
            return _done(request, page, request.POST.get("action", ""), request.POST.get("date", ""))
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        return redirect("event_dates", page.pk)
    return render(request, "events/newsroom/dates.html", _shown(page))


def _shown(page: EventPage) -> dict[str, Any]:
    if not page.start or not page.end:
        return {"page": page, "rows": [], "unattached": []}
    here = wall(timezone.now(), page.zone)
    expansion = expand(page.series, horizon_from(here, page.wall_span[0]))
    rows = list(occurrences_of(page, expansion, EventSettings.night_ends_for(page)))
    coming = [row for row in rows if row.end > timezone.now()]
    return {
        "page": page,
        "rows": coming[:SHOWN],
        "more": max(0, len(coming) - SHOWN),
        "past": len(rows) - len(coming),
        "unattached": [change.source for change in expansion.unattached],
        "removed": expansion.removed[:SHOWN],
    }


def _done(request: HttpRequest, page: EventPage, action: str, key: str) -> HttpResponse:
    if action not in ACTIONS:
        raise ValidationError(_("Choose what to do with the date."))
    if action == "following":
        if not page.get_parent().permissions_for_user(request.user).can_add_subpage():
            raise PermissionDenied
        follower = split(page, key, request.user)
        messages.success(request, _("The later dates are an event of their own now. Both drafts wait to be submitted."))
        return redirect("wagtailadmin_pages:edit", follower.pk)
    found = find(page.series, key)
    day: date = found.original.date()
    hour = found.original.time() if found.is_added else None
    known = next((row for row in page.changed_dates.all() if (row.day, row.hour) == (day, hour)), None)
    row = known or ChangedDate(day=day, hour=hour)
    if action == "cancel":
        row.kind = ChangedDate.Kind.CANCELLED
        row.reason = request.POST.get("reason", "")[:200]
    if known is None:
        page.changed_dates.add(row)
    page.save_revision(user=request.user)
    if action == "cancel":
        messages.success(request, _("The date is cancelled in the draft; submit it to let readers know."))
        return redirect("event_dates", page.pk)
    messages.success(request, _("The date stands among those changed: say what differs."))
    return redirect("wagtailadmin_pages:edit", page.pk)
