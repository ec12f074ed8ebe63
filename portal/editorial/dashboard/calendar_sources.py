"""The newsroom's own calendar entries: schedules, embargoes, expiries, drafts, planned items, reviews, publications."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db.models import BigIntegerField, F, OuterRef, Q, QuerySet, Subquery, TextField
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from wagtail.models import Page, Revision, TaskState, WorkflowState

from portal.content.kinds import kinds
from portal.editorial.dashboard.calendar import CalendarItem, CalendarPeriod, EntryState, calendar_sources, work_sources
from portal.editorial.dashboard.links import edit_url
from portal.editorial.records.planning import PlannedItem


def scheduled(period: CalendarPeriod) -> Iterator[CalendarItem]:
    """Approved versions, at the time of their publication."""
    revisions = Revision.objects.filter(
        base_content_type=ContentType.objects.get_for_model(Page),
        approved_go_live_at__gte=period.first,
        approved_go_live_at__lt=period.last,
    )
    revisions = _with_page(revisions, "object_id").filter(period.pages())
    rows = revisions.annotate(title=_text("title", "content"), embargo=_text("embargo_until", "content"))
    columns = ("page_key", "path", "owner", "content_type_key", "title", "embargo", "approved_go_live_at", "user_id")
    for row in rows.order_by("approved_go_live_at", "pk").values(*columns)[: period.limit]:
        at = row["approved_go_live_at"]
        yield CalendarItem(
            at=at,
            state=EntryState.EMBARGO if _parsed(row["embargo"]) == at else EntryState.APPEARS,
            author=row["user_id"],
            **_facts(period, row, row["page_key"], row["title"], row["content_type_key"]),
        )


def drafts_and_expiries(period: CalendarPeriod) -> Iterator[CalendarItem]:
    """Unapproved drafts, at the time set in them, and pages that expire."""
    pages = Page.objects.filter(period.pages(), alias_of=None).annotate(
        go_live=_text("go_live_at", "latest_revision__content"),
        embargo=_text("embargo_until", "latest_revision__content"),
    )
    # Revisions store dates in UTC, so they can be compared as text.
    start, end = period.first.astimezone(UTC).isoformat(), period.last.astimezone(UTC).isoformat()
    within = Q(go_live__gte=start, go_live__lt=end) | Q(embargo__gte=start, embargo__lt=end)
    drafted = Q(has_unpublished_changes=True, latest_revision__approved_go_live_at=None)
    ending = Q(live=True, expire_at__gte=period.first, expire_at__lt=period.last)
    pages = pages.filter((drafted & within) | ending).annotate(
        is_drafted=drafted, note=F("planned_item__note"), assigned=F("planned_item__person")
    )
    columns = ("pk", "path", "owner", "content_type", "draft_title", "go_live", "embargo", "expire_at", "live")
    rows = pages.order_by("pk").values(*columns, "is_drafted", "last_published_at", "note", "assigned")
    for row in rows[: period.limit]:
        facts = _facts(period, row, row["pk"], row["draft_title"], row["content_type"])
        dates = [at for text in (row["go_live"], row["embargo"]) if (at := _parsed(text))]
        # The draft has the publication time of an earlier version.
        if row["last_published_at"]:
            dates = [at for at in dates if at > row["last_published_at"]]
        if row["is_drafted"] and dates and period.includes(max(dates)):
            planned = {"note": row["note"] or "", "person": row["assigned"] or row["owner"]}
            yield CalendarItem(at=max(dates), state=period.state_of_draft(row["pk"]), **facts | planned)
        if row["live"] and row["expire_at"] and period.includes(row["expire_at"]):
            yield CalendarItem(at=row["expire_at"], state=EntryState.ENDS, **facts)


def planned_items(period: CalendarPeriod) -> Iterator[CalendarItem]:
    """Planned items, on their day. Once their draft has a time of its own, it is shown at that time."""
    days = timezone.localdate(period.first), timezone.localdate(period.last - timedelta(microseconds=1))
    items = PlannedItem.objects.open().filter(period.pages("page__"), day__range=days, page__alias_of=None)
    items = items.annotate(
        go_live=_text("go_live_at", "page__latest_revision__content"),
        embargo=_text("embargo_until", "page__latest_revision__content"),
        path=F("page__path"),
        owner=F("page__owner"),
        is_unwritten=Q(revision__isnull=False, revision=F("page__latest_revision")),
    )
    columns = ("page", "day", "person", "note", "path", "owner", "is_unwritten", "go_live", "embargo")
    rows = items.order_by("day", "page").values(*columns, "page__draft_title", "page__content_type")
    for row in rows[: period.limit]:
        if _parsed(row["go_live"]) or _parsed(row["embargo"]):
            continue
        state = EntryState.UNWRITTEN if row["is_unwritten"] else period.state_of_draft(row["page"])
        facts = _facts(period, row, row["page"], row["page__draft_title"], row["page__content_type"])
        yield CalendarItem(
            at=timezone.make_aware(datetime.combine(row["day"], time.min)),
            state=state,
            has_time=False,
            is_plan=True,
            **facts | {"note": row["note"], "person": row["person"]},
        )


def reviews_due(period: CalendarPeriod) -> Iterator[CalendarItem]:
    """Reviews in progress, at the time at which their reviewers are reminded."""
    limit = timedelta(days=settings.REVIEW_REMINDER_DAYS)
    steps = TaskState.objects.filter(
        status=TaskState.STATUS_IN_PROGRESS,
        workflow_state__status=WorkflowState.STATUS_IN_PROGRESS,
        workflow_state__base_content_type=ContentType.objects.get_for_model(Page),
        started_at__gte=period.first - limit,
        started_at__lt=period.last - limit,
    )
    steps = _with_page(steps, "revision__object_id").filter(period.pages())
    columns = ("page_key", "path", "owner", "content_type_key", "draft_title", "started_at")
    for row in steps.order_by("started_at", "pk").values(*columns)[: period.limit]:
        facts = _facts(period, row, row["page_key"], row["draft_title"], row["content_type_key"])
        yield CalendarItem(at=row["started_at"] + limit, state=EntryState.DUE, **facts)


def published(period: CalendarPeriod) -> Iterator[CalendarItem]:
    types = ContentType.objects.get_for_models(*(kind.model for kind in kinds() if kind.is_offered))
    pages = Page.objects.live().filter(
        period.pages(),
        alias_of=None,
        content_type__in=types.values(),
        first_published_at__gte=period.first,
        first_published_at__lt=period.last,
    )
    columns = ("pk", "path", "owner", "content_type", "title", "first_published_at")
    for row in pages.order_by("first_published_at", "pk").values(*columns)[: period.limit]:
        facts = _facts(period, row, row["pk"], row["title"], row["content_type"])
        yield CalendarItem(at=row["first_published_at"], state=EntryState.PUBLISHED, **facts)


def _facts(period: CalendarPeriod, row: dict[str, Any], page: int, title: str, content_type: int) -> dict[str, Any]:
    return {
        "page": page,
        "title": title,
        "path": row["path"],
        "url": edit_url(page),
        "category": period.category_of(content_type),
        "owner": row["owner"],
        "person": row["owner"],
    }


def _with_page(rows: QuerySet[Any], key: str) -> QuerySet[Any]:
    """Annotate rows that refer to a page by a text column with the page's columns."""
    page = Page.objects.filter(pk=OuterRef("page_key"))
    return rows.annotate(page_key=Cast(F(key), BigIntegerField())).annotate(
        path=Subquery(page.values("path")[:1]),
        url_path=Subquery(page.values("url_path")[:1]),
        owner=Subquery(page.values("owner")[:1]),
        content_type_key=Subquery(page.values("content_type")[:1]),
        draft_title=Subquery(page.values("draft_title")[:1]),
    )


def _text(key: str, column: str) -> Cast:
    """A JSON column's value as text. Without the cast SQLite would compare it as JSON."""
    return Cast(KeyTextTransform(key, column), TextField())


def _parsed(text: str | None) -> datetime | None:
    try:
        return parse_datetime(text) if text else None
    except ValueError:
        return None


work_sources += [scheduled, drafts_and_expiries, planned_items]
calendar_sources += [*work_sources, reviews_due, published]
