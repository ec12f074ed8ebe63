"""A home page's most read stories of the last week, for its shelf."""

from datetime import datetime

from django.db.models import Sum
from wagtail.models import Page

from portal.editorial.sharing.shares import site_of
from portal.readership.models import PageDay, ReadershipChoices
from portal.readership.newsroom.figures import FEWEST_DETAILED, WEEK, Period, today_at


def most_read_stories(home: Page, now: datetime, most: int) -> list[int]:
    """The primary keys of stories below the home page with enough views, most read first."""
    site = site_of(home)
    if site is None or ReadershipChoices.objects.filter(site=site, is_counting=False).exists():
        return []
    period = Period.of_days(WEEK, today_at(site, now))
    days = PageDay.objects.filter(
        site=site, page__path__startswith=home.path, page__story_card__isnull=False, **period.lookups
    )
    read = days.values("page").annotate(total=Sum("views")).filter(total__gte=FEWEST_DETAILED)
    return list(read.order_by("-total", "page").values_list("page", flat=True)[:most])
