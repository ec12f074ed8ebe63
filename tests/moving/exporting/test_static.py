"""The public site as a folder for a plain web server."""

import re
from collections import deque
from collections.abc import Iterator
from functools import partial
from http.client import HTTPConnection
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from unittest import mock
from urllib.parse import urljoin, urlsplit

import pytest
from bs4 import BeautifulSoup
from django.core.management import CommandError

from home.models import StandardPage
from portal.moving.exporting.static_site import file_name, public_path
from tests.builders import make_settings, make_standard_page
from tests.moving.exporting.conftest import HIDDEN, ExportOfSite, exported


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_arguments):
        """Print nothing."""


@pytest.fixture(scope="module")
def page_with_a_lost_link(module_site) -> StandardPage:
    ground = module_site.ground
    gone = f"{ground.site.root_url}/fr/parti/"
    body = [{"type": "paragraph", "value": f'<p>Voir <a href="{gone}">la page partie</a>.</p>'}]
    return make_standard_page(ground.home, "Liens", slug="liens", show_in_menus=True, body=body)


@pytest.fixture(scope="module")
def copy(module_site, page_with_a_lost_link, tmp_path_factory) -> ExportOfSite:
    few = mock.patch("portal.content.lists.pagination.PER_PAGE", 3)
    with few, mock.patch("portal.moving.exporting.static_site.PROGRESS", 20):
        return exported(module_site, tmp_path_factory.mktemp("static") / "copy", "static")


@pytest.fixture(scope="module")
def connection(copy) -> Iterator[HTTPConnection]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(copy.to)))
    thread = Thread(target=server.serve_forever)
    thread.start()
    connection = HTTPConnection("127.0.0.1", server.server_port)
    yield connection
    connection.close()
    server.shutdown()
    thread.join()
    server.server_close()


def got(connection: HTTPConnection, path: str) -> tuple[int, str, str]:
    connection.request("GET", path)
    response = connection.getresponse()
    content = response.read()
    kind = response.headers.get("Content-Type", "")
    return response.status, kind, content.decode("utf-8", errors="replace")


def links(html: str, path: str, root: str) -> set[str]:
    tree = BeautifulSoup("" if html.startswith("<?xml") else html, "html.parser")
    found = [tag[name] for name in ("href", "src") for tag in tree.find_all(attrs={name: True})]
    found += [part.split()[0] for tag in tree.find_all(srcset=True) for part in tag["srcset"].split(", ")]
    found += re.findall(r'content="0; url=([^"]+)"', html) + re.findall(re.escape(root) + r"/[^\s\"'<>\\&]*", html)
    whole = {urljoin(f"{root}{path}", address) for address in found}
    return {urlsplit(address).path or "/" for address in whole if address.startswith(f"{root}/")}


def test_every_link_leads_somewhere(copy, connection):
    root = copy.site.ground.site.root_url
    queue, seen, lost = deque(["/", "/sitemap.xml", "/robots.txt"]), {"/"}, []
    while queue:
        path = queue.popleft()
        status, kind, text = got(connection, path)
        if status != 200:
            lost.append(path)
        if "html" in kind or "xml" in kind:
            queue += sorted(links(text, path, root) - seen)
            seen |= links(text, path, root)

    assert lost == []
    assert len(seen) > 40


@pytest.mark.parametrize("name", ["article", "event", "page"])
def test_page_has_the_text_of_the_site(copy, connection, name):
    ground, page = copy.site.ground, getattr(copy.site, name)
    address = ground.address(page)

    live = (
        BeautifulSoup(ground.reader().get(address).content, "html.parser").select_one("main").get_text(" ", strip=True)
    )
    shown = BeautifulSoup(got(connection, address)[2], "html.parser").select_one("main").get_text(" ", strip=True)

    assert page.title in live
    assert shown == live


def test_nothing_hidden_is_in_any_file(copy):
    texts = [
        path.read_text() for path in copy.to.rglob("*") if path.suffix in (".html", ".xml", ".rss", ".json", ".ics")
    ]

    assert [word for word in HIDDEN if any(word in text for text in texts)] == []
    assert any("L’atelier rouvre" in text for text in texts)


@pytest.mark.parametrize("ending", [".ics", ".rss", ".xml", ".pdf", ".webp", ".css", ".js", ".woff2"])
def test_copy_has_files_of_each_kind(copy, ending):
    assert list(copy.to.rglob(f"*{ending}"))


def test_calendar_is_that_of_the_site(copy, connection):
    ground = copy.site.ground
    address = ground.address(copy.site.event).rstrip("/") + ".ics"

    live = b"".join(ground.reader().get(address))

    stamped = re.compile(rb"DTSTAMP:\w+")
    assert stamped.sub(b"", (copy.to / address.strip("/")).read_bytes()) == stamped.sub(b"", live)


def test_list_links_to_the_folders_of_its_further_pages(copy, connection):
    places = sorted(path.relative_to(copy.to).as_posix() for path in copy.to.rglob("~page-2/index.html"))

    assert places
    path = f"/{places[0].removesuffix('index.html')}"
    assert f'href="{path}"' in got(connection, path.removesuffix("~page-2/"))[2]


def test_search_is_a_note(copy, connection):
    status, _kind, html = got(connection, "/fr/recherche/")

    assert status == 200
    assert "Search, forms, registrations and newsletters do not work" in html or "ne fonctionnent pas" in html
    assert "<form" not in html


def test_no_page_has_a_form(copy):
    assert [path for path in copy.to.rglob("*.html") if "<form" in path.read_text()] == []


def test_missing_page_has_a_page_of_its_own(copy):
    assert "<main" in (copy.to / "404.html").read_text()


def test_command_reports_what_it_exported(copy):
    assert re.search(r"copy: \d+ pages, \d+ other files\.", copy.output)


def test_command_reports_its_progress(copy):
    assert re.match(r"(?:\d+ addresses saved, \d+ known ones to go\.\n){2}", copy.output)


def test_broken_link_is_named_and_only_its_words_remain(copy, page_with_a_lost_link):
    address = copy.site.ground.address(page_with_a_lost_link)

    assert f"Leads nowhere (404): /fr/parti/, linked from {address}" in copy.output
    html = (copy.to / "fr/liens/index.html").read_text()
    assert "la page partie" in html
    assert "/fr/parti/" not in html


def test_closed_site_is_refused(module_site, tmp_path, db):
    make_settings(module_site.ground, is_closed=True)

    with pytest.raises(CommandError, match="has no home page for readers"):
        exported(module_site, tmp_path / "copy", "static")
    assert not list(tmp_path.glob("copy*"))


@pytest.mark.parametrize(
    ("key", "kind", "file", "shown"),
    [
        ("/fr/50%25-de-gaz/", "text/html", "fr/50%-de-gaz/index.html", "/fr/50%25-de-gaz/"),
        ("/fr/a/?page=2", "text/html", "fr/a/~page-2/index.html", "/fr/a/~page-2/"),
        ("/fr/agenda.ics", "text/calendar", "fr/agenda.ics", "/fr/agenda.ics"),
        ("/a/%2e%2e/%2e%2e/b/", "text/html", "a/-/-/b/index.html", "/a/-/-/b/"),
        ("/a%2fb%00/", "text/html", "a/b-/index.html", "/a/b-/"),
    ],
)
def test_file_of_an_address_is_within_the_folder_and_found_again(key, kind, file, shown):
    assert (file_name(key, kind), public_path(file)) == (file, shown)


def test_long_address_has_a_file_that_file_systems_take():
    name = file_name(f"/fr/{'é' * 300}/", "text/html")

    assert max(len(part.encode()) for part in name.split("/")) <= 200
