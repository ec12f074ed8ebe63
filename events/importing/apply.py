"""Takes a partner's events in as drafts: new ones, changed ones, and nothing that was edited here."""

import json
import logging
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

import nh3
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django.utils.html import linebreaks, strip_tags
from django.utils.text import slugify
from django.utils.translation import gettext as _, ngettext
from wagtail.models import Page

from events.clock import instant, wall
from events.importing.parse import Incoming, Reading
from events.models import AddedDate, CalendarPage, ChangedDate, EventPage, EventStatus, ImportedEvent, Subscription
from portal.core.models import PageTopic, Topic
from portal.core.zones import zone

logger = logging.getLogger(__name__)

LONGEST_STANDFIRST = 400
TAGS = {"p", "br", "b", "i", "strong", "em", "a", "ul", "ol", "li"}
# The fields of the page that an import writes, beside its relations.
PLAIN = ("title", "is_all_day", "time_zone", "status", "recurrence", "place", "address", "online_url")
PLAIN_WORDS = ("standfirst", "contact_name", "source_url")


@dataclass
class ImportReport:
    """What came of one reading, in words that whoever subscribed can use."""

    counts: Counter[str] = field(default_factory=Counter)
    kept: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        lines = [
            _("new: %(created)d, changed: %(updated)d, as before: %(same)d, gone from the source: %(gone)d")
            % {name: self.counts[name] for name in ("created", "updated", "same", "gone")}
        ]
        if self.counts["deleted"]:
            lines.append(
                ngettext("%(n)d deleted here stays away", "%(n)d deleted here stay away", self.counts["deleted"])
                % {"n": self.counts["deleted"]}
            )
        return "\n".join([*lines, *self.kept, *self.problems])


def apply_reading(subscription: Subscription, reading: Reading, now: datetime) -> ImportReport:
    """Bring the drafts of a subscription in line with what its source says; each event by itself."""
    report = ImportReport(problems=list(reading.problems))
    calendar = subscription.calendar
    known = {row.uid: row for row in ImportedEvent.objects.filter(subscription=subscription).select_related("event")}
    for incoming in reading.events:
        try:
            with transaction.atomic():
                _take(subscription, calendar, incoming, known.get(incoming.uid), report, now)
        except ValidationError as error:
            words = "; ".join(message for message in error.messages)
            report.problems.append(_("line %(line)d: %(words)s") % {"line": incoming.line, "words": words})
        except Exception as error:
            # One event that cannot be stored, for whatever reason, must not keep the others out.
            logger.exception("An imported event could not be stored")
            report.problems.append(_("line %(line)d: %(words)s") % {"line": incoming.line, "words": error})
    if reading.uids:
        _drop(subscription, [row for uid, row in known.items() if uid not in reading.uids], report, now)
    return report


def _take(
    subscription: Subscription,
    calendar: CalendarPage,
    incoming: Incoming,
    record: ImportedEvent | None,
    report: ImportReport,
    now: datetime,
) -> None:
    values = values_of(incoming)
    digest = sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()
    if record is None:
        page = _created(subscription, calendar, incoming, values)
        ImportedEvent.objects.create(
            subscription=subscription, uid=incoming.uid, event=page, written=values, digest=digest, seen_at=now
        )
        report.counts["created"] += 1
        return
    record.seen_at, record.is_gone = now, False
    if record.event is None:
        report.counts["deleted"] += 1
    elif record.digest == digest:
        report.counts["same"] += 1
    else:
        changed = _updated(record.event, record.written, values, report)
        report.counts["updated" if changed else "same"] += 1
        record.written, record.digest = values, digest
    record.save()


def _created(
    subscription: Subscription, calendar: CalendarPage, incoming: Incoming, values: dict[str, Any]
) -> EventPage:
    page = EventPage(
        live=False,
        locale=calendar.locale,
        owner=subscription.owner,
        slug=_free_slug(calendar, values["title"]),
        uid=incoming.uid,
        source=subscription.name,
    )
    _write(page, values, values.keys())
    topics = Topic.objects.filter(locale=calendar.locale, name__in=incoming.categories[:20])
    page.page_topics = [PageTopic(topic=topic) for topic in topics]
    calendar.add_child(instance=page)
    page.save_revision()
    _submit(page)
    return page


def _updated(event: EventPage, written: dict[str, Any], values: dict[str, Any], report: ImportReport) -> bool:
    """Write what the source changed, unless it was changed here as well."""
    page = event.get_latest_revision_as_object()
    here = values_on(page)
    theirs = [name for name in values if values[name] != written.get(name)]
    mine = [name for name in theirs if here[name] not in (written.get(name), values[name])]
    if mine:
        names = ", ".join(str(EventPage._meta.get_field(name).verbose_name) for name in mine)
        report.kept.append(_("%(title)s: edited here and kept: %(names)s") % {"title": page.title, "names": names})
    wanted = [name for name in theirs if name not in mine and here[name] != values[name]]
    if not wanted:
        return False
    _write(page, values, wanted)
    page.save_revision()
    _submit(page)
    return True


def _submit(page: EventPage) -> None:
    """Put a draft before those who approve, unless it is there already."""
    page = EventPage.objects.get(pk=page.pk)
    workflow = page.get_workflow()
    if workflow and not page.workflow_in_progress:
        workflow.start(page, None)


def _drop(subscription: Subscription, records: Iterable[ImportedEvent], report: ImportReport, now: datetime) -> None:
    """What to do with events that are not in the source any more; those that are over usually are not."""
    for record in records:
        event = record.event
        if record.is_gone or event is None or (event.end and event.end <= now and not event.recurrence):
            continue
        record.is_gone = True
        record.save(update_fields=["is_gone"])
        report.counts["gone"] += 1
        if subscription.when_gone == Subscription.Gone.UNPUBLISH and event.live:
            event.unpublish()
        elif subscription.when_gone == Subscription.Gone.CANCEL:
            page = event.get_latest_revision_as_object()
            page.status = EventStatus.CANCELLED
            page.save_revision()
            _submit(page)


# Values: the same JSON of what a source says and of what a page has


def values_of(incoming: Incoming) -> dict[str, Any]:
    """What an import writes, field by field."""
    standfirst, body = _description(incoming.description)
    online = next((url for url in (incoming.conference, incoming.location) if _is_address(url)), "")
    place, address = ("", "") if _is_address(incoming.location) else _location(incoming.location)
    return {
        "title": incoming.title,
        "start": incoming.start.isoformat(),
        "end": incoming.end.isoformat() if incoming.end else None,
        "is_all_day": incoming.is_all_day,
        "time_zone": incoming.zone,
        "status": (EventStatus.CANCELLED if incoming.is_cancelled else EventStatus.SCHEDULED).value,
        "recurrence": incoming.rule,
        "place": place,
        "address": address,
        "online_url": online,
        "standfirst": standfirst,
        "body": body,
        "contact_name": incoming.contact[:160],
        "source_url": incoming.url if _is_address(incoming.url, 1000) else "",
        "added_dates": [
            [start.date().isoformat(), start.time().isoformat(), end.time().isoformat() if end else None]
            for start, end in incoming.added
        ],
        "changed_dates": [
            {
                "day": change.day.isoformat(),
                "hour": change.hour.isoformat() if change.hour else None,
                "kind": change.kind,
                "new_day": change.start.date().isoformat()
                if change.start and change.start.date() != change.day
                else None,
                "new_start": change.start.time().isoformat() if change.start and not incoming.is_all_day else None,
                "new_end": change.end.time().isoformat() if change.end and not incoming.is_all_day else None,
                "title": change.title,
                "place": change.place,
            }
            for change in sorted(incoming.changes, key=lambda change: (change.day, change.hour or time()))
        ],
    }


def values_on(page: EventPage) -> dict[str, Any]:
    """The same of a page."""
    own = page.zone
    start = wall(page.start, own) if page.start else None
    end = wall(page.end, own) if page.end and not page.is_open_ended else None
    body = [block.value.source for block in page.body if block.block_type == "paragraph"]
    return {
        **{name: getattr(page, name) for name in (*PLAIN, *PLAIN_WORDS)},
        "start": start.isoformat() if start else None,
        "end": end.isoformat() if end else None,
        "body": body[0] if len(page.body) == 1 and body else [str(block.value) for block in page.body] or "",
        "added_dates": [
            [row.day.isoformat(), _time(row.start_time), _time(row.end_time)] for row in page.added_dates.all()
        ],
        "changed_dates": sorted(
            (
                {
                    "day": row.day.isoformat(),
                    "hour": _time(row.hour),
                    "kind": row.kind,
                    "new_day": row.new_day.isoformat() if row.new_day else None,
                    "new_start": _time(row.new_start),
                    "new_end": _time(row.new_end),
                    "title": row.title,
                    "place": row.place,
                }
                for row in page.changed_dates.all()
            ),
            key=lambda row: (row["day"], row["hour"] or ""),
        ),
    }


def _time(moment: time | None) -> str | None:
    return moment.isoformat() if moment else None


def _write(page: EventPage, values: dict[str, Any], names: Iterable[str]) -> None:
    names = set(names)
    for name in (*PLAIN, *PLAIN_WORDS):
        if name in names:
            setattr(page, name, values[name])
    if names & {"start", "end", "time_zone", "is_all_day"}:
        own = zone(values["time_zone"])
        page.time_zone = values["time_zone"]
        page.start = instant(datetime.fromisoformat(values["start"]), own)
        page.end = instant(datetime.fromisoformat(values["end"]), own) if values["end"] else None
        page.is_open_ended = False
    if "body" in names:
        page.body = json.dumps([{"type": "paragraph", "value": values["body"]}] if values["body"] else [])
    if "added_dates" in names:
        page.added_dates = [
            AddedDate(day=date.fromisoformat(day), start_time=_clock(start), end_time=_clock(end))
            for day, start, end in values["added_dates"]
        ]
    if "changed_dates" in names:
        page.changed_dates = [
            ChangedDate(
                day=date.fromisoformat(row["day"]),
                hour=_clock(row["hour"]),
                kind=row["kind"],
                new_day=date.fromisoformat(row["new_day"]) if row["new_day"] else None,
                new_start=_clock(row["new_start"]),
                new_end=_clock(row["new_end"]),
                title=row["title"],
                place=row["place"],
            )
            for row in values["changed_dates"]
        ]


def _clock(text: str | None) -> time | None:
    return time.fromisoformat(text) if text else None


def _description(text: str) -> tuple[str, str]:
    """Standfirst and body: a short plain text is the first, anything else becomes clean HTML."""
    is_html = "<" in text and ">" in text and strip_tags(text) != text
    if not is_html and len(text) <= LONGEST_STANDFIRST:
        return text, ""
    html = text if is_html else linebreaks(text, autoescape=True)
    return "", nh3.clean(
        html,
        tags=TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto"},
        link_rel=None,
        clean_content_tags={"script", "style"},
    ).strip()


def _location(text: str) -> tuple[str, str]:
    if len(text) <= 200:
        return text, ""
    place, _comma, address = text.partition(", ")
    return place[:200], address[:300]


def _is_address(text: str, most: int = 200) -> bool:
    if not text or len(text) > most or urlsplit(text).scheme not in ("http", "https"):
        return False
    try:
        URLValidator(schemes=["http", "https"])(text)
    except ValidationError:
        return False
    return True


def _free_slug(calendar: Page, title: str) -> str:
    wanted = slugify(title)[:60].strip("-") or "event"
    taken = set(calendar.get_children().filter(slug__startswith=wanted).values_list("slug", flat=True))
    number, slug = 1, wanted
    while slug in taken:
        number += 1
        slug = f"{wanted}-{number}"
    return slug
