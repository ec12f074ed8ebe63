"""Days with few page views are merged into one row for their month, and no view is lost."""

from datetime import UTC, date, datetime

import pytest

from portal.readership.models import PageDay
from portal.readership.periodic import add_up_old_sums
from tests.builders import make_article

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 20, tzinfo=UTC)
JULY = {date(2026, 7, 1): 2, date(2026, 7, 5): 3, date(2026, 7, 9): 50, date(2026, 7, 31): 4}


@pytest.fixture
def story(lorraine):
    story = make_article(lorraine.section)
    for day, views in {**JULY, date(2026, 8, 1): 1, date(2026, 8, 2): 1}.items():
        facts = {"views": views, "hour_12": views, "search": 1}
        PageDay.objects.create(site=lorraine.site, page=story.page_ptr, day=day.toordinal(), **facts)
    return story


def rows() -> list[tuple[str, int]]:
    found = PageDay.objects.order_by("day").values_list("day", "views")
    return [(str(date.fromordinal(day)), views) for day, views in found]


def test_days_with_few_views_are_combined_by_month_after_three_months(story):
    for _time in range(2):
        add_up_old_sums(NOW)
        assert rows() == [("2026-07-01", 9), ("2026-07-09", 50), ("2026-08-01", 1), ("2026-08-02", 1)]
    july = PageDay.objects.get(day=date(2026, 7, 1).toordinal())
    assert (july.hour_12, july.search) == (9, 3)
