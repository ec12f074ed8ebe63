"""The dashboard's event lists: upcoming dates with registrations, letters to approve, and events without a recap."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy as _, ngettext, pgettext_lazy

from events.newsroom.policies import events_with_open_registrations
from events.records import EventLetter, Occurrence
from events.recurrence import SINGLE
from events.registration.letters import refusal_of_approval
from events.status import EventStatus
from portal.accounts.names import name_of
from portal.content.records.clocks import SiteClocks
from portal.editorial.dashboard.links import edit_url
from portal.editorial.dashboard.lists import LIST_LENGTH, Dashboard, DashboardRow, dashboard_list

# Events are expected to have at most this many languages.
LANGUAGES = 3
# The calendar below shows the rest of the coming weeks.
COMING = 5
LETTER = pgettext_lazy("to registered people", "Letter")


@dashboard_list(heading=_("Coming dates"), order=45, length=COMING)
def coming_dates(dashboard: Dashboard) -> Iterator[DashboardRow]:
    """Yield the next dates. Each date appears once, in one of its event's languages."""
    permitted = dashboard.work_area.page_condition(path="event__path", owner="event__owner")
    dates = Occurrence.objects.not_withdrawn().filter(permitted, end__gt=dashboard.now, event__alias_of=None)
    clocks, shown = _clocks(dashboard), set()
    found = list(dates.filter(event__live=True).for_rows().order_by("start", "pk")[: LANGUAGES * (COMING + 1)])
    registrable = {date.event_id for date in found if date.event.takes_registrations}
    are_open = events_with_open_registrations(dashboard.user, registrable)
    for date in found:
        if (date.event.translation_key, date.key) in shown:
            continue
        shown.add((date.event.translation_key, date.key))
        facts = (clocks.when(date, date.event.path), _status(date), _seats(date))
        yield DashboardRow(
            date.shown_title,
            date.event.path,
            edit_url(date.event_id),
            note=" · ".join(str(part) for part in facts if part),
            links=_links(date, date.event_id in are_open),
        )
        if len(shown) > COMING:
            return


def _clocks(dashboard: Dashboard) -> SiteClocks:
    area = dashboard.work_area
    return dashboard.cached("clocks", lambda: SiteClocks([*area.full_paths, *area.own_paths]))


def _status(date: Occurrence) -> str:
    is_changed = date.shown_status in (EventStatus.MOVED, EventStatus.CANCELLED)
    return str(date.shown_status.label) if is_changed else ""


def _seats(date: Occurrence) -> str:
    seats = None if date.is_cancelled else date.availability
    if seats is None:
        return ""
    if not seats.taken:
        return gettext("No places taken yet")
    if seats.capacity is None:
        return ngettext("%(number)d place taken", "%(number)d places taken", seats.taken) % {"number": seats.taken}
    return _("%(taken)d of %(capacity)d places taken") % {"taken": seats.taken, "capacity": seats.capacity}


def _links(date: Occurrence, are_registrations_open: bool) -> tuple[tuple[Any, str], ...]:
    links = []
    if date.key != SINGLE:
        links.append((_("All dates: move or cancel one"), reverse("event_dates", args=[date.event_id])))
    if are_registrations_open:
        links.append((_("Registrations"), reverse("registrations:list", args=[date.event_id])))
    return tuple(links)


@dashboard_list(
    heading=_("Letters to approve"), order=15, subject_label=LETTER, date_label=_("Waiting since"), waits=True
)
def letters_to_approve(dashboard: Dashboard) -> Iterator[DashboardRow]:
    """Yield the letters to registered people that this person may approve, oldest first."""
    waiting = _letters(dashboard, state=EventLetter.State.WAITING).exclude(written_by=dashboard.user)
    # Waiting letters are rare, so each is checked separately.
    approvable = (
        letter for letter in waiting.order_by("changed_at", "pk") if not refusal_of_approval(letter, dashboard.user)
    )
    for letter in islice(approvable, LIST_LENGTH + 1):
        yield _letter_row(letter, date=letter.changed_at, person=name_of(letter.written_by))


@dashboard_list(heading=_("Letters sent back to you"), order=21, subject_label=LETTER, waits=True)
def letters_sent_back(dashboard: Dashboard) -> Iterator[DashboardRow]:
    """Yield this person's letters that an approver returned with a remark."""
    returned = _letters(dashboard, state=EventLetter.State.DRAFT, written_by=dashboard.user).exclude(remark="")
    for letter in returned[: LIST_LENGTH + 1]:
        yield _letter_row(letter, person=name_of(letter.returned_by), comment=letter.remark)


def _letters(dashboard: Dashboard, **facts: Any) -> QuerySet[EventLetter]:
    permitted = dashboard.work_area.page_condition(path="event__path", owner="event__owner")
    texts = ("event__body", "event__programme", "event__speakers", "event__partners")
    letters = EventLetter.objects.filter(permitted, **facts)
    return letters.select_related("event", "written_by", "returned_by").defer(*texts)


def _letter_row(letter: EventLetter, **facts: Any) -> DashboardRow:
    url = reverse("registrations:letter", args=[letter.pk])
    return DashboardRow(letter.subject, letter.event.path, url, note=letter.event.draft_title, **facts)


@dashboard_list(heading=_("Events without a recap"), order=60, date_label=_("Ended"))
def ended_without_recap(dashboard: Dashboard) -> Iterator[DashboardRow]:
    """Yield the dates whose recap is due, latest first. A draft counts as a recap."""
    permitted = dashboard.work_area.page_condition(path="event__path", owner="event__owner")
    dates = Occurrence.objects.awaiting_recap(dashboard.now).filter(permitted).select_related("event")
    clocks, texts = _clocks(dashboard), ("event__body", "event__programme", "event__speakers", "event__partners")
    for date in dates.defer(*texts)[: LIST_LENGTH + 1]:
        recap_url = f"{reverse('event_recap', args=[date.event_id])}?date={date.key}"
        yield DashboardRow(
            date.shown_title,
            date.event.path,
            edit_url(date.event_id),
            date=date.end,
            note=clocks.when(date, date.event.path),
            actions=((_("Write the recap"), recap_url),),
        )
