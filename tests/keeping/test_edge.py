"""What a worker keeps of its answers: nobody is given what is another site's, somebody's own, or no longer right."""

from datetime import timedelta

import pytest
import time_machine
from django.core.handlers.wsgi import WSGIHandler
from django.db import DatabaseError, transaction
from django.http import HttpResponse
from django.urls import resolve
from django.utils import timezone
from wagtail.models import Page

from events.models import Venue
from portal.content.records.people import Person
from portal.editorial.roles import Role
from portal.platform.caching.http_caching import HttpCaching
from portal.platform.caching.store import COLLECT
from portal.platform.caching.wsgi_cache import ResponseCache, cache_key
from portal.platform.operation import changes
from portal.platform.operation.changes import content_version
from tests.builders import (
    change,
    make_article,
    make_form_page,
    make_newsroom,
    make_private,
    make_settings,
    make_standard_page,
    newsroom_client,
)
from tests.events.registering import book, make_bookable
from tests.keeping.asking import Question, ask


class Counted:
    """Django's application, and how often it was asked."""

    def __init__(self) -> None:
        self.django = WSGIHandler()
        self.times = 0

    def __call__(self, environ, start_response):
        self.times += 1
        return self.django(environ, start_response)


class Worker:
    """One process of the web server, with the memory of its own."""

    def __init__(self, megabytes: int = 8):
        self.rendered = Counted()
        self.edge = ResponseCache(self.rendered, megabytes)

    def get(self, path: str, host: str = "lorraine.localhost", **headers: str):
        return ask(self.edge, Question(host, path, "GET", tuple(headers.items())))

    def renders(self, path: str, host: str = "lorraine.localhost", **headers: str) -> bool:
        """Whether it takes a rendering to answer."""
        before = self.rendered.times
        self.get(path, host, **headers)
        return self.rendered.times > before


@pytest.fixture
def worker(lorraine, saar):
    worker = Worker()
    worker.get("/fr/")
    return worker


def test_what_was_rendered_once_is_given_again(worker):
    first = worker.get("/fr/")

    assert not worker.renders("/fr/")
    assert worker.get("/fr/") == first
    assert first.code == 200


def test_random_order_is_drawn_anew_for_each(worker):
    for order in ("title", "random"):
        worker.get(f"/api/v2/pages/?order={order}")

    assert not worker.renders("/api/v2/pages/?order=title")
    assert worker.renders("/api/v2/pages/?order=random")


def test_same_path_at_two_sites_has_two_answers(worker):
    own, other = worker.get("/fr/rubrique/"), worker.get("/fr/rubrique/", host="saar.localhost")

    assert b"Article lorrain fr" in own.body
    assert b"sarrois" not in own.body
    assert b"Article sarrois fr" in other.body
    assert b"lorrain fr" not in other.body


@pytest.mark.parametrize(
    "host",
    [
        "nobody.localhost",
        "lorraine.localhost.evil.example",
        "lorraine.localhost@evil.example",
        "lorraine.localhost/",
        "",
    ],
)
def test_foreign_host_is_given_nothing_that_is_kept(worker, host):
    assert not worker.renders("/fr/")

    assert worker.get("/fr/", host=host).code in (400, 404)


def test_nothing_is_kept_for_a_port_that_is_not_the_sites(worker):
    entries = len(worker.edge.store)

    assert worker.get("/fr/", host="lorraine.localhost:8123").code == 200
    assert len(worker.edge.store) == entries


@pytest.mark.parametrize("header", ["x-forwarded-host", "x-host", "forwarded", "x-original-url", "x-rewrite-url"])
def test_no_header_leads_to_another_site(worker, header):
    worker.get("/fr/", host="saar.localhost")

    assert b"sarrois" not in worker.get("/fr/", **{header: "saar.localhost"}).body
    assert not worker.renders("/fr/")


@pytest.mark.parametrize(
    "cookie", ["sessionid=abc", "csrftoken=abc", "a=b; sessionid=abc", "messages=x", "django_language=de"]
)
def test_whoever_has_a_session_is_answered_by_themselves(worker, cookie):
    assert worker.renders("/fr/", cookie=cookie)


def test_cookie_of_somebody_else_is_nothing(worker):
    assert not worker.renders("/fr/", cookie="_pk_id=1; consent=yes")


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
    ],
)
def test_parameter_that_no_view_reads_fills_no_memory(worker, path):
    before = len(worker.edge.store)
    worker.get(path)

    assert worker.renders(path)
    assert len(worker.edge.store) == before


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/fr/recherche/?q=lorrain",
        "/fr/rien/",
        "/fr/rubrique",
        "/admin/login/",
        "/-/ready",
        "/.well-known/security.txt",
    ],
)
def test_these_are_answered_anew_each_time(worker, path):
    worker.get(path)

    assert worker.renders(path)


def test_form_with_a_ticket_is_new_for_each_reader(lorraine, worker):
    address = lorraine.address(make_form_page(lorraine.home))

    assert worker.get(address).body != worker.get(address).body


def test_private_page_is_neither_kept_nor_given(lorraine, worker):
    article = make_article(lorraine.section, "Le secret")
    address = lorraine.address(article)
    assert b"Le secret" in worker.get(address).body
    make_private(article, "geheim")

    assert b"Le secret" not in worker.get(address).body
    assert worker.renders(address)


def test_who_may_read_a_private_page_leaves_nothing_for_others(lorraine, worker):
    article = make_article(lorraine.section, "Le secret")
    make_private(article)
    address = lorraine.address(article)
    member = newsroom_client(lorraine, make_newsroom(lorraine)[Role.EDITOR])
    session = member.cookies["sessionid"].value

    assert b"Le secret" in worker.get(address, cookie=f"sessionid={session}").body
    assert b"Le secret" not in worker.get(address).body


def test_closed_site_gives_nothing_that_was_kept(lorraine, worker):
    make_settings(lorraine, is_closed=True)

    assert worker.get("/fr/").code == 503


def publish(lorraine):
    make_article(lorraine.section, "Que personne ne cite")


CHANGES = {
    "a story that nothing refers to": publish,
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


def test_booked_seat_is_seen_at_once(lorraine, worker):
    event = make_bookable(lorraine.calendar, capacity=2)
    address = lorraine.address(event)
    before = worker.get(address)
    assert not worker.renders(address)

    book(event, "anna")

    assert worker.get(address).body != before.body


def test_what_is_written_as_it_was_changes_nothing(lorraine, worker):
    Page.objects.filter(pk=lorraine.section.pk).update(title=lorraine.section.title)

    assert not worker.renders("/fr/")


def test_draft_changes_nothing_for_readers(lorraine, worker):
    article = make_article(lorraine.section, "Le bois")
    worker.get("/fr/")
    article.title = "La pierre"
    article.save_revision()

    assert not worker.renders("/fr/")


def test_story_is_listed_at_its_minute_although_nothing_is_written(lorraine):
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


def test_clock_that_is_set_back_gives_nothing_of_later(lorraine):
    with time_machine.travel("2026-06-15T09:00:00+00:00", tick=False) as clock:
        worker = Worker()
        worker.get("/fr/")
        clock.shift(timedelta(seconds=-1))

        assert worker.renders("/fr/")


def test_what_is_taken_back_never_comes_again(lorraine, worker):
    state = content_version()
    with transaction.atomic():
        make_standard_page(lorraine.home, "Jamais")
        within = content_version()
        transaction.set_rollback(True)
    make_standard_page(lorraine.home, "Toujours")

    assert content_version() not in (state, within)


def test_nobody_waits_for_what_is_known_not_to_be_kept(lorraine, worker, monkeypatch):
    address = lorraine.address(make_form_page(lorraine.home))
    worker.get(address)
    monkeypatch.setattr(worker.edge.store, "begin", lambda key: pytest.fail("a reader would wait"))

    assert worker.get(address).code == 200


@pytest.mark.parametrize(("body", "is_kept"), [(b"words", True), (b"", False)])
def test_answer_without_a_body_is_not_kept(rf, db, body, is_kept):
    request, made = rf.get("/robots.txt"), []
    request.META[COLLECT] = (1, made)
    request.resolver_match = resolve("/robots.txt")
    HttpCaching(lambda request: HttpResponse(body))(request)

    assert bool(made) == is_kept


@pytest.mark.parametrize("path", ["/-/live", "/static/portal.css", "/admin/", "/documents/1/guide.pdf"])
def test_what_is_never_kept_asks_the_database_nothing(path):
    assert cache_key(Question("a", path).environ()) is None


@pytest.mark.parametrize("header", ["range", "if-range", "authorization", "if-match"])
def test_rare_question_is_answered_by_django(worker, header):
    assert worker.renders("/fr/", **{header: "bytes=0-1"})


def test_without_a_database_django_answers(worker, monkeypatch):
    def fail() -> None:
        raise DatabaseError

    monkeypatch.setattr(changes, "content_version", fail)

    assert worker.renders("/fr/")


def test_answers_of_two_schemes_are_two():
    questions = [Question("a", "/fr/").environ(), Question("a", "/fr/").environ() | {"wsgi.url_scheme": "https"}]

    assert cache_key(questions[0]) != cache_key(questions[1])


def test_proxy_that_may_be_believed_tells_the_scheme(settings):
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    questions = [
        Question("a", "/fr/", headers=(("x-forwarded-proto", scheme),)).environ() for scheme in ("http", "https")
    ]

    assert cache_key(questions[0]) != cache_key(questions[1])
