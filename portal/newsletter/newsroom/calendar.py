"""Newsletters in the newsroom's calendar: those sent, and the weekly digests to come."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal.content.records.clocks import SiteClocks
from portal.editorial.dashboard.calendar import CalendarItem, CalendarPeriod, EntryState
from portal.editorial.dashboard.links import edit_url
from portal.newsletter.models import IssuePage, NewsletterPage, Sending

CATEGORY = IssuePage._meta.label
DESCRIPTION: tuple[Any, str] = (_("Newsletter"), "mail")


def sendings(period: CalendarPeriod) -> Iterator[CalendarItem]:
    """Issues, digests and alerts, at the time at which they were sent."""
    found = Sending.objects.filter(
        period.pages("newsletter__"), created_at__gte=period.first, created_at__lt=period.last
    )
    columns = ("pk", "subject", "created_at", "newsletter__path", "newsletter__owner", "ordered_by")
    for row in found.order_by("created_at", "pk").values(*columns)[: period.limit]:
        yield CalendarItem(
            at=row["created_at"],
            title=row["subject"],
            path=row["newsletter__path"],
            url=reverse("newsletter_sending", args=[row["pk"]]),
            state=EntryState.MAILING,
            category=CATEGORY,
            owner=row["newsletter__owner"],
            person=row["ordered_by"],
            key=f"sending-{row['pk']}",
        )


def weekly_digests(period: CalendarPeriod) -> Iterator[CalendarItem]:
    """The times at which weekly digests will be sent if there is news."""
    newsletters = list(NewsletterPage.objects.live().filter(period.pages(), offers_weekly=True, alias_of=None))
    clocks = SiteClocks([page.path for page in newsletters]) if newsletters else None
    for page in newsletters if clocks else ():
        zone = clocks.zone_of(page.path)  # type: ignore[union-attr]
        day = max(period.first, period.now).astimezone(zone).date()
        day += timedelta(days=(page.weekly_day - day.weekday()) % 7)
        while (at := datetime.combine(day, time(page.weekly_hour), zone)) < period.last:
            if at >= max(period.first, period.now):
                yield CalendarItem(
                    at=at,
                    title=page.title,
                    path=page.path,
                    url=edit_url(page.pk),
                    state=EntryState.MAILING,
                    category=CATEGORY,
                    owner=page.owner_id,
                    note=str(_("weekly digest")),
                    key=f"digest-{page.pk}-{day}",
                )
            day += timedelta(days=7)
