"""What the web server may give at once, without a thread: a kept answer that is right now, and nothing else."""

from types import SimpleNamespace

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.db import DatabaseError

from portal.platform.caching import edge as edges
from portal.platform.caching.at_once import ONLY_KEPT, NotKeptError
from portal.platform.caching.edge import KeptAnswers
from portal.readership.counting.counter import CountedAnswers, ViewCounter
from tests.builders import change, make_article
from tests.keeping.asking import Question, ask

HOST = "lorraine.localhost"


@pytest.fixture
def edge() -> KeptAnswers:
    return KeptAnswers(WSGIHandler(), 8)


def at_once(application, path, host=HOST, **headers):
    return ask(lambda environ, start: application(environ | {ONLY_KEPT: True}, start), Question(host, path, **headers))


def test_kept_answer_is_given_at_once(lorraine, edge):
    rendered = ask(edge, Question(HOST, "/fr/"))

    assert at_once(edge, "/fr/") == rendered


def test_what_nobody_has_asked_for_is_not_rendered(lorraine, edge):
    with pytest.raises(NotKeptError):
        at_once(edge, "/fr/")


def test_answer_that_is_no_longer_right_is_not_given(lorraine, edge):
    page = make_article(lorraine.section)
    ask(edge, Question(HOST, "/fr/"))

    change(page, title="Un autre titre")

    with pytest.raises(NotKeptError):
        at_once(edge, "/fr/")


def test_answer_of_another_site_is_not_given(lorraine, saar, edge):
    ask(edge, Question(HOST, "/fr/"))

    with pytest.raises(NotKeptError):
        at_once(edge, "/fr/", host="saar.localhost")


def test_answer_is_not_packed_at_once(lorraine, edge):
    ask(edge, Question(HOST, "/fr/", headers=(("Accept-Encoding", "br"),)))

    with pytest.raises(NotKeptError):
        at_once(edge, "/fr/", headers=(("Accept-Encoding", "gzip"),))


@pytest.mark.parametrize("path", ["/admin/", "/", "/static/css/portal.css", "/fr/?x=1"])
def test_what_is_never_kept_is_left_to_a_thread(lorraine, edge, path):
    ask(edge, Question(HOST, path))

    with pytest.raises(NotKeptError):
        at_once(edge, path)


def test_database_that_is_gone_is_asked_by_a_thread(lorraine, edge, monkeypatch):
    ask(edge, Question(HOST, "/fr/"))

    def fail() -> None:
        raise DatabaseError

    monkeypatch.setattr(edges.changes, "present_state", fail)

    with pytest.raises(NotKeptError):
        at_once(edge, "/fr/")


def test_view_is_counted_once_whoever_answers(lorraine, edge):
    counter = ViewCounter()
    counted = CountedAnswers(edge, counter)
    browser = (
        ("User-Agent", "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"),
        ("Accept", "text/html"),
        ("Accept-Language", "fr"),
    )

    with pytest.raises(NotKeptError):
        at_once(counted, "/fr/", headers=browser)
    assert len(counter.waiting) == 0

    ask(edge, Question(HOST, "/fr/"))
    at_once(counted, "/fr/", headers=browser)
    assert len(counter.waiting) == 1


def test_database_that_was_slow_once_is_left_to_threads(lorraine, edge, monkeypatch):
    rendered = ask(edge, Question(HOST, "/fr/"))
    with monkeypatch.context() as slow:
        slow.setattr(edges, "present_state", lambda *_longest: None)
        with pytest.raises(NotKeptError):
            at_once(edge, "/fr/")

    with pytest.raises(NotKeptError):
        at_once(edge, "/fr/")
    assert ask(edge, Question(HOST, "/fr/")) == rendered


def test_connection_is_opened_by_a_thread_first(lorraine, edge, monkeypatch):
    ask(edge, Question(HOST, "/fr/"))
    monkeypatch.setattr(edge, "_well_until", 0.0)
    monkeypatch.setattr(edges, "asked_database", lambda: SimpleNamespace(connection=None))

    with pytest.raises(NotKeptError):
        at_once(edge, "/fr/")
