"""Scheduled and planned publications, embargo ends and expiries: those of the next two weeks, and overdue ones."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import BigIntegerField, OuterRef, Q, Subquery, TextField
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page, Revision

from portal.editorial.dashboard.links import edit_url

DAYS = 14
# Entries that have been overdue for longer are dropped.
LATE_DAYS = 30
MAX_ENTRIES = 200
APPEARS, PLANNED, EMBARGO, ENDS = _("appears"), _("planned, not approved yet"), _("embargo ends"), _("taken down")


@dataclass(frozen=True)
class PlannedEntry:
    at: datetime
    title: str
    path: str
    url: str
    label: Any
    # `appears`, `planned`, `embargo` or `ends`; part of a CSS class.
    kind: str


@dataclass(frozen=True)
class CalendarDay:
    date: date
    is_today: bool
    is_outside: bool
    entries: tuple[PlannedEntry, ...]


def entries_of(dashboard: Any) -> list[PlannedEntry]:
    """The entries of the next two weeks, and earlier ones that have not happened."""
    first = dashboard.now - timedelta(days=LATE_DAYS)
    last = _midnight(timezone.localdate(dashboard.now) + timedelta(days=DAYS))
    found = [*_scheduled(dashboard, first, last), *_planned_and_ending(dashboard, first, last)]
    return sorted(found, key=lambda entry: (entry.at, entry.title))


def weeks(dashboard: Any) -> list[list[CalendarDay]]:
    """Full weeks from Monday on, starting with the current one."""
    today = timezone.localdate(dashboard.now)
    last = today + timedelta(days=DAYS - 1)
    by_day: dict[date, list[PlannedEntry]] = {}
    for entry in dashboard.entries:
        by_day.setdefault(timezone.localdate(entry.at), []).append(entry)
    start = today - timedelta(days=today.weekday())
    count = (last - start).days // 7 + 1
    days = [start + timedelta(days=number) for number in range(7 * count)]
    cells = [CalendarDay(day, day == today, not today <= day <= last, tuple(by_day.get(day, ()))) for day in days]
    return [cells[number : number + 7] for number in range(0, len(cells), 7)]


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _scheduled(dashboard: Any, first: datetime, last: datetime) -> Iterator[PlannedEntry]:
    page = Page.objects.filter(pk=OuterRef("page_key"))
    revisions = Revision.objects.filter(
        base_content_type=ContentType.objects.get_for_model(Page),
        approved_go_live_at__gte=first,
        approved_go_live_at__lt=last,
    ).annotate(page_key=Cast("object_id", BigIntegerField()))
    revisions = revisions.annotate(path=Subquery(page.values("path")[:1]), owner=Subquery(page.values("owner")[:1]))
    revisions = revisions.annotate(url_path=Subquery(page.values("url_path")[:1]))
    rows = revisions.filter(dashboard.work_area.page_condition()).annotate(
        title=_text("title", "content"), embargo=_text("embargo_until", "content")
    )
    for row in rows.values("page_key", "path", "title", "embargo", "approved_go_live_at")[:MAX_ENTRIES]:
        at = row["approved_go_live_at"]
        is_embargo = _parsed(row["embargo"]) == at
        label, kind = (EMBARGO, "embargo") if is_embargo else (APPEARS, "appears")
        yield PlannedEntry(at, row["title"], row["path"], edit_url(row["page_key"]), label, kind)


def _planned_and_ending(dashboard: Any, first: datetime, last: datetime) -> Iterator[PlannedEntry]:
    """Unapproved drafts with a planned date, and pages that expire."""
    pages = Page.objects.filter(dashboard.work_area.page_condition(), alias_of=None).annotate(
        go_live=_text("go_live_at", "latest_revision__content"),
        embargo=_text("embargo_until", "latest_revision__content"),
    )
    # Revisions store dates in UTC, so they can be compared as text.
    start, end = first.astimezone(UTC).isoformat(), last.astimezone(UTC).isoformat()
    within = Q(go_live__gte=start, go_live__lt=end) | Q(embargo__gte=start, embargo__lt=end)
    drafted = Q(has_unpublished_changes=True, latest_revision__approved_go_live_at=None)
    ending = Q(live=True, expire_at__gte=first, expire_at__lt=last)
    pages = pages.filter((drafted & within) | ending).annotate(is_planned=drafted)
    columns = ("pk", "path", "draft_title", "go_live", "embargo", "expire_at", "live", "is_planned")
    for row in pages.order_by("pk").values(*columns, "last_published_at")[:MAX_ENTRIES]:
        url = edit_url(row["pk"])
        dates = [at for text in (row["go_live"], row["embargo"]) if (at := _parsed(text))]
        # The draft has the publication time of an earlier version.
        if row["last_published_at"]:
            dates = [at for at in dates if at > row["last_published_at"]]
        if row["is_planned"] and dates and first <= max(dates) < last:
            yield PlannedEntry(max(dates), row["draft_title"], row["path"], url, PLANNED, "planned")
        if row["live"] and row["expire_at"] and first <= row["expire_at"] < last:
            yield PlannedEntry(row["expire_at"], row["draft_title"], row["path"], url, ENDS, "ends")


def _text(key: str, column: str) -> Cast:
    """A JSON column's value as text. Without the cast SQLite would compare it as JSON."""
    return Cast(KeyTextTransform(key, column), TextField())


def _parsed(text: str | None) -> datetime | None:
    try:
        return parse_datetime(text) if text else None
    except ValueError:
        return None
