"""Hashes responses to readers, to compare two installations."""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from hashlib import sha256
from itertools import islice, zip_longest
from typing import Any
from unittest import mock

from django.conf import settings
from django.db.models import Max
from django.http.request import validate_host
from django.test import Client, override_settings
from django.utils import timezone
from wagtail.models import Page, Revision, Site

from portal.content.readers.form_guard import FormGuard
from portal.media.models import Document
from portal.media.sending import BY_PORTAL

MAX_ADDRESSES = 500
MAX_PICTURES = 50
PICTURE = re.compile(r"/pictures/[^\s\"'&]+")


def content_state() -> list[Any]:
    """A value that changes when something is saved or published, but not when a backup is restored."""
    newest = Revision.objects.aggregate(newest=Max("pk"))["newest"]
    published = Page.objects.aggregate(last=Max("last_published_at"))["last"]
    return [newest, published and published.isoformat(), Page.objects.count()]


def addresses(most: int = MAX_ADDRESSES) -> list[tuple[str, str]]:
    """Pairs of host and path, taken from each site in turn: feeds and similar URLs, then documents, then some pages."""
    found = Site.objects.order_by("pk").select_related("root_page")
    # Other hosts are not served.
    sites = [list(_addresses_of(site, most)) for site in found if validate_host(site.hostname, settings.ALLOWED_HOSTS)]
    in_turn = (each for turn in zip_longest(*sites) for each in turn if each)
    return list(islice(in_turn, most))


def response_hashes(found: list[tuple[str, str]], now: datetime) -> dict[str, str]:
    """The status and hash of each response by address, and of some pictures in these pages."""
    client = Client()
    hashes: dict[str, str] = {}
    pictures: dict[tuple[str, str], None] = {}
    with _frozen_at(now):
        for host, path in found:
            body = _request(client, host, path, hashes)
            if len(pictures) < MAX_PICTURES and (match := PICTURE.search(body.decode(errors="replace"))):
                pictures[host, match[0]] = None
        for host, path in pictures:
            _request(client, host, path, hashes)
    return hashes


def _request(client: Client, host: str, path: str, hashes: dict[str, str]) -> bytes:
    """Add the hash of a response, and return its body."""
    client.cookies.clear()
    response: Any = client.get(path, headers={"host": host}, secure=settings.HTTPS)
    body = b"".join(response.streaming_content) if response.streaming else response.content
    hashes[f"{host}{path}"] = f"{response.status_code} {sha256(body).hexdigest()}"
    return body


def _addresses_of(site: Site, most: int) -> Iterator[tuple[str, str]]:
    host = site.hostname if site.port in (80, 443) else f"{site.hostname}:{site.port}"
    homes = list(site.root_page.get_translations(inclusive=True).select_related("locale").order_by("path"))
    yield from ((host, path) for path in ("/", "/robots.txt", "/sitemap.xml", "/calendar.ics"))
    for home in homes:
        yield host, f"/{home.locale.language_code}/feed.rss"
    for document in Document.objects.order_by("-pk")[:20]:
        yield host, document.url
    for home in homes:
        pages = Page.objects.live().public().filter(path__startswith=home.path).order_by("path")
        step = max(1, pages.count() // most)
        code = home.locale.language_code
        for url_path in pages.values_list("url_path", flat=True)[::step]:
            yield host, f"/{code}/{url_path[len(home.url_path) :]}"


@contextmanager
def _frozen_at(now: datetime) -> Iterator[None]:
    """Stop the clock, so that both installations show the same events, and fix the random tokens of forms."""
    logging.disable(logging.WARNING)
    try:
        with (
            mock.patch.object(timezone, "now", return_value=now),
            mock.patch.object(FormGuard, "new_token", "one"),
            # With SENDFILE_HEADER, a proxy would send files.
            override_settings(SENDFILE_HEADER=BY_PORTAL),
        ):
            yield
    finally:
        logging.disable(logging.NOTSET)
