"""The admin view for a series' dates: cancel one, split the series at it, or open it in the editor."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags
from django.utils.translation import gettext as _, ngettext, pgettext
from django.views.decorators.http import require_POST
from wagtail.models import Page

from events.clock import instant, next_at, wall_time
from events.editing.forms import EndField, WallClockField
from events.editing.widgets import RecurrenceWidget
from events.formatting.rules import format_pattern, format_rule
from events.pages import EventPage
from events.records import ChangedDate, EventSettings
from events.records.dates import occurrences_of
from events.recurrence import MAX_DATES, Rule, RuleError, Series, SeriesDate, expand, horizon_from
from portal.content.publication import lock_pages
from portal.content.records.clocks import SiteClocks
from portal.editorial.approval.authorship import take_over_text
from portal.editorial.approval.checklist import Finding
from portal.editorial.editing.locks import notice_of
from portal.editorial.translations.passages.checks import basis_of
from portal.editorial.work_area import WorkArea
from portal.formats.words import in_words

MAX_ROWS = 60
ACTIONS = ("cancel", "following")
SHOWN = 6
# What readers see of a date.
SHOWN_VALUES = ("start", "end", "status", "reason", "title", "venue_id", "place", "online_url")


def find_date(series: Series, key: str) -> SeriesDate:
    """Return the series' date with this key. Raises ValidationError if there is none."""
    dates = expand(series, horizon_from(series.start, series.start)).dates
    found = next((date for date in dates if date.key == key), None)
    if found is None:
        raise ValidationError(_("The series has no such date."))
    return found


@transaction.atomic
def split_series(page: EventPage, key: str, user: Any) -> EventPage:
    """End the series before this date and continue it as a new event, which is returned. Both are drafts.

    Raises ValidationError unless the date is one of the rule's and not the first.
    """
    series = page.series
    date = find_date(series, key)
    if not page.recurrence or date.is_added or date.original == series.start:
        raise ValidationError(_("A series can be split only at a date of the rule after the first one."))
    rule = Rule.parse(page.recurrence)
    before = sum(1 for start in rule.dates(series.start, date.original) if start < date.original)
    rest = replace(rule, count=rule.count - before if rule.count else None)
    first = replace(rule, until=date.original.date() - timedelta(days=1), count=None)

    successor = page.copy(
        to=page.get_parent().specific,
        update_attrs={"slug": f"{page.slug[:200]}-{date.original:%Y-%m-%d}", "live": False, "continues": page},
        copy_revisions=False,
        keep_live=False,
        user=user,
    )
    # `copy` excludes this field (exclude_fields_in_copy).
    EventPage.objects.filter(pk=successor.pk).update(continues=page)
    successor = EventPage.objects.get(pk=successor.pk)
    length = series.end - series.start
    successor.start = instant(date.original, page.zone)
    successor.end = None if page.is_open_ended else instant(date.original + length, page.zone)
    successor.recurrence = str(rest)
    first_day = date.original.date()
    for name in ("changed_dates", "added_dates"):
        rows = getattr(page, name).all()
        setattr(successor, name, [_copy(row) for row in rows if row.day >= first_day])
        setattr(page, name, [row for row in rows if row.day < first_day])
    successor.breaks = [_copy(row) for row in page.breaks.all() if row.last_day is None or row.last_day >= first_day]
    successor.continues = page
    take_over_text(page, successor, successor.save_revision(user=user), user)

    page.recurrence = str(first)
    page.save_revision(user=user)
    return successor


def _copy(row: Any) -> Any:
    names = [field.name for field in row._meta.fields if field.name not in ("id", "page")]
    return type(row)(**{name: getattr(row, name) for name in names})


def event_dates(request: HttpRequest, page_id: int) -> HttpResponse:
    """List the dates of the latest draft. Cancelling a date or splitting the series saves a draft."""
    saved = get_object_or_404(EventPage, pk=page_id)
    if not WorkArea.of(request.user).covers(saved):
        raise Http404
    if not saved.permissions_for_user(request.user).can_edit():
        raise PermissionDenied
    if request.method == "POST":
        try:
            with transaction.atomic():
                draft = _locked_draft(saved.pk, request)
                return _perform(request, draft, request.POST.get("action", ""), request.POST.get("date", ""))
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        return redirect("event_dates", saved.pk)
    context = _context(saved.get_latest_revision_as_object())
    return render(request, "events/newsroom/dates.html", {**context, "lock": _lock_notice(saved, request.user)})


def _locked_draft(key: int, request: HttpRequest) -> EventPage:
    """Return the latest draft, locked, so that simultaneous changes by several people are all saved.

    Raises ValidationError, with the reason that was typed, if the page cannot be changed now.
    """
    lock_pages([key])
    saved = EventPage.objects.get(pk=key)
    if notice := _lock_notice(saved, request.user):
        typed = request.POST.get("reason", "").strip()
        yours = [_("Not saved: “%(text)s”.") % {"text": typed}] if typed else []
        raise ValidationError([strip_tags(notice), *yours])
    draft: EventPage = saved.get_latest_revision_as_object()
    return draft


def _lock_notice(page: EventPage, user: Any) -> str:
    """Why the user cannot change the page now; empty if nothing prevents it."""
    lock = page.get_lock()
    if not (lock and lock.for_user(user)):
        return ""
    return notice_of(page, lock, user) or str(lock.get_message(user))


def _context(page: EventPage) -> dict[str, Any]:
    if not page.start or not page.end:
        return {**_header(page), "rows": [], "unattached": []}
    local_now = wall_time(timezone.now(), page.zone)
    expansion = expand(page.series, horizon_from(local_now, page.wall_span[0]))
    rows: list[Any] = list(occurrences_of(page, expansion, EventSettings.night_ends_for(page)))
    _compare_with_published(page, rows)
    upcoming = [row for row in rows if row.end > timezone.now()]
    return {
        **_header(page),
        "is_ahead": any(row.is_ahead for row in upcoming),
        "site_zone": SiteClocks([page.path]).zone_of(page.path),
        "rows": upcoming[:MAX_ROWS],
        "more": max(0, len(upcoming) - MAX_ROWS),
        "past": len(rows) - len(upcoming),
        "unattached": [change.source for change in expansion.unattached],
        "removed": expansion.removed[:MAX_ROWS],
    }


def _compare_with_published(page: EventPage, rows: list[Any]) -> None:
    """Set `is_ahead` on the dates that readers see otherwise or not at all, and `published` to what they see."""
    published = {row.key: row for row in page.occurrences.not_withdrawn()} if page.live else {}
    for row in rows:
        row.published = published.get(row.key)
        row.is_ahead = page.live and any(
            getattr(row, name) != getattr(row.published, name, None) for name in SHOWN_VALUES
        )


def _header(page: EventPage) -> dict[str, Any]:
    heading = pgettext("of an event", "Dates")
    crumbs = [
        {"url": reverse("wagtailadmin_pages:edit", args=[page.pk]), "label": page.get_admin_display_title()},
        {"url": reverse("event_dates", args=[page.pk]), "label": heading},
    ]
    return {"page": page, "breadcrumbs_items": crumbs, "header_title": heading, "header_icon": "calendar"}


def _perform(request: HttpRequest, page: EventPage, action: str, key: str) -> HttpResponse:
    if action not in ACTIONS:
        raise ValidationError(_("Choose what to do with the date."))
    if action == "following":
        if not page.get_parent().permissions_for_user(request.user).can_add_subpage():
            raise PermissionDenied
        successor = split_series(page, key, request.user)
        messages.success(request, _("The later dates are now a separate event. Both drafts must still be submitted."))
        return redirect("wagtailadmin_pages:edit", successor.pk)
    row = _changed_date(page, key)
    row.kind = ChangedDate.Kind.CANCELLED
    row.reason = request.POST.get("reason", "")[:200]
    page.save_revision(user=request.user)
    text = _("The date is cancelled in the draft. Readers learn of it once the draft is reviewed and approved.")
    messages.success(request, text)
    return redirect("event_dates", page.pk)


def _changed_date(page: EventPage, key: str) -> ChangedDate:
    series_date = find_date(page.series, key)
    day: date = series_date.original.date()
    hour = series_date.original.time() if series_date.is_added else None
    existing = next((row for row in page.changed_dates.all() if (row.day, row.hour) == (day, hour)), None)
    if existing is not None:
        return existing
    row = ChangedDate(day=day, hour=hour)
    page.changed_dates.add(row)
    return row


def open_changed_date(request: HttpRequest, page: Page) -> None:
    """Page editor hook: add the date in `?changed_date=` to the form's changed dates."""
    key = request.GET.get("changed_date", "")
    if request.method != "GET" or not key or not isinstance(page, EventPage) or not page.start:
        return
    if _lock_notice(page, request.user):
        return
    try:
        _changed_date(page, key)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))


def changes_without_effect(page: Any) -> Iterator[Finding]:
    """Report rows of changed dates that change nothing, or that refer to a day without a date."""
    if not isinstance(page, EventPage):
        return
    for row in page.changed_dates.all():
        if row.is_without_change:
            message = _("%(day)s: this row does not change anything yet. Enter the change, or delete the row.")
            yield Finding("unchanged", message % {"day": in_words(row.day)}, "changed_dates")
    for row in _changes_of_no_date(page):
        message = _("%(day)s: the series has no date on this day. Correct the day in this row, or delete the row.")
        yield Finding("unattached", message % {"day": in_words(row.day)}, "changed_dates")


def _changes_of_no_date(page: EventPage) -> list[ChangedDate]:
    """The changes from today up to the horizon for days on which the series has no date."""
    if not (page.start and page.end and page.effective_changes):
        return []
    local_now = wall_time(timezone.now(), page.zone)
    horizon = horizon_from(local_now, page.wall_span[0])
    unattached = expand(page.series, horizon).unattached
    return [change.source for change in unattached if local_now.date() <= change.day <= horizon.date()]


def untranslated_exceptions(page: Any) -> Iterator[Finding]:
    """Recommend translating the readers' text in a translation's rows, because it is copied from the original."""
    words = _words_of_exceptions(page) if isinstance(page, EventPage) else []
    basis = basis_of(page) if words else None
    if basis is None:
        return
    originals = {text for text, _where in _words_of_exceptions(basis.source.specific.get_latest_revision_as_object())}
    for text, where in words:
        if text in originals:
            message = _("“%(text)s”, in the exceptions to the series, is not translated; readers see it as it is.")
            yield Finding("exception", message % {"text": text}, where)


def _words_of_exceptions(page: EventPage) -> list[tuple[str, str]]:
    """The texts in the rows of a series, each with the name of the list."""
    found = [
        *((text, "changed_dates") for row in page.changed_dates.all() for text in (row.reason, row.title, row.place)),
        *((row.reason, "breaks") for row in page.breaks.all()),
    ]
    return [each for each in dict.fromkeys(found) if each[0]]


class SeriesForm(forms.Form):
    start = WallClockField()
    end = EndField(required=False)
    recurrence = forms.CharField(max_length=500, widget=RecurrenceWidget)


@require_POST
def next_dates(request: HttpRequest) -> JsonResponse:
    """Return the rule as text and its first dates, or the rule's error; empty strings for an incomplete form."""
    form = SeriesForm(request.POST)
    is_valid, rule = form.is_valid(), form.cleaned_data.get("recurrence", "")
    # The rule ends with an empty COUNT or UNTIL.
    if rule.endswith("="):
        return JsonResponse({"text": "", "words": ""})
    text, end = _dates_by(rule, form.cleaned_data) if is_valid else ("", "")
    words = f"{format_pattern(rule)}{end}" if end else format_rule(rule) or _("One date")
    return JsonResponse({"text": text, "words": words})


def _dates_by(rule: str, span: dict[str, Any]) -> tuple[str, str]:
    """Return the rule's first and last dates and its end, both as text; or the rule's error and an empty string."""
    start, end = span["start"], span["end"] or span["start"]
    if isinstance(end, time):
        end = next_at(start, end)
    horizon = horizon_from(start, start)
    series = Series(start=start, end=max(end, start), rule=rule)
    try:
        series.check(horizon)
    except RuleError as error:
        return str(error), ""
    parsed = Rule.parse(rule)
    days = list(islice(parsed.dates(start, datetime.combine(date.max, time.max)), MAX_DATES + 1))
    named = " · ".join(in_words(day, "yMMMEd") for day in days[:SHOWN])
    if parsed.is_endless or len(days) > MAX_DATES:
        return _("%(dates)s and so on") % {"dates": named}, "" if parsed.until else _(", without an end")
    if len(days) > SHOWN:
        named = _("%(dates)s … until %(last)s") % {"dates": named, "last": in_words(days[-1], "yMMMEd")}
    end = ngettext(" until %(day)s, %(n)d date", " until %(day)s, %(n)d dates", len(days))
    return named, end % {"day": in_words(parsed.until or days[-1].date()), "n": len(days)}
