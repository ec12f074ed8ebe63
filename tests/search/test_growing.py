"""An index that has grown since the database last counted its tables is as quick as one that was counted today."""

from collections.abc import Callable, Iterator
from itertools import product

import pytest
from django.db import connection
from django.utils import timezone

from portal.core.tasks.housekeeping import refresh_table_statistics
from search.spelling import guesses, learn

pytestmark = pytest.mark.django_db
IS_EMBEDDED = connection.vendor == "sqlite"
STEPS = 1000
SYLLABLES = ("ba", "co", "du", "fi", "ga", "lo", "mu", "pi", "ra", "so", "tu")


@pytest.fixture
def effort() -> Iterator[Callable[[], int]]:
    """How many thousand steps SQLite has taken since; PostgreSQL does not tell."""
    taken = []
    connection.ensure_connection()
    if IS_EMBEDDED:
        connection.connection.set_progress_handler(lambda: taken.append(STEPS), STEPS)
    yield lambda: len(taken)
    if IS_EMBEDDED:
        connection.connection.set_progress_handler(None, 0)


@pytest.fixture
def grown() -> None:
    """Two tables that were counted when they were short."""
    learn({("fr", "forge")})
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    learn({("fr", "fonderie"), *(("fr", "".join(word)) for word in product(SYLLABLES, repeat=3))})


def test_typing_error_is_understood_without_going_through_both_tables(grown, effort):
    assert guesses("fr", "fodnerie") == ["fonderie"]
    assert effort() < 500


def test_tables_are_counted_again_once_they_have_grown(grown):
    refresh_table_statistics(timezone.now())

    if IS_EMBEDDED:
        with connection.cursor() as cursor:
            cursor.execute("SELECT stat FROM sqlite_stat1 WHERE tbl = 'search_indexword'")
            assert int(cursor.fetchone()[0].split()[0]) > len(SYLLABLES) ** 3
