"""`Cache-Control` for shared caches: they store public responses with a tag, and never beyond their expiry."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core.handlers.wsgi import WSGIHandler
from django.utils import timezone

from home.models import HomePage
from portal.platform.caching.shared_caches import browser_max_age, shared_cache_control
from portal.platform.caching.wsgi_cache import ResponseCache
from tests.builders import (
    change,
    content_of,
    make_article,
    make_form_page,
    make_image,
    make_private,
    make_settings,
    make_standard_page,
)
from tests.page_cache.wire import Request, send

MORNING = "2026-06-15T07:00:00+00:00"
NOW = timezone.now()


@pytest.fixture(autouse=True)
def purged(settings):
    settings.SHARED_CACHE_SECONDS = 86_400
    settings.SHARED_CACHE_PURGE = {"kind": "varnish", "place": "127.0.0.1:1", "key": ""}


@pytest.fixture
def clock():
    with time_machine.travel(MORNING, tick=False) as clock:
        yield clock


@pytest.mark.parametrize(
    ("left", "rule"),
    [
        (1000, "public, max-age=0, s-maxage=300, stale-while-revalidate=300, stale-if-error=300"),
        (400, "public, max-age=0, s-maxage=300, stale-while-revalidate=100, stale-if-error=300"),
        (90.9, "public, max-age=0, s-maxage=90, stale-if-error=300"),
        (0.9, "no-cache"),
        (-5, "no-cache"),
    ],
)
def test_no_cache_serves_a_response_beyond_its_expiry(settings, left, rule):
    settings.SHARED_CACHE_SECONDS = 300

    assert shared_cache_control(NOW, NOW + timedelta(seconds=left)) == rule


def test_browser_lifetime_outlasts_the_lifetime_in_shared_caches():
    assert shared_cache_control(NOW, NOW, browsers=60) == "public, max-age=60, s-maxage=0"


@pytest.mark.parametrize(
    ("rule", "seconds"),
    [
        ("", 0),
        ("public, max-age=300", 300),
        ("max-age=60, public", 60),
        ("private", None),
        ("public, max-age=600, s-maxage=0", None),
        ("no-store", None),
        ("no-cache", None),
    ],
)
def test_max_age_of_a_view_stays_for_browsers(rule, seconds):
    assert browser_max_age(rule) == seconds


def test_page_is_fresh_until_the_next_story_appears(clock, lorraine, reader):
    article = make_article(lorraine.section)
    change(article, publication_date=timezone.now() + timedelta(minutes=10))

    assert "s-maxage=600, stale-if-error" in reader.get("/fr/")["Cache-Control"]


@pytest.mark.parametrize(("takes", "rule"), [(1.5, r"s-maxage=598,"), (2.5, "^no-cache$")])
def test_slow_response_has_a_shorter_lifetime_or_none(clock, lorraine, reader, monkeypatch, takes, rule):
    change(make_article(lorraine.section), publication_date=timezone.now() + timedelta(minutes=10))
    serve = HomePage.serve

    def slow(*given, **more):
        clock.shift(timedelta(seconds=takes))
        return serve(*given, **more)

    monkeypatch.setattr(HomePage, "serve", slow)

    assert re.search(rule, reader.get("/fr/")["Cache-Control"])


def test_cached_response_has_the_rest_of_its_lifetime_and_its_tag(clock, lorraine):
    article = make_article(lorraine.section)
    change(article, publication_date=timezone.now() + timedelta(minutes=10))
    worker, request = ResponseCache(WSGIHandler(), 8), Request("lorraine.localhost", "/fr/")
    send(worker, request)
    clock.shift(timedelta(minutes=4))

    assert len(worker.store) == 1
    assert "s-maxage=360, stale-if-error" in send(worker, request)["cache-control"]
    assert send(worker, request)["surrogate-key"] == "portal"


@pytest.mark.parametrize(
    ("kind", "header"),
    [("varnish", "Surrogate-Key"), ("fastly", "Surrogate-Key"), ("cloudflare", "Cache-Tag"), ("bunny", "CDN-Tag")],
)
def test_each_cache_gets_the_tag_in_its_header(settings, reader, lorraine, kind, header):
    settings.SHARED_CACHE_PURGE = {"kind": kind, "place": "a", "key": "b"}

    assert reader.get("/fr/")[header] == "portal"


def test_response_has_no_tag_where_caches_revalidate(settings, reader, lorraine):
    settings.SHARED_CACHE_SECONDS = 0

    assert reader.get("/fr/")["Cache-Control"] == "no-cache"
    assert not reader.get("/fr/").has_header("Surrogate-Key")


@pytest.mark.parametrize("path", ["/fr/feed.rss", "/calendar.ics", "/sitemap.xml"])
def test_response_that_browsers_store_is_purged_as_well(clock, lorraine, reader, path):
    response = reader.get(path)

    assert "s-maxage=" in response["Cache-Control"]
    assert response["Surrogate-Key"] == "portal"


@pytest.mark.parametrize("path", ["/fr/", "/fr/feed.rss", "/calendar.ics"])
def test_304_has_the_lifetime(clock, lorraine, reader, path):
    first = reader.get(path)
    second = reader.get(path, headers={"if-none-match": first["ETag"]})

    assert second.status_code == 304
    assert second["Cache-Control"] == first["Cache-Control"]
    assert "s-maxage=" in second["Cache-Control"]


@pytest.mark.parametrize(
    ("path", "cookie"),
    [
        *((path, "") for path in ("/", "/fr/rien/", "/fr/rubrique", "/fr/recherche/?q=bois", "/fr/?x=1")),
        ("/fr/", "sessionid=a"),
    ],
)
def test_uncacheable_response_is_not_stored_by_shared_caches(lorraine, reader, path, cookie):
    response = reader.get(path, headers={"cookie": cookie})

    assert "s-maxage" not in response["Cache-Control"]
    assert not response.has_header("Surrogate-Key")


@pytest.mark.parametrize("what", ["form", "private", "closed"])
def test_personal_response_is_not_stored_by_shared_caches(lorraine, reader, what):
    address = "/fr/"
    if what == "form":
        address = lorraine.address(make_form_page(lorraine.home))
    elif what == "private":
        address = lorraine.address(make_private(make_article(lorraine.section), "geheim").page)
    else:
        make_settings(lorraine, is_closed=True)

    response = reader.get(address)

    assert "no-store" in response["Cache-Control"]
    assert not response.has_header("Surrogate-Key")


def test_lead_picture_is_hinted_before_the_page(settings, tmp_path, lorraine, reader):
    settings.MEDIA_ROOT = tmp_path
    article = make_article(lorraine.section, lead_image=make_image())
    response = reader.get(lorraine.address(article))
    address = re.match("<([^>]+)>; rel=preload; as=image; ", response["Link"])[1]

    assert 'type="image/avif"' in response["Link"]
    shown = reader.get(address)
    assert content_of(shown)
    assert shown["Content-Type"] == "image/avif"
    assert f'srcset="{re.search(r"imagesrcset=.([^\"]+)", response["Link"])[1]}"' in response.text


def test_page_without_a_lead_picture_has_no_preload_hint(lorraine, reader):
    assert not reader.get(lorraine.address(make_standard_page(lorraine.home, "À propos"))).has_header("Link")
