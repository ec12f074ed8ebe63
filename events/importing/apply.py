"""Imports the events of a parsed calendar as drafts; fields that were edited here are kept."""

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

from events.clock import instant, wall_time
from events.importing.entries import ImportedEntry
from events.importing.parse import ParsedFile
from events.models import AddedDate, CalendarPage, ChangedDate, EventPage, EventStatus, ImportedEvent, Subscription
from portal.core.models import PageTopic, Topic
from portal.core.zones import zone

logger = logging.getLogger(__name__)

MAX_STANDFIRST_LENGTH = 400
TAGS = {"p", "br", "b", "i", "strong", "em", "a", "ul", "ol", "li"}
# The fields of the page that an import writes, beside its relations.
PLAIN_FIELDS = ("title", "is_all_day", "time_zone", "status", "recurrence", "place", "address", "online_url")
TEXT_FIELDS = ("standfirst", "contact_name", "source_url")


@dataclass
class ImportReport:
    """The result of an import, as text for the administrators of the subscription."""

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


def import_events(subscription: Subscription, parsed_file: ParsedFile, now: datetime) -> ImportReport:
    """Create and update the drafts of a subscription, with one transaction for each event."""
    report = ImportReport(problems=list(parsed_file.problems))
    calendar = subscription.calendar
    known = {row.uid: row for row in ImportedEvent.objects.filter(subscription=subscription).select_related("event")}
    for incoming in parsed_file.events:
        try:
            with transaction.atomic():
                _import_event(subscription, calendar, incoming, known.get(incoming.uid), report, now)
        except ValidationError as error:
            text = "; ".join(message for message in error.messages)
            report.problems.append(_("line %(line)d: %(words)s") % {"line": incoming.line, "words": text})
        except Exception as error:
            # An error in one event must not stop the import of the others.
            logger.exception("An imported event could not be stored")
            report.problems.append(_("line %(line)d: %(words)s") % {"line": incoming.line, "words": error})
    if parsed_file.uids:
        _handle_gone(subscription, [row for uid, row in known.items() if uid not in parsed_file.uids], report, now)
    return report


def _import_event(
    subscription: Subscription,
    calendar: CalendarPage,
    incoming: ImportedEntry,
    record: ImportedEvent | None,
    report: ImportReport,
    now: datetime,
) -> None:
    values = values_from_source(incoming)
    content_hash = sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()
    if record is None:
        page = _create(subscription, calendar, incoming, values)
        ImportedEvent.objects.create(
            subscription=subscription,
            uid=incoming.uid,
            event=page,
            imported_values=values,
            content_hash=content_hash,
            seen_at=now,
        )
        report.counts["created"] += 1
        return
    record.seen_at, record.is_gone = now, False
    if record.event is None:
        report.counts["deleted"] += 1
    elif record.content_hash == content_hash:
        report.counts["same"] += 1
    else:
        changed = _update(record.event, record.imported_values, values, report)
        report.counts["updated" if changed else "same"] += 1
        record.imported_values, record.content_hash = values, content_hash
    record.save()


def _create(
    subscription: Subscription, calendar: CalendarPage, incoming: ImportedEntry, values: dict[str, Any]
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


def _update(event: EventPage, imported_values: dict[str, Any], values: dict[str, Any], report: ImportReport) -> bool:
    """Write the fields that the source changed, except those that were edited here; return whether any was written."""
    page = event.get_latest_revision_as_object()
    present = values_from_page(page)
    changed_there = [name for name in values if values[name] != imported_values.get(name)]
    edited_here = [name for name in changed_there if present[name] not in (imported_values.get(name), values[name])]
    if edited_here:
        names = ", ".join(str(EventPage._meta.get_field(name).verbose_name) for name in edited_here)
        report.kept.append(_("%(title)s: edited here and kept: %(names)s") % {"title": page.title, "names": names})
    to_write = [name for name in changed_there if name not in edited_here and present[name] != values[name]]
    if not to_write:
        return False
    _write(page, values, to_write)
    page.save_revision()
    _submit(page)
    return True


def _submit(page: EventPage) -> None:
    """Start the workflow of a draft, unless it is in progress."""
    page = EventPage.objects.get(pk=page.pk)
    workflow = page.get_workflow()
    if workflow and not page.workflow_in_progress:
        workflow.start(page, None)


def _handle_gone(
    subscription: Subscription, records: Iterable[ImportedEvent], report: ImportReport, now: datetime
) -> None:
    """Handle events that are no longer in the source, as the subscription says.

    Events that are over are skipped, because sources usually drop past events.
    """
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


# Values: comparable JSON of an imported event and of a page


def values_from_source(incoming: ImportedEntry) -> dict[str, Any]:
    """Return the values of the fields that an import writes."""
    standfirst, body = _description(incoming.description)
    online = next((url for url in (incoming.conference, incoming.location) if _is_url(url)), "")
    place, address = ("", "") if _is_url(incoming.location) else _location(incoming.location)
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
        "source_url": incoming.url if _is_url(incoming.url, 1000) else "",
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


def values_from_page(page: EventPage) -> dict[str, Any]:
    """Return the present values of the same fields on a page."""
    event_zone = page.zone
    start = wall_time(page.start, event_zone) if page.start else None
    end = wall_time(page.end, event_zone) if page.end and not page.is_open_ended else None
    body = [block.value.source for block in page.body if block.block_type == "paragraph"]
    return {
        **{name: getattr(page, name) for name in (*PLAIN_FIELDS, *TEXT_FIELDS)},
        "start": start.isoformat() if start else None,
        "end": end.isoformat() if end else None,
        "body": body[0] if len(page.body) == 1 and body else [str(block.value) for block in page.body] or "",
        "added_dates": [
            [row.day.isoformat(), _format_time(row.start_time), _format_time(row.end_time)]
            for row in page.added_dates.all()
        ],
        "changed_dates": sorted(
            (
                {
                    "day": row.day.isoformat(),
                    "hour": _format_time(row.hour),
                    "kind": row.kind,
                    "new_day": row.new_day.isoformat() if row.new_day else None,
                    "new_start": _format_time(row.new_start),
                    "new_end": _format_time(row.new_end),
                    "title": row.title,
                    "place": row.place,
                }
                for row in page.changed_dates.all()
            ),
            key=lambda row: (row["day"], row["hour"] or ""),
        ),
    }


def _format_time(moment: time | None) -> str | None:
    return moment.isoformat() if moment else None


def _write(page: EventPage, values: dict[str, Any], names: Iterable[str]) -> None:
    names = set(names)
    for name in (*PLAIN_FIELDS, *TEXT_FIELDS):
        if name in names:
            setattr(page, name, values[name])
    if names & {"start", "end", "time_zone", "is_all_day"}:
        event_zone = zone(values["time_zone"])
        page.time_zone = values["time_zone"]
        page.start = instant(datetime.fromisoformat(values["start"]), event_zone)
        page.end = instant(datetime.fromisoformat(values["end"]), event_zone) if values["end"] else None
        page.is_open_ended = False
    if "body" in names:
        page.body = json.dumps([{"type": "paragraph", "value": values["body"]}] if values["body"] else [])
    if "added_dates" in names:
        page.added_dates = [
            AddedDate(day=date.fromisoformat(day), start_time=_parse_time(start), end_time=_parse_time(end))
            for day, start, end in values["added_dates"]
        ]
    if "changed_dates" in names:
        page.changed_dates = [
            ChangedDate(
                day=date.fromisoformat(row["day"]),
                hour=_parse_time(row["hour"]),
                kind=row["kind"],
                new_day=date.fromisoformat(row["new_day"]) if row["new_day"] else None,
                new_start=_parse_time(row["new_start"]),
                new_end=_parse_time(row["new_end"]),
                title=row["title"],
                place=row["place"],
            )
            for row in values["changed_dates"]
        ]


def _parse_time(text: str | None) -> time | None:
    return time.fromisoformat(text) if text else None


def _description(text: str) -> tuple[str, str]:
    """Split a description into standfirst and body: a short plain text is a standfirst, other text is cleaned HTML."""
    is_html = "<" in text and ">" in text and strip_tags(text) != text
    if not is_html and len(text) <= MAX_STANDFIRST_LENGTH:
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


def _is_url(text: str, most: int = 200) -> bool:
    if not text or len(text) > most or urlsplit(text).scheme not in ("http", "https"):
        return False
    try:
        URLValidator(schemes=["http", "https"])(text)
    except ValidationError:
        return False
    return True


def _free_slug(calendar: Page, title: str) -> str:
    to_write = slugify(title)[:60].strip("-") or "event"
    taken = set(calendar.get_children().filter(slug__startswith=to_write).values_list("slug", flat=True))
    number, slug = 1, to_write
    while slug in taken:
        number += 1
        slug = f"{to_write}-{number}"
    return slug
