"""How common a word is, is estimated and remembered; whether anything has it, and what a word is, never."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from search.engines import engine, frequencies
from search.engines.base import Frequencies
from search.engines.frequencies import frequencies_of
from search.models import IndexWord
from search.query.spelling import add_words
from tests.builders import make_article, make_event
from tests.search.searching import titles

pytestmark = pytest.mark.django_db

TOKENS: list[tuple[str, Callable[[Any], str]]] = [
    ("home", lambda ground: f"h{ground.home.pk}"),
    ("language", lambda ground: f"l{ground.language}"),
    ("kind", lambda ground: "kevent"),
    ("year", lambda ground: f"y{timezone.now():%Y}"),
    ("section", lambda ground: f"n{ground.section.path.lower()}"),
]


@pytest.mark.parametrize("token_of", [token for _name, token in TOKENS], ids=[name for name, _token in TOKENS])
def test_word_that_is_also_a_scope_token_finds_what_is_written_only(lorraine, saar, token_of):
    word = token_of(lorraine)
    make_article(lorraine.section, "Un article parmi d’autres")
    make_event(lorraine.calendar, "Une rencontre")
    make_article(lorraine.section, f"Ce que veut dire {word}")
    make_article(saar.sections["fr"], f"Ailleurs aussi {word}")

    assert titles(lorraine, word) == [f"Ce que veut dire {word}"]


# PostgreSQL reads its own statistics.
if connection.vendor == "sqlite":

    def test_common_word_is_estimated_from_the_newest_entries_and_a_rare_one_counted(lorraine, saar, monkeypatch):
        for number in range(6):
            make_article(lorraine.section, f"Fonderie {number}", date=timezone.now())
        make_article(saar.sections["fr"], "Fonderie d’ailleurs", date=timezone.now())
        for name, value in (("SAMPLE", 20), ("MIN_SAMPLED", 2)):
            monkeypatch.setattr(f"search.engines.sqlite.{name}", value)

        found = engine().frequencies([("fonder",), ("ailleur",), ("quartz",)], [lorraine.home.pk], timezone.now())

        # Six of the newest twenty have it.
        assert found.counts[("fonder",)] == int(6 * found.total / 20) > 6
        assert found.counts[("ailleur",)] == found.counts[("quartz",)] == 0


def test_only_common_words_are_remembered_and_for_these_sites_only(monkeypatch):
    asked: list[tuple[Sequence[Any], Sequence[int]]] = []

    class Counting:
        def frequencies(self, sequences, homes, now):
            asked.append((list(sequences), homes))
            return Frequencies(9000, {each: 5000 if each == ("usine",) else 3 for each in sequences})

    monkeypatch.setattr(frequencies, "engine", Counting)
    monkeypatch.setattr(frequencies, "_kept", {})
    both = [("usine",), ("quartz",)]
    first = frequencies_of(both, [1], timezone.now())

    assert frequencies_of(both, [1], timezone.now()) == first
    frequencies_of(both, [2], timezone.now())
    assert asked == [(both, [1]), ([("quartz",)], [1]), (both, [2])]


def test_words_are_stored_in_one_order_whatever_that_of_their_languages():
    add_words({"fr": {"zzwort", "zzmot"}, "de": {"zzwort"}})

    stored = IndexWord.objects.filter(word__startswith="zz").order_by("pk").values_list("language", "word")

    assert list(stored) == [("de", "zzwort"), ("fr", "zzmot"), ("fr", "zzwort")]
