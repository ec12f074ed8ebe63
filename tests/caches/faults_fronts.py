"""Readers behind nginx or Varnish get the current response, at most a second late.

Run with `make faults`. FRONT_ACTS sets the number of newsroom actions, JUDGE_SEED their random seed.
"""

import os
import re
from datetime import timedelta
from threading import Event
from time import monotonic

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.utils import timezone

from portal.content.records.settings import SiteSettings
from portal.platform.caching import http_caching
from portal.platform.caching.purging import purge
from tests.builders import change, make_article, make_private, make_site
from tests.caches.fronts import OF_THE_CACHE, Front, needs, served
from tests.faults import tell
from tests.page_cache.acts_beside import acts
from tests.page_cache.judge import Judge
from tests.page_cache.judging import SEED
from tests.page_cache.wire import Request, Response, send, without_caches
from tests.page_cache.world import NothingLeftError, Random, addresses, build

ACTS = int(os.environ.get("FRONT_ACTS", "40"))
# A reader may still get the former version for this long after a commit.
MAX_DELAY = 1.05
SHOWN = 14
HOST = "lorraine.localhost"
FRONT_PAGE = Request(HOST, "/fr/")


@pytest.fixture(autouse=True)
def slow_machine(monkeypatch):
    """On a busy machine, rendering may take longer than the lifetime in a shared cache."""
    monkeypatch.setattr(http_caching, "LONGEST_RENDERING", timedelta(minutes=1))


def compared(response: Response) -> Response:
    """The response without ages and the cache's own headers."""
    headers = tuple(
        sorted(
            (name, re.sub(r"=\d+", "=…", value) if name == "cache-control" else value)
            for name, value in response.headers
            if name not in OF_THE_CACHE | {"x-request-id", "surrogate-key", "content-length", "expires"}
            # nginx adds this header to all responses that it may compress.
            and (name, value) != ("vary", "Accept-Encoding")
        )
    )
    return Response(response.status, headers, response.body).without_tickets()


def difference(front: Front, request: Request) -> tuple[Response, list[str]]:
    """The cache's response, and its differences from a fresh rendering."""
    given = front.send(request)
    with without_caches():
        fresh = send(WSGIHandler(), request)
    return given, compared(given).differences(compared(fresh))


FRONTS = [pytest.param(name, marks=needs[name]) for name in needs]


@pytest.mark.parametrize("name", FRONTS)
def test_readers_get_current_pages_while_newsrooms_work(installation, db, settings, tmp_path, name):
    settings.API_REQUESTS_A_MINUTE = 1_000_000
    chance, wrong, hits, sent, delays = Random(SEED), [], 0, 0, []
    with installation.here():
        judge = Judge(build(chance), [])
        with served(name, tmp_path, settings) as front:
            chosen = acts[:]
            chance.shuffle(chosen)
            for number in range(ACTS):
                try:
                    act = chosen[number % len(chosen)](judge.world) or "nothing"
                except NothingLeftError:
                    continue
                delays.append(front.settle())
                requests = dict.fromkeys([*judge.near()[:4], *chance.sample(addresses(judge.world), SHOWN)])
                judge.world.touched.clear()
                for request in [*requests, *requests]:
                    given, differences = difference(front, request)
                    if differences:
                        # Something has expired within this second.
                        Event().wait(MAX_DELAY)
                        given, differences = difference(front, request)
                    is_hit = front.is_hit(given)
                    sent, hits = sent + 1, hits + is_hit
                    if differences:
                        wrong.append(f"after “{act}”: {request}: {'; '.join(differences)[:600]}")
                    if is_hit and (given.is_personal or given.code != 200):
                        wrong.append(f"{request} is cached, although it is {given.status} or personal")
    remark = f"JUDGE_SEED={SEED} FRONT_ACTS={ACTS}: {hits} cached; right after {max(delays):.2f} s at most"
    tell(f"newsrooms act behind {name}", sent, lost=len(wrong), remark=remark)

    assert hits > sent / 4
    assert wrong == [], "\n".join(wrong[:10])
    assert max(delays) <= MAX_DELAY


@pytest.fixture(params=FRONTS)
def front(request, installation, db, settings, tmp_path):
    """A cache in front of a portal with one site, `ground`."""
    with installation.here():
        ground = make_site(HOST, ("fr",))
        with served(request.param, tmp_path, settings) as front:
            front.ground = ground
            front.settle()
            yield front


of_varnish = pytest.mark.parametrize("front", [pytest.param("varnish", marks=needs["varnish"])], indirect=True)


def hits(front, request: Request) -> list[bool]:
    """Send the same request three times; return which responses came from the cache."""
    return [front.is_hit(front.send(request)) for _turn in range(3)]


def test_story_appears_and_expires_without_a_purge(front):
    article = make_article(front.ground.section, "À la minute")
    now = timezone.now()
    change(article, publication_date=now + timedelta(seconds=6), expire_at=now + timedelta(seconds=12))
    request = Request(HOST, "/fr/actualites/")
    front.settle()
    seen = []
    until = monotonic() + 15
    pause = Event()
    while monotonic() < until:
        before = timezone.now()
        is_shown = "À la minute" in front.send(request).body.decode()
        seen.append((before - now, is_shown))
        pause.wait(0.2)

    early = [is_shown for at, is_shown in seen if at < timedelta(seconds=5.5)]
    shown = [is_shown for at, is_shown in seen if timedelta(seconds=7.1) < at < timedelta(seconds=11.5)]
    late = [is_shown for at, is_shown in seen if at > timedelta(seconds=13.1)]
    assert (set(early), set(shown), set(late)) == ({False}, {True}, {False})


def test_page_made_private_is_not_served_while_the_portal_is_down(front):
    article = make_article(front.ground.section, "Le secret")
    request = Request(HOST, front.ground.address(article))
    front.settle()
    assert hits(front, request)[-1]
    make_private(article, "geheim")
    front.settle()
    assert "Le secret" not in front.send(request).body.decode()
    front.portal.end()

    assert front.send(request).code in (502, 503)


def test_public_page_is_served_while_the_portal_is_down(front):
    assert hits(front, FRONT_PAGE)[-1]
    front.portal.end()
    Event().wait(2)

    assert front.send(FRONT_PAGE).code == 200


@pytest.mark.parametrize("cookie", ["sessionid=abc", "a=b; csrftoken=abc", "uncounted=1"])
def test_reader_with_a_personal_cookie_bypasses_the_cache(front, cookie):
    assert hits(front, FRONT_PAGE)[-1]

    assert not any(hits(front, Request(HOST, "/fr/", headers=(("Cookie", cookie),))))


def test_portal_sees_objections_to_audience_measurement(front):
    objecting = (("Cookie", "uncounted=1"),)
    form = front.send(Request(HOST, "/fr/_readership/objection/", headers=objecting)).body.decode()

    assert 'value="allow"' in form


@pytest.mark.parametrize("encoding", ["gzip", "br", "gzip, deflate, br, zstd", "br;q=0, gzip", "x-gzip", "identity"])
def test_response_has_the_encoding_that_the_portal_chooses(front, encoding):
    request = Request(HOST, "/fr/", headers=(("Accept-Encoding", encoding),))
    with without_caches():
        fresh = send(WSGIHandler(), request)
    for _turn in range(2):
        given = front.send(request)
        if front.name == "nginx":
            assert given["content-encoding"] == fresh["content-encoding"]
            assert given.body == fresh.body
        else:
            assert given["content-encoding"] in ("gzip", "")


def test_closed_site_is_closed_within_a_second(front):
    assert hits(front, FRONT_PAGE)[-1]
    settings = SiteSettings.for_site(front.ground.site)
    settings.is_closed = True
    settings.save()
    delay = front.settle()

    assert front.send(FRONT_PAGE).code == 503
    assert delay <= MAX_DELAY


@of_varnish
def test_purge_of_an_address_purges_its_whole_host(front, settings):
    assert hits(front, FRONT_PAGE)[-1]
    settings.SHARED_CACHE_PURGE = {"kind": "http", "place": f"127.0.0.1:{front.port}", "key": ""}
    purge()

    assert not front.is_hit(front.send(FRONT_PAGE))


@of_varnish
def test_purge_through_the_tls_proxy_is_refused(front):
    tag = ("xkey-purge", "portal")

    assert front.send(Request(HOST, "/", "PURGE", headers=(tag, ("X-Forwarded-Proto", "https")))).code == 403
    assert front.send(Request(HOST, "/", "PURGE", headers=(tag,))).code == 200
