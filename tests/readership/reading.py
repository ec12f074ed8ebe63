"""Writes totals of page views, for tests of reports."""

from datetime import date, timedelta
from typing import Any

from django.utils import timezone
from wagtail.models import Page

from portal.readership.models import PageDay, PlaceDay
from tests.builders import Ground


def today() -> date:
    return timezone.localtime().date()


def read(ground: Ground, page: Page, views: int, days_ago: int = 0, **parts: int) -> None:
    """`views` of a page on a day, which count for its sections and the home page as well."""
    day = (today() - timedelta(days=days_ago)).toordinal()
    facts: dict[str, Any] = {"views": views, "hour_12": views, **parts}
    PageDay.objects.create(site=ground.site, page=page.page_ptr, day=day, **facts)
    places = [*page.get_ancestors().filter(depth__gt=1), page.page_ptr]
    for place in places:
        if place.depth == 2 or place.specific.is_section:
            known, is_new = PlaceDay.objects.get_or_create(site=ground.site, place=place, day=day, defaults=facts)
            if not is_new:
                for name, value in facts.items():
                    setattr(known, name, getattr(known, name) + value)
                known.save()
