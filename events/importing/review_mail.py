"""Sends each reviewer one email about all drafts of an import."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.contrib.contenttypes.models import ContentType
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy as _, ngettext, override
from wagtail.models import Page, Revision, Site, TaskState

from events.pages import EventPage
from events.records import ImportedEvent, Subscription
from events.status import EventStatus
from portal.accounts.names import name_of
from portal.content.mail import compose, enqueue
from portal.content.records.settings import SiteSettings
from portal.editorial.mails.page_mails import admin_url, review_link
from portal.editorial.mails.receivers import reviewers_of
from portal.editorial.people import language_of, recipients
from portal.platform.zones import when_for, zone

MAX_LISTED = 100
OPEN_CALENDAR = _("Open the calendar")


class ReviewRequest(NamedTuple):
    state: TaskState
    page: EventPage


def request_reviews(subscription: Subscription, since: datetime) -> int:
    """Enqueue one email per reviewer of the drafts submitted since `since`; return the number of emails."""
    requests = _requests(subscription, since)
    site = subscription.calendar.get_site()
    by_reviewer: dict[str, tuple[Any, list[ReviewRequest]]] = {}
    for request, people in _with_reviewers(subscription, requests):
        for person in people:
            by_reviewer.setdefault(person.email.casefold(), (person, []))[1].append(request)
    enqueue(_message(subscription, site, person, listed) for person, listed in by_reviewer.values())
    return len(by_reviewer)


def _requests(subscription: Subscription, since: datetime) -> list[ReviewRequest]:
    imported = ImportedEvent.objects.filter(subscription=subscription, event__isnull=False)
    keys = list(imported.values_list("event_id", flat=True))
    states = TaskState.objects.filter(
        status=TaskState.STATUS_IN_PROGRESS,
        started_at__gte=since,
        revision__base_content_type=ContentType.objects.get_for_model(Page),
        revision__object_id__in=[str(key) for key in keys],
    ).select_related("revision", "task", "workflow_state")
    pages = EventPage.objects.in_bulk(keys)
    found = [ReviewRequest(state, pages[int(state.revision.object_id)]) for state in states]
    return sorted(found, key=lambda request: (request.page.start is None, request.page.start))


def _with_reviewers(
    subscription: Subscription, requests: list[ReviewRequest]
) -> Iterable[tuple[ReviewRequest, list[Any]]]:
    """Yield each request with its reviewers.

    They are queried once per task. Drafts that somebody other than the importer has edited are queried individually.
    """
    own = [person for person in (subscription.author, subscription.requester) if person]
    keys = [request.state.revision.object_id for request in requests]
    others = Revision.objects.filter(object_id__in=keys, user__isnull=False).exclude(user__in=own)
    edited_by_others = set(others.values_list("object_id", flat=True))
    by_task: dict[int, list[Any]] = {}
    for request in requests:
        state, page = request
        is_edited = state.revision.object_id in edited_by_others
        people = None if is_edited else by_task.get(state.task_id)
        if people is None:
            people = recipients(reviewers_of(state, page), page, subscription.requester, "submitted")
            if not is_edited:
                by_task[state.task_id] = people
        yield request, people


def _message(subscription: Subscription, site: Site | None, person: Any, requests: list[ReviewRequest]) -> Any:
    language = language_of(person, site) or get_language() or ""
    site_zone = zone(SiteSettings.for_site(site).time_zone) if site else zone("UTC")
    with override(language):
        lines = [_line(request, site_zone) for request in requests[:MAX_LISTED]]
    context = {
        "who": name_of(subscription.author),
        "source": subscription.name,
        "calendar": subscription.calendar.title,
        "events": lines,
        "number": len(requests),
        "more": len(requests) - len(lines),
        "link": admin_url(reverse("wagtailadmin_explore", args=[subscription.calendar_id])),
        "link_label": OPEN_CALENDAR,
    }
    return compose("events_imported", context, to=person.email, language=language, site=site)


def _line(request: ReviewRequest, site_zone: ZoneInfo) -> dict[str, str]:
    draft = request.state.revision.as_object()
    return {
        "title": draft.title,
        "when": " · ".join(_facts(draft, site_zone)),
        "link": review_link(request.state, request.state.revision),
    }


def _facts(draft: EventPage, site_zone: ZoneInfo) -> Iterator[str]:
    """Yield an event's time, its recurrence and whether it is cancelled."""
    yield when_for(draft, site_zone)
    if draft.recurrence:
        yield draft.recurrence_text
    if more := draft.added_dates.count():
        yield ngettext("%(number)s more date", "%(number)s more dates", more) % {"number": more}
    if draft.is_cancelled:
        yield str(EventStatus.CANCELLED.label)
