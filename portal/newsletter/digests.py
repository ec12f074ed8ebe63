"""The automatic mails: the weekly digest, and the alerts about new stories and events."""

from collections.abc import Iterable, Iterator
from datetime import datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _, ngettext

from events.formatting.dates import format_days
from events.models import OccurrencePlacement
from portal.content.records.listing import Placement
from portal.content.serving.editions import Edition
from portal.newsletter.blocks import IssueContent
from portal.newsletter.compose import bulletin_of
from portal.newsletter.content import ContentPart, content_of_period, group_block, parts_of
from portal.newsletter.issuing import all_editions, newsletter_of
from portal.newsletter.models import AnnouncedStory, NewsletterPage, Sending
from portal.newsletter.sections import sections_of
from portal.newsletter.sending.batches import create_sending

WEEK = timedelta(days=7)
# After an outage, a digest may be late by this much. If it is later, the next one is due soon.
MAX_DELAY = timedelta(days=3)
# The minimum interval between digests, for example after a change of the weekday.
TOO_NEAR = timedelta(days=3)
# The maximum age of a story in an alert: an import may publish years of stories at once.
ALERT_WINDOW = timedelta(hours=48)
MAX_ALERT_STORIES = 12
MAX_ALERT_EVENTS = 12


def visible_newsletters() -> Iterator[tuple[NewsletterPage, Edition]]:
    for edition in all_editions():
        if newsletter := newsletter_of(edition):
            yield newsletter, edition


def send_digest(newsletter: NewsletterPage, edition: Edition, now: datetime) -> Sending | None:
    """Create the sending of the last weekly digest; None if it has no news, is too late or was created already.

    News means the week's stories, and events announced this week or taking place next week.
    """
    due = last_digest_time(newsletter, edition, now)
    slot = f"weekly:{due:%Y-%m-%d}"
    if now - due > MAX_DELAY or (newsletter.first_published_at or now) > due:
        return None
    is_near = Q(kind=Sending.Kind.WEEKLY, created_at__gt=due - TOO_NEAR)
    if Sending.objects.filter(Q(slot=slot) | is_near, newsletter=newsletter).exists():
        return None
    first, last = (due - WEEK).date(), (due - timedelta(days=1)).date()
    with translation.override(edition.language), timezone.override(edition.zone):
        content = IssueContent().to_python(content_of_period(edition, first, last, now))
        parts = parts_of(content, edition, now)
        if not any(part.stories for part in parts) and not _has_news_of_events(edition, due, now):
            return None
        title = _("The week at %(name)s") % {"name": edition.name}
        bulletin = bulletin_of(title, parts, edition, label=format_days(first, last))
    return create_sending(newsletter, edition, Sending.Kind.WEEKLY, slot, bulletin)


def _has_news_of_events(edition: Edition, due: datetime, now: datetime) -> bool:
    upcoming = OccurrencePlacement.objects.in_lists_of(edition.home.pk, now).upcoming(now)
    return upcoming.filter(Q(event__first_published_at__gte=due - WEEK) | Q(start__lt=due + WEEK)).exists()


def last_digest_time(newsletter: NewsletterPage, edition: Edition, now: datetime) -> datetime:
    """The latest time until `now` at which a digest was due, in the site's time zone."""
    today = now.astimezone(edition.zone).date()
    day = today - timedelta(days=(today.weekday() - newsletter.weekly_day) % 7)
    due = datetime.combine(day, time(newsletter.weekly_hour), edition.zone)
    return due if due <= now else datetime.combine(day - WEEK, time(newsletter.weekly_hour), edition.zone)


@transaction.atomic
def send_alert(newsletter: NewsletterPage, edition: Edition, now: datetime) -> Sending | None:
    """Create the sending of one alert about all stories and events since the last alert; None if there are none."""
    # The lock keeps two concurrent runs from announcing a story twice.
    NewsletterPage.objects.select_for_update().get(pk=newsletter.pk)
    announced = AnnouncedStory.objects.filter(newsletter=newsletter).values("story")
    since = max(now - ALERT_WINDOW, newsletter.first_published_at or now)
    placements = Placement.objects.in_lists_of(edition.home.pk, now).filter(published_at__gt=since)
    new = placements.exclude(card__in=announced).newest_first()
    keys = list(new.values_list("card_id", flat=True)[:MAX_ALERT_STORIES])
    events = _new_events(edition, announced, since, now)
    if not keys and not events:
        return None
    AnnouncedStory.objects.bulk_create(
        [AnnouncedStory(newsletter=newsletter, story_id=key, announced_at=now) for key in [*keys, *events]],
        ignore_conflicts=True,
    )
    with translation.override(edition.language), timezone.override(edition.zone):
        content = _by_section(keys, events[:MAX_ALERT_EVENTS], edition)
        parts = parts_of(IssueContent().to_python(content), edition, now)
        title = _title_of(parts)
        if not title:
            return None
        bulletin = bulletin_of(title, parts, edition, label=_("Just published"))
    return create_sending(newsletter, edition, Sending.Kind.ALERT, f"alert:{now.isoformat()}", bulletin)


def _new_events(edition: Edition, announced: QuerySet[Any], since: datetime, now: datetime) -> list[int]:
    """The keys of upcoming events published since then, in order of time.

    They are not limited, because all of them count as announced. A hundred events imported together cause one mail.
    """
    placements = OccurrencePlacement.objects.in_lists_of(edition.home.pk, now).upcoming(now)
    new = placements.filter(event__first_published_at__gt=since).exclude(event__in=announced)
    return list(dict.fromkeys(new.values_list("event_id", flat=True)))


def _title_of(parts: Iterable[ContentPart]) -> str:
    """The title of the only story or event, or the numbers of stories and events; empty if there are none."""
    stories = [card.title for part in parts for card in part.stories]
    events = [date.shown_title for part in parts for date in part.events]
    if len(stories) + len(events) <= 1:
        return "".join([*stories, *events])
    counts = []
    if stories:
        counts.append(ngettext("%(count)d new story", "%(count)d new stories", len(stories)) % {"count": len(stories)})
    if events:
        counts.append(ngettext("%(count)d new event", "%(count)d new events", len(events)) % {"count": len(events)})
    return ", ".join(counts)


def _by_section(keys: list[int], event_keys: list[int], edition: Edition) -> list[dict[str, Any]]:
    """Groups of stories and events in section order; pages outside every section are left out."""
    content = []
    for section in sections_of(edition):
        placements = Placement.objects.filter(above=section.page.pk, card__in=keys)
        dates = OccurrencePlacement.objects.filter(above=section.page.pk, event__in=event_keys)
        here = {*placements.values_list("card_id", flat=True), *dates.values_list("event_id", flat=True)}
        stories, events = [key for key in keys if key in here], [key for key in event_keys if key in here]
        if stories or events:
            content.append(group_block(section, stories, events))
    return content
