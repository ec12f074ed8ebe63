"""Tells those registered what a publication changed of their dates: once, whoever publishes how often.

Each registration keeps what its person was told last. Whatever differs from it now, and matters to who comes, is told
in one letter to each person; so a letter that could not be written yet is written later, and none is written twice.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext, override

from events.date_words import when_words
from events.models import EventPage, Occurrence, Registration
from events.registration.links import own_address, page_address
from events.registration.mails import calendar_of, place_of, when_of
from events.registration.snapshot import PLACE, TIME, Facts, differ, snapshot_of_date
from portal.core.mail import compose, enqueue


@dataclass(frozen=True)
class News:
    """What became of one date. `before` is its old time in words where that is another."""

    registration: Registration
    date: Occurrence
    kind: str
    before: str = ""
    is_elsewhere: bool = False

    @property
    def row(self) -> dict[str, Any]:
        """As the letter shows it, in the active language."""
        return {
            "kind": self.kind,
            "title": self.date.shown_title,
            "when": when_of(self.date),
            "before": self.before,
            "is_elsewhere": self.is_elsewhere,
            "place": place_of(self.date),
            "online": self.date.shown_online_url,
            "reason": self.date.reason,
            "link": own_address(self.registration),
        }


def notify_registered(page: EventPage, now: datetime) -> int:
    """Write to all who registered by this page and whose date has changed; how many letters that are."""
    dates = {date.seats_id: date for date in _dates(page)}
    persons: dict[tuple[str, str], list[int]] = defaultdict(list)
    for key, address, language in _registered(page).values_list("pk", "same_address", "language"):
        persons[address, language].append(key)
    return sum(_tell(keys, dates, now) for keys in persons.values())


@transaction.atomic
def notify_of_deletion(page: EventPage, now: datetime) -> None:
    """The page is about to be deleted: another language of the event takes its people over, or they are told."""
    others = EventPage.objects.filter(translation_key=page.translation_key, alias_of=None).exclude(pk=page.pk)
    heirs = {date.seats_id: date for other in others.order_by("live", "pk") for date in _dates(other)}
    dates = {date.seats_id: date for date in _dates(page)}
    persons: dict[tuple[str, str], list[int]] = defaultdict(list)
    for registration in _registered(page).select_related("date"):
        heir = heirs.get(registration.date_id)
        if heir:
            registration.event, registration.notified = heir.event, snapshot_of_date(heir)
            registration.save(update_fields=["event", "notified", "words"])
        else:
            persons[registration.same_address, registration.language].append(registration.pk)
    for keys in persons.values():
        _tell(keys, dates, now, is_gone=True)


def _registered(page: EventPage) -> Any:
    return Registration.objects.active().filter(event=page).order_by("pk")


def _dates(page: EventPage) -> Iterable[Occurrence]:
    found = Occurrence.objects.filter(event=page, seats__isnull=False).select_related("venue", "event__venue")
    return found.order_by("start")


@transaction.atomic
def _tell(keys: list[int], dates: dict[Any, Occurrence], now: datetime, *, is_gone: bool = False) -> bool:
    """Write to one person about all of their dates; whether there was anything to write."""
    known = Registration.objects.active().select_for_update(of=("self",)).filter(pk__in=keys)
    registrations = [each for each in known.select_related("site", "date") if each.date_id in dates]
    registrations.sort(key=lambda each: dates[each.date_id].start)
    if not registrations:
        return False
    first = registrations[0]
    with override(first.language):
        told = [_news(each, dates[each.date_id], now, is_gone=is_gone) for each in registrations]
        news = [each for each in told if each]
        if news:
            enqueue([_letter(news, is_gone=is_gone)])
    return bool(news)


def _news(registration: Registration, date: Occurrence, now: datetime, *, is_gone: bool) -> News | None:
    """What is new to somebody, noted as told; None for what does not matter to who comes."""
    before, after = registration.notified, snapshot_of_date(date)
    if is_gone:
        after["is_off"] = True
    elif date.is_withdrawn and _has_a_follower(date):
        # The later part of a series that was split will take them over when it is published.
        return None
    if before == after:
        return None
    ended = datetime.fromisoformat(before["end"])
    registration.notified = after
    registration.delete_at += date.end - ended
    registration.save(update_fields=["notified", "delete_at", "words"])
    if max(ended, date.end) <= now:
        return None
    return _told_apart(registration, date, before, after)


def _told_apart(registration: Registration, date: Occurrence, before: Facts, after: Facts) -> News | None:
    if after["is_off"]:
        return None if before["is_off"] else News(registration, date, "off")
    moved, elsewhere = differ(before, after, TIME), differ(before, after, PLACE)
    old = _when(before, date) if moved else ""
    if before["is_off"]:
        return News(registration, date, "on", old, elsewhere)
    if not moved and not elsewhere:
        return None
    return News(registration, date, "moved" if moved else "elsewhere", old, elsewhere)


def _when(facts: Facts, date: Occurrence) -> str:
    start, end = (datetime.fromisoformat(facts[name]) for name in ("start", "end"))
    return when_words(start, end, date.zone, all_day=facts["is_all_day"], open_end=date.is_open_ended)


def _has_a_follower(date: Occurrence) -> bool:
    drafts = EventPage.objects.filter(continues=date.event_id, live=False, first_published_at=None)
    starts = [draft.get_latest_revision_as_object().start for draft in drafts]
    return any(start is not None and start <= date.original_start for start in starts)


def _letter(news: list[News], *, is_gone: bool) -> Any:
    first, page = news[0].registration, news[0].date.event
    is_alone = len(news) == 1 and news[0].kind != "off"
    address = page_address(page, first.site)
    context = {
        "title": news[0].date.shown_title if len(news) == 1 else page.title,
        "rows": [each.row for each in news],
        "kind": news[0].kind if len({each.kind for each in news}) == 1 else "several",
        "link": own_address(first) if is_alone else "" if is_gone else address,
        "link_label": gettext("Change or cancel") if is_alone else gettext("To the event"),
    }
    files = calendar_of(page, [(each.date, each.kind == "off") for each in news])
    facts = {"to": first.address, "language": first.language, "site": first.site}
    return compose("registration_news", context, attachments=files, reply_to=page.contact_email, **facts)
