"""What readers get through a real Varnish: what would be rendered now, at most a second late. Run it by `make faults`.

VARNISH_ACTS and JUDGE_SEED choose how many acts of newsrooms, and which.
"""

import os
import re
from contextlib import contextmanager
from datetime import timedelta
from threading import Event, Thread
from time import monotonic

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.utils import timezone

from portal.content.records.settings import SiteSettings
from portal.platform.caching import http_caching
from portal.platform.caching.purge_watch import PurgeWatch
from portal.platform.caching.purging import purge
from portal.platform.operation.changes import content_version
from tests.builders import change, make_article, make_private, make_site
from tests.caches.varnish import OF_THE_CACHE, has_kept, needs_varnish, served
from tests.faults import tell, wait_for
from tests.keeping.acts_beside import acts
from tests.keeping.asking import Answer, Question, ask, knowing_nothing
from tests.keeping.judge import Judge
from tests.keeping.judging import SEED
from tests.keeping.world import NothingLeftError, Random, addresses, build

ACTS = int(os.environ.get("VARNISH_ACTS", "40"))
# So long after a commit a reader may get what was right before it.
MOST_DELAY = 1.0
SHOWN = 14
HOST = "lorraine.localhost"

pytestmark = needs_varnish


@pytest.fixture(autouse=True)
def slow_machine(monkeypatch):
    """On a busy machine a page may take longer than a cache in front is to keep."""
    monkeypatch.setattr(http_caching, "LONGEST_RENDERING", timedelta(minutes=1))


@contextmanager
def watching(settings, port):
    settings.SHARED_CACHE_SECONDS, settings.SHARED_CACHE_PURGE = (
        86_400,
        {"kind": "varnish", "place": f"127.0.0.1:{port}", "key": ""},
    )
    watch, stopped = PurgeWatch(), Event()
    thread = Thread(target=watch.run, args=[stopped])
    thread.start()
    try:
        wait_for(lambda: watch.has_begun, 60)
        yield watch
    finally:
        stopped.set()
        thread.join()


def delay_of_purge(watch: PurgeWatch) -> float:
    """Seconds until the last commit is purged."""
    mark, began = content_version(), monotonic()
    wait_for(lambda: watch.purged == mark, 10)
    return monotonic() - began


def compared(answer: Answer) -> Answer:
    """Without what the cache says of itself, and what of its lifetime is over."""
    headers = tuple(
        sorted(
            (name, re.sub(r"=\d+", "=…", value) if name == "cache-control" else value)
            for name, value in answer.headers
            if name not in OF_THE_CACHE | {"x-request-id", "surrogate-key", "content-length", "expires"}
        )
    )
    return Answer(answer.status, headers, answer.body).without_tickets()


def test_newsrooms_act_and_readers_get_what_is_right(installation, db, settings, tmp_path):
    settings.API_REQUESTS_A_MINUTE = 1_000_000
    chance, wrong, hits, asked, delays = Random(SEED), [], 0, 0, []
    with installation.here():
        judge = Judge(build(chance), [])
        with served(tmp_path) as varnish, watching(settings, varnish.port) as watch:
            chosen = acts[:]
            chance.shuffle(chosen)
            for number in range(ACTS):
                try:
                    said = chosen[number % len(chosen)](judge.world) or "nothing"
                except NothingLeftError:
                    continue
                delays.append(delay_of_purge(watch))
                questions = dict.fromkeys([*judge.near()[:4], *chance.sample(addresses(judge.world), SHOWN)])
                judge.world.touched.clear()
                for question in [*questions, *questions]:
                    given = varnish.ask(question)
                    with knowing_nothing():
                        fresh = ask(WSGIHandler(), question)
                    asked, hits = asked + 1, hits + has_kept(given)
                    if differences := compared(given).differences(compared(fresh)):
                        wrong.append(f"after “{said}”: {question}: {'; '.join(differences)[:600]}")
                    if has_kept(given) and (given.is_for_one_reader or given.code != 200):
                        wrong.append(f"{question} is kept, although it is {given.status} or for one reader")
    remark = f"JUDGE_SEED={SEED} VARNISH_ACTS={ACTS}: {hits} kept; purged after {max(delays):.2f} s at most"
    tell("newsrooms act behind Varnish", asked, lost=len(wrong), remark=remark)

    assert hits > asked / 4
    assert wrong == [], "\n".join(wrong[:10])
    assert max(delays) <= MOST_DELAY


@pytest.fixture
def site(installation, db, settings, tmp_path):
    """A site behind Varnish, whose changes are purged."""
    with installation.here():
        ground = make_site(HOST, ("fr",))
        with served(tmp_path) as varnish, watching(settings, varnish.port) as watch:
            yield ground, varnish, watch


def test_story_appears_and_goes_by_time_alone_although_nothing_is_purged(site):
    ground, varnish, watch = site
    article = make_article(ground.section, "À la minute")
    now = timezone.now()
    change(article, publication_date=now + timedelta(seconds=6), expire_at=now + timedelta(seconds=12))
    question = Question(HOST, "/fr/actualites/")
    delay_of_purge(watch)
    seen = []
    until = monotonic() + 15
    pause = Event()
    while monotonic() < until:
        before = timezone.now()
        is_shown = "À la minute" in varnish.ask(question).body.decode()
        # Whole seconds are told, and an answer given within the last is none.
        seen.append((before - now, is_shown))
        pause.wait(0.2)

    early = [is_shown for at, is_shown in seen if at < timedelta(seconds=5.5)]
    shown = [is_shown for at, is_shown in seen if timedelta(seconds=6.1) < at < timedelta(seconds=11.5)]
    late = [is_shown for at, is_shown in seen if at > timedelta(seconds=12.1)]
    assert (set(early), set(shown), set(late)) == ({False}, {True}, {False})


def test_page_that_became_private_is_gone_and_does_not_come_back_while_the_portal_is_gone(site):
    ground, varnish, watch = site
    article = make_article(ground.section, "Le secret")
    question = Question(HOST, ground.address(article))
    delay_of_purge(watch)
    assert [has_kept(varnish.ask(question)) for _turn in range(2)] == [False, True]
    make_private(article, "geheim")
    delay_of_purge(watch)
    assert "Le secret" not in varnish.ask(question).body.decode()
    varnish.portal.end()

    assert varnish.ask(question).code == 503


def test_plain_purge_of_an_address_takes_all_of_its_host(site, settings):
    _ground, varnish, watch = site
    delay_of_purge(watch)
    question = Question(HOST, "/fr/")
    varnish.ask(question)
    assert has_kept(varnish.ask(question))
    settings.SHARED_CACHE_PURGE = {"kind": "http", "place": f"127.0.0.1:{varnish.port}", "key": ""}
    purge()

    assert not has_kept(varnish.ask(question))


def test_reader_with_a_session_is_answered_by_the_portal(site):
    _ground, varnish, watch = site
    delay_of_purge(watch)
    for _turn in range(2):
        varnish.ask(Question(HOST, "/fr/"))

    assert not has_kept(varnish.ask(Question(HOST, "/fr/", headers=(("Cookie", "sessionid=abc"),))))


def test_reader_who_objects_to_being_counted_is_answered_by_the_portal_which_is_told_so(site):
    _ground, varnish, watch = site
    delay_of_purge(watch)
    for _turn in range(2):
        varnish.ask(Question(HOST, "/fr/"))
    assert has_kept(varnish.ask(Question(HOST, "/fr/")))
    objecting = (("Cookie", "uncounted=1"),)

    assert not has_kept(varnish.ask(Question(HOST, "/fr/", headers=objecting)))
    form = varnish.ask(Question(HOST, "/fr/_readership/objection/", headers=objecting)).body.decode()
    assert 'value="allow"' in form


def test_nobody_purges_through_what_ends_tls_on_the_same_machine(site):
    _ground, varnish, watch = site
    delay_of_purge(watch)
    tag = ("xkey-purge", "portal")

    assert varnish.ask(Question(HOST, "/", "PURGE", headers=(tag, ("X-Forwarded-Proto", "https")))).code == 403
    assert varnish.ask(Question(HOST, "/", "PURGE", headers=(tag,))).code == 200


def test_closed_site_is_closed_within_a_second(site):
    ground, varnish, watch = site
    varnish.ask(Question(HOST, "/fr/"))
    settings = SiteSettings.for_site(ground.site)
    settings.is_closed = True
    settings.save()
    delay = delay_of_purge(watch)

    assert varnish.ask(Question(HOST, "/fr/")).code == 503
    assert delay <= MOST_DELAY
