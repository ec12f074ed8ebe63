"""The mails that are sent without an editor: the weekly digest, and the alerts about new stories."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _, ngettext
from wagtail.models import Site

from events.formatting.dates import format_days
from portal.core.models import Placement
from portal.core.serving.editions import Edition
from portal.core.serving.snapshot import snapshot_of
from portal.newsletter.blocks import IssueContent
from portal.newsletter.compose import bulletin_of
from portal.newsletter.content import content_of_period, group_block, parts_of
from portal.newsletter.issuing import newsletter_of
from portal.newsletter.models import AnnouncedStory, NewsletterPage, Sending
from portal.newsletter.sections import sections_of
from portal.newsletter.sending.batches import create_sending

WEEK = timedelta(days=7)
# A digest that is later than this, such as after an outage, is skipped.
MAX_DELAY = timedelta(hours=24)
# An alert is about stories this new only: an import may publish years of stories at once.
ALERT_WINDOW = timedelta(hours=48)
MAX_ALERT_STORIES = 12


def visible_newsletters() -> Iterator[tuple[NewsletterPage, Edition]]:
    """Yield each public newsletter with its edition."""
    for site in Site.objects.select_related("root_page").order_by("pk"):
        snapshot = snapshot_of(site.hostname, str(site.port))
        for edition in snapshot.editions.values() if snapshot and snapshot.site.pk == site.pk else ():
            if newsletter := newsletter_of(edition):
                yield newsletter, edition


def send_digest(newsletter: NewsletterPage, edition: Edition, now: datetime) -> Sending | None:
    """Create the sending of the last weekly digest; None if it has no stories, is too late or has one already."""
    due = last_digest_time(newsletter, edition, now)
    slot = f"weekly:{due:%Y-%m-%d}"
    if now - due > MAX_DELAY or Sending.objects.filter(newsletter=newsletter, slot=slot).exists():
        return None
    first, last = (due - WEEK).date(), (due - timedelta(days=1)).date()
    with translation.override(edition.language), timezone.override(edition.zone):
        content = IssueContent().to_python(content_of_period(edition, first, last, now))
        parts = parts_of(content, edition, now)
        if not any(part.stories for part in parts):
            return None
        title = _("The week at %(name)s") % {"name": edition.name}
        bulletin = bulletin_of(title, parts, edition, label=format_days(first, last))
    return create_sending(newsletter, edition, Sending.Kind.WEEKLY, slot, bulletin)


def last_digest_time(newsletter: NewsletterPage, edition: Edition, now: datetime) -> datetime:
    """The latest time until `now` at which a digest was due, in the time zone of the site."""
    today = now.astimezone(edition.zone).date()
    day = today - timedelta(days=(today.weekday() - newsletter.weekly_day) % 7)
    due = datetime.combine(day, time(newsletter.weekly_hour), edition.zone)
    return due if due <= now else datetime.combine(day - WEEK, time(newsletter.weekly_hour), edition.zone)


@transaction.atomic
def send_alert(newsletter: NewsletterPage, edition: Edition, now: datetime) -> Sending | None:
    """Create the sending of one alert about all stories since the last alert; None if there are none."""
    # The lock keeps two concurrent runs from announcing a story twice.
    NewsletterPage.objects.select_for_update().get(pk=newsletter.pk)
    announced = AnnouncedStory.objects.filter(newsletter=newsletter).values("story")
    since = max(now - ALERT_WINDOW, newsletter.first_published_at or now)
    placements = Placement.objects.in_lists_of(edition.home.pk, now).filter(published_at__gt=since)
    keys = list(
        placements.exclude(card__in=announced).newest_first().values_list("card_id", flat=True)[:MAX_ALERT_STORIES]
    )
    if not keys:
        return None
    AnnouncedStory.objects.bulk_create(
        [AnnouncedStory(newsletter=newsletter, story_id=key, announced_at=now) for key in keys], ignore_conflicts=True
    )
    with translation.override(edition.language), timezone.override(edition.zone):
        parts = parts_of(IssueContent().to_python(_by_section(keys, edition)), edition, now)
        stories = [card for part in parts for card in part.stories]
        if not stories:
            return None
        title = (
            stories[0].title
            if len(stories) == 1
            else ngettext("%(count)d new story", "%(count)d new stories", len(stories)) % {"count": len(stories)}
        )
        bulletin = bulletin_of(title, parts, edition, label=_("Just published"))
    return create_sending(newsletter, edition, Sending.Kind.ALERT, f"alert:{now.isoformat()}", bulletin)


def _by_section(keys: list[int], edition: Edition) -> list[dict[str, Any]]:
    """Groups of stories in the order of the sections, without stories outside of every section."""
    content = []
    for section in sections_of(edition):
        here = set(Placement.objects.filter(above=section.page.pk, card__in=keys).values_list("card_id", flat=True))
        if stories := [key for key in keys if key in here]:
            content.append(group_block(section, stories))
    return content
