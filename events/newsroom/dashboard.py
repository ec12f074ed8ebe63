"""The dashboard list of events that have no recap."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from events.models import Occurrence
from portal.editorial.dashboard.links import edit_url
from portal.editorial.dashboard.lists import LIST_LENGTH, Dashboard, DashboardRow, dashboard_list


@dashboard_list(heading=_("Events without a recap"), order=60, moment_label=_("Ended"))
def ended_without_recap(dashboard: Dashboard) -> Iterator[DashboardRow]:
    """Yield the dates whose recap is due, latest first; a draft counts as a recap."""
    permitted = dashboard.work_area.page_condition(path="event__path", owner="event__owner")
    dates = Occurrence.objects.awaiting_recap(dashboard.now).filter(permitted).select_related("event")
    for date in dates.defer("event__body", "event__programme", "event__speakers", "event__partners")[: LIST_LENGTH + 1]:
        recap_url = f"{reverse('event_recap', args=[date.event_id])}?date={date.key}"
        yield DashboardRow(
            date.shown_title,
            date.event.path,
            edit_url(date.event_id),
            moment=date.end,
            note=date.when,
            actions=((_("Publish the recap"), recap_url),),
        )
