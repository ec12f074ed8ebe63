"""The frequency of words is estimated and cached; the existence of a word is never cached."""

from collections.abc import Callable, Iterator
from itertools import product

import pytest
from django.db import connection
from django.utils import timezone

from portal.content.housekeeping import refresh_table_statistics
from search.engines import engine, frequencies
from search.engines.base import Frequencies, of_homes
from search.engines.frequencies import frequencies_of
from search.models import IndexWord
from search.query.spelling import add_words, nearest
from tests.builders import make_article, make_event
from tests.search.searching import stories, titles

pytestmark = pytest.mark.django_db
IS_SQLITE = connection.vendor == "sqlite"
STEPS = 1000
SYLLABLES = ("ba", "co", "du", "fi", "ga", "lo", "mu", "pi", "ra", "so", "tu")


def test_word_that_is_also_a_scope_token_finds_texts_only(lorraine, saar):
    tokens = [
        f"h{lorraine.home.pk}",
        f"l{lorraine.language}",
        "kevent",
        f"y{timezone.now():%Y}",
        f"n{lorraine.section.path.lower()}",
    ]
    make_event(lorraine.calendar, "Une rencontre")
    for token in tokens:
        stories(lorraine, "Un article parmi d’autres", f"Ce que veut dire {token}")
        stories(saar, f"Ailleurs aussi {token}", language="fr")
    for token in tokens:
        assert titles(lorraine, token) == [f"Ce que veut dire {token}"]


# PostgreSQL reads its own statistics.
if IS_SQLITE:

    def test_common_word_is_estimated_from_the_newest_entries_and_a_rare_one_counted(lorraine, saar, monkeypatch):
        for number in range(6):
            make_article(lorraine.section, f"Fonderie {number}", date=timezone.now())
        make_article(saar.sections["fr"], "Fonderie d’ailleurs", date=timezone.now())
        for name, value in (("SAMPLE", 20), ("MIN_SAMPLED", 2)):
            monkeypatch.setattr(f"search.engines.sqlite.{name}", value)
        words = [("fonder",), ("ailleur",), ("quartz",)]
        found = engine().frequencies(words, of_homes([lorraine.home.pk]), timezone.now())
        # Six of the newest twenty have the word.
        assert found.counts[("fonder",)] == int(6 * found.total / 20) > 6
        assert found.counts[("ailleur",)] == found.counts[("quartz",)] == 0


def test_only_common_words_are_cached_and_for_these_sites_only(monkeypatch):
    counted: list[tuple[object, object]] = []

    class Counting:
        def __init__(self, index):
            pass

        def frequencies(self, sequences, scope, now):
            counted.append((list(sequences), scope))
            return Frequencies(9000, {each: 5000 if each == ("usine",) else 3 for each in sequences})

    monkeypatch.setattr(frequencies, "engine", Counting)
    monkeypatch.setattr(frequencies, "_cache", {})
    both = [("usine",), ("quartz",)]
    first = frequencies_of(both, of_homes([1]), timezone.now())
    assert frequencies_of(both, of_homes([1]), timezone.now()) == first
    frequencies_of(both, of_homes([2]), timezone.now())
    one, two = of_homes([1]), of_homes([2])
    assert counted == [(both, one), ([("quartz",)], one), (both, two)]


def test_words_are_stored_once_in_one_order():
    for _time in range(2):
        add_words({"fr": {"zzwort", "zzmot"}, "de": {"zzwort"}}, are_public=True)
    stored = IndexWord.objects.filter(word__startswith="zz").order_by("pk").values_list("language", "word")
    assert list(stored) == [("de", "zzwort"), ("fr", "zzmot"), ("fr", "zzwort")]


@pytest.fixture
def effort() -> Iterator[Callable[[], int]]:
    """The number of steps that SQLite has executed, in thousands; always 0 on PostgreSQL."""
    calls = []
    connection.ensure_connection()
    if IS_SQLITE:
        connection.connection.set_progress_handler(lambda: calls.append(STEPS), STEPS)
    yield lambda: len(calls)
    if IS_SQLITE:
        connection.connection.set_progress_handler(None, 0)


@pytest.fixture
def grown() -> None:
    """Two tables whose statistics are from when they were short."""
    add_words({"fr": {"forge"}}, are_public=True)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    add_words({"fr": {"fonderie", *map("".join, product(SYLLABLES, repeat=3))}}, are_public=True)


def test_typing_error_is_corrected_without_scanning_grown_tables(grown, effort):
    assert [each.word for _language, each in nearest(["fodnerie"], ["fr"], IndexWord.objects.public())["fodnerie"]] == [
        "fonderie"
    ]
    assert effort() < 500


def test_statistics_are_refreshed_after_tables_have_grown(grown):
    refresh_table_statistics(timezone.now())
    if IS_SQLITE:
        with connection.cursor() as cursor:
            cursor.execute("SELECT stat FROM sqlite_stat1 WHERE tbl = 'search_indexword'")
            # A partial index counts its own rows only.
            assert max(int(stat.split()[0]) for (stat,) in cursor.fetchall()) > len(SYLLABLES) ** 3


def test_search_leaves_the_settings_of_a_transaction(lorraine):
    stories(lorraine, "Une fonderie")

    assert titles(lorraine, "fonderie") == ["Une fonderie"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT 'on'" if IS_SQLITE else "SHOW enable_seqscan")
        assert cursor.fetchone() == ("on",)
