"""Five hundred pages go into the trash and come back with the same number of queries as ten, or not at all."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.models import Page

from portal.content.extension_points import after_visibility_below
from portal.content.records.trash import TrashedPage
from portal.editorial.trash.deleting import put_into_trash
from portal.editorial.trash.restoring import restore
from tests.builders import make_article, make_calendar, make_event, make_section


@pytest.fixture
def section(lorraine):
    return make_section(lorraine.home, "Industrie", slug="industrie")


def queries_for(act, *args) -> tuple[int, object]:
    with CaptureQueriesContext(connection) as queries:
        found = act(*args)
    return len(queries), found


def both_ways(section) -> tuple[int, int]:
    there, trashed = queries_for(put_into_trash, section)
    back, _notes = queries_for(restore, trashed)
    return there, back


def test_queries_do_not_grow_with_the_number_of_pages(section):
    for number in range(2):
        make_article(section, f"Article {number}")
    few = both_ways(section)
    for number in range(20):
        make_article(section, f"Encore {number}")
    many = both_ways(section)

    assert many == few


def test_queries_do_not_grow_with_the_number_of_events(lorraine):
    calendar = make_calendar(lorraine.home, "Agenda de la forge")
    for number in range(2):
        make_event(calendar, f"Rencontre {number}")
    few = both_ways(calendar)
    for number in range(10):
        make_event(calendar, f"Autre rencontre {number}")

    assert both_ways(calendar) == few


def test_deletion_that_fails_half_way_changes_nothing(section, monkeypatch):
    story = make_article(section, "La forge")

    def fail(page):
        raise RuntimeError

    monkeypatch.setattr("portal.editorial.trash.deleting.after_visibility_below", [*after_visibility_below, fail])
    with pytest.raises(RuntimeError):
        put_into_trash(section)

    assert Page.objects.get(pk=story.pk).live
    assert not TrashedPage.objects.exists()
