"""What browsers and caches in between are told of an answer: whose it is, how long it is good, and how it is packed."""

import gzip
from datetime import timedelta

import brotli
import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import reverse

from portal.editorial.roles import Role
from portal.platform.caching import http_caching
from portal.platform.caching.encodings import accepted
from portal.platform.caching.http_caching import HttpCaching
from tests.builders import (
    change,
    make_article,
    make_form_page,
    make_newsroom,
    make_private,
    make_settings,
    newsroom_client,
)
from tests.newsletter.makers import make_newsletter

PUBLIC = [
    "/fr/",
    "/fr/rubrique/",
    "/fr/actualites/",
    "/fr/rubrique/agenda/",
    "/fr/feed.rss",
    "/calendar.ics",
    "/api/v2/pages/",
    "/sitemap.xml",
]


@pytest.mark.parametrize("path", PUBLIC)
def test_who_has_an_answer_is_told_so(reader, path):
    first = reader.get(path)
    second = reader.get(path, headers={"if-none-match": first["ETag"]})

    assert (first.status_code, second.status_code) == (200, 304)
    assert second.content == b""
    assert second["ETag"] == first["ETag"]
    assert second["Cache-Control"] == first["Cache-Control"]


def test_changed_page_has_another_tag(lorraine, reader):
    article = make_article(lorraine.section, "Le bois")
    address = lorraine.address(article)
    tag = reader.get(address)["ETag"]
    change(article, title="La pierre")

    response = reader.get(address, headers={"if-none-match": tag})

    assert response.status_code == 200
    assert "La pierre" in response.text


def test_page_is_asked_for_anew_each_time(reader):
    assert reader.get("/fr/")["Cache-Control"] == "no-cache"


def test_caches_in_between_may_keep_pages_where_the_installation_says_so(reader, settings, monkeypatch):
    settings.SHARED_CACHE_SECONDS = 30
    # On a busy machine a page may take longer than caches in between are to keep.
    monkeypatch.setattr(http_caching, "LONGEST_RENDERING", timedelta(minutes=1))

    assert reader.get("/fr/")["Cache-Control"] == (
        "public, max-age=0, s-maxage=30, stale-while-revalidate=30, stale-if-error=30"
    )


@pytest.mark.parametrize("path", ["/fr/rien/", "/fr/rubrique"])
def test_no_cache_guesses_how_long_nothing_is_there(reader, path):
    assert reader.get(path)["Cache-Control"] == "no-cache"


@pytest.mark.parametrize(
    ("wanted", "encoding", "unpack"),
    [
        ("gzip", "gzip", gzip.decompress),
        ("gzip, deflate, br", "br", brotli.decompress),
        ("br;q=0, gzip", "gzip", gzip.decompress),
        ("identity", "", bytes),
    ],
)
def test_page_is_packed_as_the_reader_takes_it(reader, wanted, encoding, unpack):
    plain = reader.get("/fr/")
    packed = reader.get("/fr/", headers={"accept-encoding": wanted})

    assert packed.get("Content-Encoding", "") == encoding
    assert unpack(packed.content) == plain.content
    assert packed["Content-Length"] == str(len(packed.content))
    assert plain["Vary"] == packed["Vary"] == "Accept-Encoding"


@pytest.mark.parametrize("header", ["", "deflate", "br;q=0", "br;q=x, gzip;q=0", "*", "gzip" * 100])
def test_what_cannot_be_read_is_not_packed(header):
    assert accepted(header) == ""


def test_head_has_the_headers_of_get(reader):
    get, head = (ask("/fr/", headers={"accept-encoding": "gzip"}) for ask in (reader.get, reader.head))

    own = {"X-Request-ID"}
    assert {k: v for k, v in head.items() if k not in own} == {k: v for k, v in get.items() if k not in own}
    assert head.content == b""


@pytest.fixture
def for_one_reader(lorraine):
    """An address, and a reader for it, by what is there."""

    def find(kind):
        if kind == "form":
            return lorraine.reader(), lorraine.address(make_form_page(lorraine.home))
        if kind == "password":
            return lorraine.reader(), lorraine.address(make_private(make_article(lorraine.section), "geheim").page)
        if kind == "sign-up":
            make_newsletter(lorraine)
            return lorraine.reader(), "/fr/_newsletter/sign-up/"
        editor = newsroom_client(lorraine, make_newsroom(lorraine)[Role.EDITOR])
        if kind == "preview":
            article = make_article(lorraine.section)
            return editor, reverse("wagtailadmin_pages:view_draft", args=[article.pk])
        return editor, "/admin/" if kind == "newsroom" else "/admin/login/"

    return find


@pytest.mark.parametrize("kind", ["form", "password", "sign-up", "preview", "newsroom", "login"])
def test_nobody_keeps_what_is_for_one_reader(for_one_reader, kind):
    reader, address = for_one_reader(kind)

    response = reader.get(address, headers={"accept-encoding": "gzip"})

    assert "private" in response["Cache-Control"]
    assert "no-store" in response["Cache-Control"]
    # A length that follows from what a stranger makes somebody ask for would tell of what is secret in the page.
    assert not response.has_header("Content-Encoding")
    assert not response.has_header("ETag")


def test_file_that_a_proxy_sends_gets_no_tag_of_its_empty_answer():
    by_proxy = HttpCaching(lambda request: HttpResponse(headers={"X-Accel-Redirect": "/files/guide.pdf"}))

    response = by_proxy(RequestFactory().get("/documents/1/guide.pdf"))

    assert not response.has_header("ETag")
    assert not response.has_header("Content-Length")


def test_closed_site_is_kept_by_nobody(lorraine, reader):
    make_settings(lorraine, is_closed=True)

    assert reader.get("/fr/")["Cache-Control"] == "no-store"
