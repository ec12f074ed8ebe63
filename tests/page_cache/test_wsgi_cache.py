"""The worker's cache: no reader gets a stale response, or one of another site or reader."""

import threading
from datetime import timedelta

import pytest
import time_machine
from django.core.handlers.wsgi import WSGIHandler
from django.db import DatabaseError
from django.http import HttpResponse
from django.urls import resolve
from django.utils import timezone
from wagtail.models import Page

from events.models import Venue
from portal.content.records.people import Person
from portal.editorial.roles import Role
from portal.platform.caching.http_caching import HttpCaching
from portal.platform.caching.store import COLLECT, OVERHEAD, CachedResponse, Key, ResponseStore
from portal.platform.caching.wsgi_cache import ResponseCache, cache_key
from portal.platform.operation import changes
from tests.builders import (
    change,
    make_article,
    make_form_page,
    make_newsroom,
    make_private,
    make_settings,
    newsroom_client,
)
from tests.page_cache.wire import Request, send

LORRAINE, SAAR = "lorraine.localhost", "saar.localhost"


class Worker:
    """One web server process, with its own store."""

    def __init__(self):
        self.django, self.renderings = WSGIHandler(), 0
        self.cache = ResponseCache(self._render, 8)

    def _render(self, environ, start_response):
        self.renderings += 1
        return self.django(environ, start_response)

    def get(self, path: str, host: str = LORRAINE, **headers: str):
        return send(self.cache, Request(host, path, "GET", tuple(headers.items())))

    def renders(self, path: str, host: str = LORRAINE, **headers: str) -> bool:
        """Whether a request needs a rendering."""
        before = self.renderings
        self.get(path, host, **headers)
        return self.renderings > before


@pytest.fixture
def worker(lorraine, saar):
    worker = Worker()
    worker.get("/fr/")
    return worker


def test_rendered_response_is_served_again(worker):
    first = worker.get("/fr/")

    assert not worker.renders("/fr/", cookie="_pk_id=1; consent=yes")
    assert worker.get("/fr/") == first
    assert first.code == 200


def test_same_path_on_two_sites_has_two_responses(worker):
    own, other = worker.get("/fr/rubrique/"), worker.get("/fr/rubrique/", host=SAAR)

    assert b"Article lorrain fr" in own.body
    assert b"sarrois" not in own.body
    assert b"Article sarrois fr" in other.body
    assert b"lorrain fr" not in other.body


@pytest.mark.parametrize(
    "host", ["nobody.localhost", f"{LORRAINE}.evil.example", f"{LORRAINE}@evil.example", f"{LORRAINE}/", ""]
)
def test_foreign_host_gets_no_cached_response(worker, host):
    assert worker.get("/fr/", host=host).code in (400, 404)


@pytest.mark.parametrize("header", ["x-forwarded-host", "x-host", "forwarded", "x-original-url", "x-rewrite-url"])
def test_no_header_leads_to_another_site(worker, header):
    worker.get("/fr/", host=SAAR)

    assert b"sarrois" not in worker.get("/fr/", **{header: SAAR}).body
    assert not worker.renders("/fr/")


@pytest.mark.parametrize(
    "headers",
    [
        {"cookie": "sessionid=abc"},
        {"cookie": "csrftoken=abc"},
        {"cookie": "a=b; sessionid=abc"},
        {"cookie": "messages=x"},
        {"cookie": "django_language=de"},
        {"range": "bytes=0-1"},
        {"if-range": '"a"'},
        {"authorization": "Basic YTpi"},
        {"if-match": "*"},
    ],
    ids=str,
)
def test_personal_or_rare_request_bypasses_the_cache(worker, headers):
    assert worker.renders("/fr/", **headers)


@pytest.mark.parametrize(
    "path",
    [
        "/fr/?x=1",
        "/fr/?utm_source=a",
        "/fr/?page=1&page=1",
        "/fr/?%70age%00=1",
        "/fr/actualites/?person=1",
        "/fr/feed.rss?page=1",
        f"/fr/?topic={'a' * 300}",
        "/",
        "/fr/recherche/?q=lorrain",
        "/fr/rien/",
        "/fr/rubrique",
        "/admin/login/",
        "/-/ready",
        "/.well-known/security.txt",
        "/api/v2/pages/?order=random",
    ],
)
def test_response_for_a_single_reader_is_not_stored(worker, path):
    before = len(worker.cache.store)
    worker.get(path)

    assert worker.renders(path)
    assert len(worker.cache.store) == before


def test_response_for_an_unknown_port_is_not_stored(worker):
    before = len(worker.cache.store)

    assert worker.get("/fr/", host=f"{LORRAINE}:8123").code == 200
    assert len(worker.cache.store) == before


@pytest.mark.parametrize(("body", "is_cached"), [(b"words", True), (b"", False)])
def test_response_without_a_body_is_not_cached(rf, db, body, is_cached):
    request, collected = rf.get("/robots.txt"), []
    request.META[COLLECT] = (1, collected)
    request.resolver_match = resolve("/robots.txt")
    HttpCaching(lambda request: HttpResponse(body))(request)

    assert bool(collected) == is_cached


def test_form_token_is_new_for_each_reader_and_delays_none(lorraine, worker, monkeypatch):
    address = lorraine.address(make_form_page(lorraine.home))
    first = worker.get(address)
    monkeypatch.setattr(worker.cache.store, "begin", lambda key: pytest.fail("a reader would wait"))

    assert worker.get(address).body != first.body


def test_page_made_private_is_served_to_permitted_readers_only(lorraine, worker):
    article = make_article(lorraine.section, "Le secret")
    address = lorraine.address(article)
    assert b"Le secret" in worker.get(address).body
    make_private(article)
    member = newsroom_client(lorraine, make_newsroom(lorraine)[Role.EDITOR])
    session = f"sessionid={member.cookies['sessionid'].value}"

    assert b"Le secret" not in worker.get(address).body
    assert b"Le secret" in worker.get(address, cookie=session).body
    assert b"Le secret" not in worker.get(address).body
    assert worker.renders(address)


def test_closed_site_serves_nothing_from_the_cache(lorraine, worker):
    make_settings(lorraine, is_closed=True)

    assert worker.get("/fr/").code == 503


CHANGES = {
    "a story that nothing refers to": lambda lorraine: make_article(lorraine.section, "Que personne ne cite"),
    "a venue": lambda lorraine: Venue.objects.filter(pk=Venue.objects.create(name="Halle").pk).update(name="Halle 3"),
    "a person": lambda lorraine: Person.objects.create(name="Claire"),
    "many at once": lambda lorraine: Page.objects.filter(path__startswith=lorraine.home.path).update(title="x"),
    "in bulk": lambda lorraine: Person.objects.bulk_create([Person(name="A", slug="a"), Person(name="B", slug="b")]),
}


@pytest.mark.parametrize("what", CHANGES)
def test_change_is_seen_at_once_in_every_worker(lorraine, worker, what):
    other = Worker()
    other.get("/fr/")
    assert not other.renders("/fr/")

    CHANGES[what](lorraine)

    assert worker.renders("/fr/")
    assert other.renders("/fr/")


def test_story_is_listed_exactly_at_its_time(lorraine):
    with time_machine.travel("2026-06-15T09:00:00+00:00", tick=False) as clock:
        article = make_article(lorraine.section, "À dix heures")
        change(article, publication_date=timezone.now() + timedelta(hours=1))
        worker = Worker()
        worker.get("/fr/actualites/")
        clock.shift(timedelta(minutes=59, seconds=59))
        assert not worker.renders("/fr/actualites/")
        assert "À dix heures" not in worker.get("/fr/actualites/").body.decode()
        clock.shift(timedelta(seconds=1))
        assert "À dix heures" in worker.get("/fr/actualites/").body.decode()
        clock.shift(timedelta(seconds=-1))

        assert worker.renders("/fr/actualites/")


def test_cache_is_bypassed_for_a_while_without_a_database(worker, monkeypatch):
    def fail() -> None:
        raise DatabaseError

    with monkeypatch.context() as patch:
        patch.setattr(changes, "content_version", fail)
        assert worker.renders("/fr/")

    assert worker.renders("/fr/")


@pytest.mark.parametrize("path", ["/-/live", "/static/portal.css", "/admin/", "/documents/1/guide.pdf"])
def test_uncacheable_path_needs_no_query(path):
    assert cache_key(Request("a", path).environ()) is None


@pytest.mark.parametrize("is_proxied", [False, True])
def test_two_schemes_have_two_keys(settings, is_proxied):
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if is_proxied else None
    name = "HTTP_X_FORWARDED_PROTO" if is_proxied else "wsgi.url_scheme"
    keys = {cache_key(Request("a", "/fr/").environ() | {name: scheme}) for scheme in ("http", "https")}

    assert len(keys) == 2


class SlowApplication:
    """Responds once `goes_on` is set; `is_cacheable` decides whether its responses are cacheable."""

    def __init__(self, *, is_cacheable: bool):
        self.is_cacheable, self.times = is_cacheable, 0
        self.begun, self.all_begun, self.goes_on = threading.Event(), threading.Barrier(4), threading.Event()

    def __call__(self, environ, start_response):
        self.times += 1
        is_first = not self.begun.is_set()
        self.begun.set()
        if is_first:
            self.goes_on.wait(10)
        elif not self.is_cacheable:
            # Passes only if all waiting requests arrive here at the same time.
            self.all_begun.wait(10)
        if self.is_cacheable:
            version, collected = environ[COLLECT]
            now = timezone.now()
            headers, body = (("ETag", 'W/"a"'),), {"": b"once"}
            collected.append(CachedResponse(version, now, now + timedelta(hours=1), headers, False, body))
        start_response("200 OK", [])
        return [b"once"]


@pytest.mark.parametrize(("is_cacheable", "times"), [(True, 1), (False, 5)])
def test_concurrent_requests_share_one_cacheable_rendering(monkeypatch, is_cacheable, times):
    monkeypatch.setattr(changes, "content_version", lambda: 1)
    application = SlowApplication(is_cacheable=is_cacheable)
    cache, found, waiting = ResponseCache(application, 1), [], threading.Semaphore(0)
    begin = cache.store.begin

    def noted(key):
        running = begin(key)
        waiting.release()
        return running

    monkeypatch.setattr(cache.store, "begin", noted)
    readers = [threading.Thread(target=lambda: found.append(send(cache, Request("a", "/fr/")).body)) for _ in range(5)]
    for reader in readers:
        reader.start()
    for _reader in readers:
        assert waiting.acquire(timeout=10)
    application.goes_on.set()
    for reader in readers:
        reader.join(15)

    assert found == [b"once"] * 5
    assert application.times == times


def cached(version: int = 1, length: int = 0) -> CachedResponse:
    now = timezone.now()
    return CachedResponse(version, now, now, (), True, {"": b"x" * length})


def test_least_recently_used_response_is_evicted():
    store = ResponseStore(3 * (OVERHEAD + 100))
    keys = [Key("http", "a", f"/{number}/", "", "") for number in range(4)]
    for key in keys[:3]:
        store.put(key, cached(length=100))
    store.get(keys[0])
    store.put(keys[3], cached(length=100))

    assert [store.get(key) is not None for key in keys] == [True, False, True, True]
    assert store.used <= store.capacity


def test_compressed_body_is_counted_unless_it_was_replaced():
    store, key, old, new = ResponseStore(10_000), Key("http", "a", "/", "", ""), cached(1, 1_000), cached(2, 1_000)
    store.put(key, old)
    before = store.used
    packed = old.body("gzip")
    store.update_size(key, old)
    assert store.used == before + len(packed)
    store.put(key, new)
    store.update_size(key, old)

    assert store.get(key) is new
    assert store.used == before
