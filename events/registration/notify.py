"""Notifies registered people of changes to their dates, once per change.

Each registration stores the state of its date in the last email to the person. The next email lists all differences in
time, place and cancellation.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext, override

from events.formatting.dates import format_when
from events.pages import EventPage
from events.records import Occurrence, Registration
from events.registration.links import page_url, registration_url
from events.registration.mails import (
    PLACE,
    TIME,
    DateSnapshot,
    calendar_attachment,
    differ,
    place_of,
    snapshot_of_date,
    when_of,
)
from portal.content.mail import compose, enqueue


@dataclass(frozen=True)
class DateChange:
    """The change of one date: "off", "on", "moved" or "elsewhere". `before` is the old time if it changed."""

    registration: Registration
    date: Occurrence
    kind: str
    before: str = ""
    is_elsewhere: bool = False

    @property
    def row(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "title": self.date.shown_title,
            "when": when_of(self.date, self.registration.site),
            "before": self.before,
            "is_elsewhere": self.is_elsewhere,
            "place": place_of(self.date),
            "online": self.date.shown_online_url,
            "reason": self.date.reason,
            "link": registration_url(self.registration),
        }


def notify_registered(page: EventPage, now: datetime) -> int:
    """Notify all people who registered on this page if their date has changed; return the number of emails."""
    persons: dict[tuple[str, str], list[int]] = defaultdict(list)
    for key, address, language in _registered(page).values_list("pk", "same_address", "language"):
        persons[address, language].append(key)
    return sum(_notify_person(keys, page, now) for keys in persons.values())


@transaction.atomic
def notify_of_deletion(page: EventPage, now: datetime) -> None:
    """Move the registrations of a page that is being deleted to another language, or notify the people."""
    others = EventPage.objects.filter(translation_key=page.translation_key, alias_of=None).exclude(pk=page.pk)
    replacements = {date.seats_id: date for other in others.order_by("live", "pk") for date in _dates(other)}
    persons: dict[tuple[str, str], list[int]] = defaultdict(list)
    for registration in _registered(page).select_related("date"):
        replacement = replacements.get(registration.date_id)
        if replacement:
            registration.event, registration.notified = replacement.event, snapshot_of_date(replacement)
            registration.save(update_fields=["event", "notified", "answers_text"])
        else:
            persons[registration.same_address, registration.language].append(registration.pk)
    for keys in persons.values():
        _notify_person(keys, page, now, is_deleted=True)


def _registered(page: EventPage) -> Any:
    return Registration.objects.settled().filter(event=page).order_by("pk")


def _dates(page: EventPage) -> QuerySet[Occurrence]:
    found = Occurrence.objects.filter(event=page, seats__isnull=False).select_related("venue", "event__venue")
    return found.order_by("start")


@transaction.atomic
def _notify_person(keys: list[int], page: EventPage, now: datetime, *, is_deleted: bool = False) -> bool:
    """Send one person one email about all their dates; return whether there was anything to send."""
    locked = Registration.objects.settled().select_for_update(of=("self",)).filter(pk__in=keys)
    registrations = list(locked.select_related("site", "date"))
    # This is queried under the lock, because another task may have notified them meanwhile.
    dates: dict[Any, Occurrence] = {
        date.seats_id: date for date in _dates(page).filter(seats__in=[each.date_id for each in registrations])
    }
    registrations = [each for each in registrations if each.date_id in dates]
    registrations.sort(key=lambda each: dates[each.date_id].start)
    if not registrations:
        return False
    first = registrations[0]
    with override(first.language):
        recorded = [_record_change(each, dates[each.date_id], now, is_deleted=is_deleted) for each in registrations]
        changes = [change for change in recorded if change]
        if changes:
            mailed = [each.registration.pk for each in changes]
            Registration.objects.filter(pk__in=mailed).update(last_mailed_at=now)
            enqueue([_message(changes, is_deleted=is_deleted)])
    return bool(changes)


def _record_change(
    registration: Registration, date: Occurrence, now: datetime, *, is_deleted: bool
) -> DateChange | None:
    """Store the new snapshot and return the change; None if there is none to send."""
    before, after = registration.notified, snapshot_of_date(date)
    if is_deleted:
        after["is_off"] = True
    elif date.is_withdrawn and _has_unpublished_successor(date):
        # The registrations move to the new event of a split series when that is published.
        return None
    if before == after:
        return None
    ended = datetime.fromisoformat(before["end"])
    registration.notified = after
    registration.delete_at += date.end - ended
    registration.save(update_fields=["notified", "delete_at", "answers_text"])
    if max(ended, date.end) <= now:
        return None
    return _classify(registration, date, before, after)


def _classify(
    registration: Registration, date: Occurrence, before: DateSnapshot, after: DateSnapshot
) -> DateChange | None:
    if after["is_off"]:
        return None if before["is_off"] else DateChange(registration, date, "off")
    is_moved, is_elsewhere = differ(before, after, TIME), differ(before, after, PLACE)
    old_time = _when(before, date) if is_moved else ""
    if before["is_off"]:
        return DateChange(registration, date, "on", old_time, is_elsewhere)
    if not is_moved and not is_elsewhere:
        return None
    return DateChange(registration, date, "moved" if is_moved else "elsewhere", old_time, is_elsewhere)


def _when(facts: DateSnapshot, date: Occurrence) -> str:
    start, end = (datetime.fromisoformat(facts[name]) for name in ("start", "end"))
    return format_when(start, end, date.zone, all_day=facts["is_all_day"], open_end=date.is_open_ended)


def _has_unpublished_successor(date: Occurrence) -> bool:
    drafts = EventPage.objects.filter(continues=date.event_id, live=False, first_published_at=None)
    starts = [draft.get_latest_revision_as_object().start for draft in drafts]
    return any(start is not None and start <= date.original_start for start in starts)


def _message(changes: list[DateChange], *, is_deleted: bool) -> Any:
    first, page = changes[0].registration, changes[0].date.event
    is_alone = len(changes) == 1 and changes[0].kind != "off"
    address = page_url(page, first.site)
    context = {
        "title": changes[0].date.shown_title if len(changes) == 1 else page.title,
        "rows": [each.row for each in changes],
        "kind": changes[0].kind if len({each.kind for each in changes}) == 1 else "several",
        "link": registration_url(first) if is_alone else "" if is_deleted else address,
        "link_label": gettext("Change or cancel") if is_alone else gettext("To the event"),
    }
    files = calendar_attachment(page, [(each.date, each.kind == "off") for each in changes])
    facts = {"to": first.address, "language": first.language, "site": first.site}
    return compose("registration_news", context, attachments=files, reply_to=page.contact_email, **facts)
