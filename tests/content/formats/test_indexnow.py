"""IndexNow: sites that opt in announce changed pages to search engines, and prove ownership with a key file."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest

from portal.content.sitemaps.indexnow import addresses_to_announce, indexnow_key, ping
from tests.builders import (
    make_article,
    make_draft,
    make_private,
    make_section,
    make_settings,
    republish,
    work_off,
)


@contextmanager
def engine(status: int = 200) -> Iterator[tuple[str, list[Any]]]:
    """A local search engine: its URL and the requests that it received."""
    received: list[Any] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            received.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(status)
            self.end_headers()

        def log_message(self, *args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/indexnow", received
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_nothing_is_announced_unless_the_site_opts_in(lorraine):
    article = make_article(lorraine.section)

    assert addresses_to_announce(article) == []

    make_settings(lorraine, announces_pages=True)

    assert addresses_to_announce(article) == [f"http://lorraine.localhost{lorraine.address(article)}"]


def test_unpublished_page_is_announced_and_private_one_is_not(lorraine, saar):
    make_settings(lorraine, announces_pages=True)
    gone, private = make_draft(make_article(lorraine.section)), make_article(lorraine.section)
    make_private(private)
    shared = make_article(saar.section)

    assert addresses_to_announce(gone)
    assert addresses_to_announce(private) == []
    assert addresses_to_announce(shared) == []
    assert addresses_to_announce(shared.create_alias(parent=lorraine.section, update_slug="partage")) == []


def test_each_host_is_announced_in_one_request_with_its_key(settings):
    urls = ["https://a.example/fr/", "https://a.example/fr/x/", "https://a.example/fr/", "http://b.example:8000/de/"]
    with engine() as (address, received):
        settings.INDEXNOW_ADDRESS = address
        ping(urls)

    key = indexnow_key("a.example")
    assert received[0] == {
        "host": "a.example",
        "key": key,
        "keyLocation": f"https://a.example/{key}.txt",
        "urlList": ["https://a.example/fr/", "https://a.example/fr/x/"],
    }
    assert received[1]["host"] == "b.example:8000"
    assert received[1]["key"] != key


def test_server_error_is_raised_and_rejection_is_final(settings):
    for status, is_raised in ((500, True), (429, True), (422, False), (403, False)):
        with engine(status) as (address, _received):
            settings.INDEXNOW_ADDRESS = address
            if is_raised:
                with pytest.raises(OSError, match=str(status)):
                    ping(["https://a.example/"])
            else:
                ping(["https://a.example/"])


def test_key_file_exists_on_the_announcing_site_only(lorraine, saar):
    path = f"/{indexnow_key('lorraine.localhost')}.txt"
    assert lorraine.reader().get(path).status_code == 404

    make_settings(lorraine, announces_pages=True)
    make_settings(saar, announces_pages=True)

    assert lorraine.reader().get(path).content.decode() == path[1:-4]
    assert saar.reader().get(path).status_code == 404
    assert lorraine.reader().get(f"/{'0' * 32}.txt").status_code == 404


def test_every_change_of_a_page_is_announced(lorraine, settings, django_capture_on_commit_callbacks):
    make_settings(lorraine, announces_pages=True)
    elsewhere = make_section(lorraine.home, "Ailleurs", slug="ailleurs")
    with engine() as (address, received):
        settings.INDEXNOW_ADDRESS = address

        def announced() -> set[str]:
            received.clear()
            work_off()
            return {url for message in received for url in message["urlList"]}

        announced()
        article = make_article(lorraine.section, slug="bois")
        first = f"http://lorraine.localhost{lorraine.address(article)}"
        assert announced() == {first}
        article.slug = "foret"
        with django_capture_on_commit_callbacks(execute=True):
            article.save_revision().publish()
        second = first.replace("/bois/", "/foret/")
        assert announced() == {first, second}
        article.move(elsewhere, pos="last-child")
        article.refresh_from_db()
        third = f"http://lorraine.localhost{lorraine.address(article)}"
        assert announced() == {second, third}
        make_draft(article)
        assert announced() == {third}
        article.delete()
        assert announced() == {third}


def test_closed_or_unlisted_site_announces_nothing(lorraine):
    article = make_article(lorraine.section)

    for reason in ("is_unlisted", "is_closed"):
        make_settings(lorraine, **{"announces_pages": True, "is_unlisted": False, "is_closed": False, reason: True})

        assert addresses_to_announce(article) == []


def test_page_hidden_from_search_engines_is_announced_only_if_they_may_know_it(lorraine):
    make_settings(lorraine, announces_pages=True)
    hidden, known = make_article(lorraine.section, noindex=True), make_article(lorraine.section)

    known.noindex = True
    republish(known)
    known.refresh_from_db()

    assert addresses_to_announce(hidden) == []
    assert addresses_to_announce(known)
