"""Readers of one site see nothing of another site, and nothing that is not public."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from portal.content.serving.editions import CATALOGUE_WORDS
from tests.separation.exceptions import NOT_REQUESTED, PUBLIC, SHOWN_TO_READERS
from tests.separation.marks import COMMON, marks_in, whole_text
from tests.separation.planting import Planted
from tests.separation.routes import addresses, routes, unknown_places

READERS = [
    route
    for route in routes()
    if not route.is_in_the_newsroom and route.name not in NOT_REQUESTED and route.pattern not in NOT_REQUESTED
]
LISTS = ("actualites/", "agenda/", "nachrichten/", "kalender/")
MAX_PAGES = 150
# Public, but on none of the requested pages.
RARE = {"alt", "credit", "post", "consent", "venue"}


def filtered_addresses(site: Planted, other: Planted) -> Iterator[str]:
    """Filtered addresses: each with values of the site itself and of the other."""
    topics = [site["topic"], other["topic"]]
    sections = [site.ground.section, other.ground.section]
    yield from ("/", "/sitemap.xml", "/sitemap-news.xml", "/robots.txt", "/calendar.ics")
    for code in site.ground.homes:
        word = {"fr": "recherche", "de": "suche"}[code]
        yield f"/{code}/"
        yield f"/{code}/{word}/opensearch.xml"
        yield from (f"/{code}/{each}" for each in LISTS)
        for text in (COMMON, COMMON.lower(), "zz", "Firma"):
            yield f"/{code}/{word}/?q={text}"
            yield f"/{code}/{word}/suggestions.json?q={text}"
            yield f"/{code}/{word}/?q={text}&scope=network"
        yield from (f"/{code}/{each}/" for each in ("themes", "themen", "auteurs", "autoren"))
        venues = f"/{code}/{CATALOGUE_WORDS[code]['venues']}/"
        yield from (venues, *(f"{venues}{each['venue'].address_step}/" for each in (site, other)))
        for topic in topics:
            yield f"/{code}/{word}/?q={COMMON}&topic={topic.slug}"
            yield f"/{code}/actualites/?topic={topic.slug}"
            yield from (f"/{code}/{each}/{topic.slug}/" for each in ("themes", "themen"))
        for who in (site, other):
            yield from (f"/{code}/{each}/{who['person'].slug}/" for each in ("auteurs", "autoren"))
        for section in sections:
            yield f"/{code}/{word}/?q={COMMON}&section={section.translation_key}"
        for form in ("rss", "atom", "json"):
            yield f"/{code}/feed.{form}"
            yield f"/{code}/rubrique/feed.{form}"
            yield from (f"/{code}/feed.{form}?topic={topic.slug}" for topic in topics)
            yield from (f"/{code}/feed.{form}?person={who['person'].pk}" for who in (site, other))
        yield from (f"/{code}/podcast.xml", f"/{code}/rubrique/podcast.xml")
        yield from (f"/{code}/rubrique/agenda.ics", f"/{code}/agenda.ics")
    for kind in ("pages", "images", "documents"):
        yield f"/api/v2/{kind}/?limit=20&fields=*"
    for page in ("live", "draft"):
        yield f"/api/v2/pages/?child_of={other[page].get_parent().pk}"
        yield f"/api/v2/pages/?translation_of={other[page].pk}"
        yield f"/api/v2/pages/find/?id={other[page].pk}"
        yield f"/api/v2/pages/find/?html_path={other.ground.address(other[page])}"
    yield "/api/v2/openapi.json"
    # The paths of the other site's pages and redirects, on this host.
    for page in ("live", "draft", "private", "event", "recap", "form", "brochure"):
        yield other.ground.address(other[page])
        yield other.ground.address(other[page]) + "?a=b"
    yield from (f"/{each.word('redirect')}/" for each in (site, other))


def walked(client: Client, first: list[str], host: str) -> Iterator[tuple[str, str]]:
    """Each address with its response, and recursively the addresses on this host that its page links to."""
    waiting, seen = list(first), set(first)
    while waiting:
        address = waiting.pop(0)
        response = client.get(address)
        text = whole_text(response)
        yield address, text
        if "html" not in response.get("Content-Type", ""):
            continue
        for link in BeautifulSoup(text, "html.parser").select("a[href], link[href]"):
            split = urlsplit(str(link["href"]))
            path = split.path + (f"?{split.query}" if split.query else "")
            if split.netloc not in ("", host) or path in seen or not path.startswith("/") or len(seen) > MAX_PAGES * 4:
                continue
            if path.startswith(("/admin/", "/static/", "/pictures/", "/share/")):
                continue
            seen.add(path)
            waiting.append(path)


def leaks_of(told_by: Iterator[tuple[str, str]], owner: str, allowed: dict[str, Any]) -> dict[str, list[str]]:
    leaks = {}
    for address, text in told_by:
        # A page may repeat the requested address.
        if found := marks_in(text, owner) - marks_in(address, owner) - set(allowed):
            leaks[address] = sorted(found)
    return leaks


@pytest.fixture
def found_at_home(db, marked) -> set[str]:
    site, other = marked.foreign, marked.own
    whole = " ".join(
        text for _address, text in walked(site.ground.reader(), list(filtered_addresses(site, other)), site.ground.host)
    )
    return marks_in(whole, "b")


def test_readers_of_one_site_see_nothing_of_another(db, marked):
    own, foreign = marked.own, marked.foreign
    told_by = walked(own.ground.reader(), list(filtered_addresses(own, foreign)), own.ground.host)
    assert leaks_of(told_by, "b", SHOWN_TO_READERS) == {}


def test_public_addresses_with_keys_of_another_site_reveal_nothing(db, marked):
    reader = marked.own.ground.reader()
    told_by = ((at, whole_text(reader.get(at))) for route in READERS for at in addresses(route, marked.foreign))
    assert leaks_of(told_by, "b", SHOWN_TO_READERS) == {}


def test_readers_find_all_public_records_of_the_site_itself(found_at_home):
    assert found_at_home - set(PUBLIC) == set()
    assert set(PUBLIC) - found_at_home - RARE == set()


def test_every_public_address_is_requested_or_excepted():
    assert {route.name: places for route in READERS if (places := unknown_places(route))} == {}
