"""Many readers who ask for the same at once, and the room that answers take."""

import threading
from datetime import timedelta

from django.utils import timezone

from portal.platform.caching.store import COLLECT, OVERHEAD, CachedResponse, Key, ResponseStore
from portal.platform.caching.wsgi_cache import ResponseCache
from portal.platform.operation import changes
from tests.keeping.asking import Question, ask


class SlowApplication:
    """Answers once `goes_on`; `keeps` says whether its answers may be kept."""

    def __init__(self, *, keeps: bool):
        self.keeps, self.times = keeps, 0
        self.begun, self.all_begun, self.goes_on = threading.Event(), threading.Barrier(4), threading.Event()

    def __call__(self, environ, start_response):
        self.times += 1
        is_first = not self.begun.is_set()
        self.begun.set()
        if is_first:
            self.goes_on.wait(10)
        elif not self.keeps:
            # Passes only if all who have waited are here at the same time.
            self.all_begun.wait(10)
        if self.keeps:
            version, collected = environ[COLLECT]
            now = timezone.now()
            body = {"": b"once"}
            collected.append(CachedResponse(version, now, now + timedelta(hours=1), (("ETag", 'W/"a"'),), False, body))
        start_response("200 OK", [])
        return [b"once"]


def answers_of_five(application, monkeypatch):
    """What five readers are given who ask for the same while the first answer is rendered."""
    monkeypatch.setattr(changes, "content_version", lambda: 1)
    edge, found = ResponseCache(application, 1), []
    waiting = threading.Semaphore(0)
    begin = edge.store.begin

    def noted(key):
        running = begin(key)
        waiting.release()
        return running

    monkeypatch.setattr(edge.store, "begin", noted)
    readers = [threading.Thread(target=lambda: found.append(ask(edge, Question("a", "/fr/")).body)) for _ in range(5)]
    for reader in readers:
        reader.start()
    for _reader in readers:
        assert waiting.acquire(timeout=10)
    application.goes_on.set()
    for reader in readers:
        reader.join(15)
    return found


def test_one_renders_while_others_wait(monkeypatch):
    slow = SlowApplication(keeps=True)

    assert answers_of_five(slow, monkeypatch) == [b"once"] * 5
    assert slow.times == 1


def test_what_is_not_kept_is_rendered_for_all_who_waited_at_once(monkeypatch):
    slow = SlowApplication(keeps=False)

    assert answers_of_five(slow, monkeypatch) == [b"once"] * 5
    assert slow.times == 5


def test_memory_gives_up_what_was_asked_for_least_recently():
    now = timezone.now()
    memory = ResponseStore(3 * (OVERHEAD + 100))
    keys = [Key("http ", "a", f"/{number}/", "", "") for number in range(4)]
    for key in keys[:3]:
        memory.put(key, CachedResponse(1, now, now, (), False, {"": b"x" * 100}))
    memory.get(keys[0])
    memory.put(keys[3], CachedResponse(1, now, now, (), False, {"": b"x" * 100}))

    assert [memory.get(key) is not None for key in keys] == [True, False, True, True]
    assert memory.used <= memory.capacity


def test_answer_in_another_encoding_is_counted_as_well():
    now, key = timezone.now(), Key("http", "a", "/", "", "")
    memory, kept = ResponseStore(10_000), CachedResponse(1, now, now, (), True, {"": b"x" * 1_000})
    memory.put(key, kept)
    before = memory.used
    packed = kept.body("gzip")
    memory.update_size(key, kept)

    assert memory.used == before + len(packed)


def test_newer_answer_is_not_replaced_by_an_older_one_that_was_packed_meanwhile():
    now, key = timezone.now(), Key("http", "a", "/", "", "")
    memory, old, new = (
        ResponseStore(10_000),
        CachedResponse(1, now, now, (), True),
        CachedResponse(2, now, now, (), True),
    )
    memory.put(key, old)
    memory.put(key, new)
    memory.update_size(key, old)

    assert memory.get(key) is new
