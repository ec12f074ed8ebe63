"""Releases in the newsroom's calendar."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Min
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal.editorial.dashboard.calendar import (
    CalendarItem,
    CalendarPeriod,
    EntryState,
    calendar_sources,
    other_categories,
)
from portal.editorial.records.releases import Release, ReleaseItem, ReleaseState

CATEGORY = Release._meta.label
DESCRIPTION: tuple[Any, str] = (_("Release"), "calendar-check")
STATES = {
    ReleaseState.OPEN: EntryState.DRAFT,
    ReleaseState.APPROVED: EntryState.APPEARS,
    ReleaseState.PUBLISHED: EntryState.PUBLISHED,
}


def releases(period: CalendarPeriod) -> Iterator[CalendarItem]:
    """The releases with a page of the work area, at their minute."""
    if not (period.area.everywhere or period.area.full_paths):
        # These people open no release.
        return
    items = ReleaseItem.objects.filter(
        period.pages("page__"),
        release__at__gte=period.first,
        release__at__lt=period.last,
        release__state__in=STATES,
    )
    columns = ("release", "release__title", "release__at", "release__state", "release__created_by", "release__note")
    rows = items.order_by("release__at", "release").values(*columns).annotate(path=Min("page__path"))
    for row in rows[: period.limit]:
        yield CalendarItem(
            at=row["release__at"],
            title=row["release__title"],
            path=row["path"],
            url=reverse("release", args=[row["release"]]),
            state=STATES[ReleaseState(row["release__state"])],
            category=CATEGORY,
            owner=row["release__created_by"],
            person=row["release__created_by"],
            note=row["release__note"],
            key=f"release-{row['release']}",
        )


calendar_sources.append(releases)
other_categories[CATEGORY] = DESCRIPTION
