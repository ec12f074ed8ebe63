"""A search index that has grown since the last table statistics is as fast as one with current statistics."""

from collections.abc import Callable, Iterator
from itertools import product

import pytest
from django.db import connection
from django.utils import timezone

from portal.content.housekeeping import refresh_table_statistics
from search.query.spelling import add_words, nearest

pytestmark = pytest.mark.django_db
IS_SQLITE = connection.vendor == "sqlite"
STEPS = 1000
SYLLABLES = ("ba", "co", "du", "fi", "ga", "lo", "mu", "pi", "ra", "so", "tu")


@pytest.fixture
def effort() -> Iterator[Callable[[], int]]:
    """How many thousand steps SQLite has executed since; always 0 on PostgreSQL."""
    calls = []
    connection.ensure_connection()
    if IS_SQLITE:
        connection.connection.set_progress_handler(lambda: calls.append(STEPS), STEPS)
    yield lambda: len(calls)
    if IS_SQLITE:
        connection.connection.set_progress_handler(None, 0)


@pytest.fixture
def grown() -> None:
    """Two tables whose statistics date from when they were short."""
    add_words({"fr": {"forge"}})
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    add_words({"fr": {"fonderie", *map("".join, product(SYLLABLES, repeat=3))}})


def test_typing_error_is_corrected_without_scanning_both_tables(grown, effort):
    assert [each.word for _language, each in nearest(["fodnerie"], ["fr"])["fodnerie"]] == ["fonderie"]
    assert effort() < 500


def test_statistics_are_refreshed_after_tables_have_grown(grown):
    refresh_table_statistics(timezone.now())

    if IS_SQLITE:
        with connection.cursor() as cursor:
            cursor.execute("SELECT stat FROM sqlite_stat1 WHERE tbl = 'search_indexword'")
            # An index of some of the rows counts those only.
            assert max(int(stat.split()[0]) for (stat,) in cursor.fetchall()) > len(SYLLABLES) ** 3
