"""Shared caches are purged after each change, once for several changes, and again until it succeeds."""

import json
from collections.abc import Iterator
from http.client import BadStatusLine
from http.server import BaseHTTPRequestHandler, HTTPServer
from socket import create_server
from threading import Thread

import pytest
from botocore.exceptions import NoCredentialsError
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone

from portal import env
from portal.content.records.people import Person
from portal.platform.caching import purging
from portal.platform.caching.purge_watch import REPEATED_AFTER, PurgeWatch
from portal.platform.caching.purging import PurgeError, purge
from portal.platform.status.health import findings


class Cache(HTTPServer):
    """Records its requests, and responds with `status`."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, str, dict[str, str], str]] = []
        self.status = 200
        super().__init__(("127.0.0.1", 0), Handler)


class Handler(BaseHTTPRequestHandler):
    server: Cache

    def do_PURGE(self):
        content = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        self.server.requests.append(
            (self.command, self.path, {name.lower(): value for name, value in self.headers.items()}, content)
        )
        self.send_response(self.server.status)
        self.end_headers()

    do_POST = do_PURGE  # noqa: N815 - the name is the server's

    def log_message(self, *words: object) -> None:
        pass


@pytest.fixture
def cache() -> Iterator[Cache]:
    with Cache() as server:
        thread = Thread(target=server.serve_forever, args=[0.02])
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def sent(monkeypatch) -> list:
    """The requests that would be sent to a service."""
    found = []

    class Answer:
        def close(self):
            pass

    def note(request, timeout):
        found.append(request)
        return Answer()

    monkeypatch.setattr(purging, "urlopen", note)
    return found


def at(cache: Cache) -> str:
    return f"127.0.0.1:{cache.server_port}"


def test_varnish_gets_the_tag(settings, cache):
    settings.SHARED_CACHE_PURGE = {"kind": "varnish", "place": f"{at(cache)},{at(cache)}", "key": ""}
    purge()

    assert [(method, path) for method, path, _headers, _content in cache.requests] == [("PURGE", "/")] * 2
    assert cache.requests[0][2]["xkey-purge"] == "portal"


def test_cache_without_tags_gets_the_hosts(settings, cache, lorraine, saar):
    settings.SHARED_CACHE_PURGE = {"kind": "http", "place": at(cache), "key": ""}
    purge()

    purged = {(path, headers["host"]) for _method, path, headers, _content in cache.requests}
    assert {("/*", "lorraine.localhost"), ("/*", "saar.localhost")} <= purged


@pytest.mark.parametrize(
    ("kind", "address", "header", "content"),
    [
        ("fastly", "https://api.fastly.com/service/place/purge/portal", ("Fastly-key", "key"), None),
        (
            "cloudflare",
            "https://api.cloudflare.com/client/v4/zones/place/purge_cache",
            ("Authorization", "Bearer key"),
            {"tags": ["portal"]},
        ),
        ("bunny", "https://api.bunny.net/pullzone/place/purgeCache", ("Accesskey", "key"), {"CacheTag": "portal"}),
    ],
)
def test_service_gets_the_tag_with_its_key(settings, sent, kind, address, header, content):
    settings.SHARED_CACHE_PURGE = {"kind": kind, "place": "place", "key": "key"}
    purge()

    (request,) = sent
    assert (request.full_url, request.get_method()) == (address, "POST")
    assert request.get_header(header[0]) == header[1]
    assert (json.loads(request.data) if request.data else None) == content


@pytest.mark.parametrize("kind", ["varnish", "http"])
@pytest.mark.parametrize("status", [403, 503])
def test_refusal_fails_the_purge(settings, cache, lorraine, kind, status):
    settings.SHARED_CACHE_PURGE = {"kind": kind, "place": at(cache), "key": ""}
    cache.status = status

    with pytest.raises(PurgeError, match=str(status)):
        purge()


def test_cache_that_is_down_fails_its_own_purge_only(settings, cache):
    settings.SHARED_CACHE_PURGE = {"kind": "varnish", "place": f"127.0.0.1:1,{at(cache)}", "key": ""}

    with pytest.raises(PurgeError, match=r"127\.0\.0\.1:1/: .*refused"):
        purge()
    assert len(cache.requests) == 1


@pytest.mark.parametrize("kind", ["varnish", "http"])
def test_silent_cache_fails_the_purge_after_a_while(settings, monkeypatch, lorraine, kind):
    monkeypatch.setattr(purging, "SECONDS", 0.2)
    with create_server(("127.0.0.1", 0)) as silent:
        place = f"127.0.0.1:{silent.getsockname()[1]}"
        settings.SHARED_CACHE_PURGE = {"kind": kind, "place": place, "key": ""}

        with pytest.raises(PurgeError, match="timed out"):
            purge()


@pytest.mark.parametrize("failure", [BadStatusLine("key"), NoCredentialsError(), TypeError("key")])
def test_failure_is_reported_by_its_kind_only(settings, monkeypatch, failure):
    def fails(request, timeout):
        raise failure

    monkeypatch.setattr(purging, "urlopen", fails)
    settings.SHARED_CACHE_PURGE = {"kind": "bunny", "place": "zone", "key": "key"}

    with pytest.raises(PurgeError, match=f"^bunny: {type(failure).__name__}$"):
        purge()


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("", {}),
        ("varnish://10.0.0.1:6081,10.0.0.2:6081", ("varnish", "", "10.0.0.1:6081,10.0.0.2:6081")),
        ("fastly://a%2Fb@service", ("fastly", "a/b", "service")),
        ("cloudfront://E123", ("cloudfront", "", "E123")),
    ],
)
def test_address_of_a_cache_is_parsed(monkeypatch, address, found):
    monkeypatch.setenv("SHARED_CACHE_PURGE", address)
    read = env.shared_cache("SHARED_CACHE_PURGE", env.VARIABLES["SHARED_CACHE_PURGE"].meaning)

    assert (read and (read["kind"], read["key"], read["place"])) == found


@pytest.mark.parametrize("address", ["varnish", "squid://a", "fastly://service", "varnish://key@a", "bunny://key@"])
def test_invalid_address_is_refused_without_its_secret(monkeypatch, address):
    monkeypatch.setenv("SHARED_CACHE_PURGE", address)

    with pytest.raises(ImproperlyConfigured) as refusal:
        env.shared_cache("SHARED_CACHE_PURGE", env.VARIABLES["SHARED_CACHE_PURGE"].meaning)
    assert "key" not in str(refusal.value)


class Watched:
    """A PurgeWatch with its own clock; `fails` is the error of the cache."""

    def __init__(self) -> None:
        self.now, self.purges, self.fails = 0.0, 0, ""
        self.watch = PurgeWatch(self._purge, lambda: self.now)

    def _purge(self) -> None:
        if self.fails:
            raise PurgeError(self.fails)
        self.purges += 1

    def after(self, seconds: float) -> int:
        """The number of purges within these seconds."""
        before, until = self.purges, self.now + seconds
        while self.now < until:
            self.now += 0.2
            self.watch.purge_if_due()
        return self.purges - before


@pytest.fixture
def watched(lorraine):
    """A watch that has purged all earlier changes."""
    watched = Watched()
    watched.after(REPEATED_AFTER * 2)
    return watched


def test_new_process_begins_with_a_purge(lorraine):
    assert Watched().after(0.2) == 1


def test_many_changes_are_one_purge_at_once(watched):
    for name in "abc":
        Person.objects.create(name=name)

    assert watched.after(0.2) == 1


def test_purge_is_repeated_once_for_responses_in_flight(watched):
    Person.objects.create(name="a")
    watched.after(0.2)

    assert watched.after(REPEATED_AFTER) == 1
    assert watched.after(60) == 0


def test_purge_is_repeated_until_it_succeeds(watched):
    watched.fails = "503"
    Person.objects.create(name="a")
    watched.after(300)
    watched.fails = ""

    assert watched.after(31) >= 1


def test_status_names_a_cache_that_cannot_be_purged_until_it_can(watched):
    def named() -> bool:
        return any("purge" in str(found.text) for found in findings(timezone.now()) if found.name == "tasks")

    Person.objects.create(name="a")
    watched.fails = "403"
    watched.after(1)
    assert named()
    watched.fails = ""
    watched.after(60)

    assert not named()


@pytest.mark.parametrize("command", [["purge"], ["scheduler", "--once"]])
def test_command_purges(settings, cache, db, command):
    settings.SHARED_CACHE_PURGE = {"kind": "varnish", "place": at(cache), "key": ""}
    call_command(*command)

    assert len(cache.requests) == 1


def test_command_fails_without_a_cache_in_front(settings, db):
    settings.SHARED_CACHE_PURGE = {}

    with pytest.raises(CommandError, match="SHARED_CACHE_PURGE is empty"):
        call_command("purge")
