"""Totals are stored for whole months; those of deleted pages, sites and documents are not shown."""

from datetime import UTC, date, datetime

import pytest

from portal.readership.models import DownloadDay, PageDay, PlaceDay
from portal.readership.newsroom.figures import Period, most_read
from portal.readership.periodic import delete_old_sums, delete_sums_of_what_is_gone
from tests.builders import make_article, make_document

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 20, tzinfo=UTC)


@pytest.fixture
def sums(lorraine):
    story, document = make_article(lorraine.section), make_document()
    for day in (date(2024, 9, 30), date(2024, 10, 1), date(2026, 11, 1)):
        facts = {"site": lorraine.site, "day": day.toordinal(), "views": 1}
        PageDay.objects.create(page=story.page_ptr, **facts)
        PlaceDay.objects.create(place=lorraine.home.page_ptr, **facts)
        DownloadDay.objects.create(document=document, **facts)
    return story


def days_of(model) -> list[str]:
    return [str(date.fromordinal(day)) for day in model.objects.order_by("day").values_list("day", flat=True)]


LATEST = "2026-11-01"


@pytest.mark.parametrize(
    ("months", "left"),
    [(25, ["2024-10-01", LATEST]), (3, [LATEST]), (0, ["2024-09-30", "2024-10-01", LATEST])],
    ids=["default", "shorter", "for ever"],
)
def test_totals_are_stored_for_the_configured_months(sums, settings, months, left):
    settings.READERSHIP_MONTHS = months
    delete_old_sums(NOW)
    for model in (PageDay, PlaceDay, DownloadDay):
        assert days_of(model) == left


def test_views_of_a_deleted_page_stay_in_those_of_the_site_only(sums, lorraine):
    sums.delete()
    assert len(days_of(PlaceDay)) == 3
    assert most_read(lorraine.site, Period(date(2024, 1, 1), date(2026, 12, 31))) == []


@pytest.mark.parametrize("model", [PageDay, PlaceDay, DownloadDay])
def test_views_written_while_their_site_was_deleted_are_deleted(sums, saar, model):
    facts = {"site_id": saar.site.pk + 1000, "day": date(2026, 11, 2).toordinal(), "views": 1}
    of = {PageDay: "page", PlaceDay: "place", DownloadDay: "document"}[model]
    model.objects.create(**{f"{of}_id": getattr(model.objects.first(), f"{of}_id")}, **facts)
    delete_sums_of_what_is_gone(NOW)
    assert days_of(model) == ["2024-09-30", "2024-10-01", "2026-11-01"]
