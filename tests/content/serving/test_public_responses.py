"""A public page is the same for everyone: neither its body nor its headers depend on the reader."""

import re
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from bs4 import BeautifulSoup
from django.contrib.sessions.models import Session
from django.middleware.csrf import get_token
from wagtail.models import Page

from articles.models import ArticlePage, PortraitPage
from events.models import EventPage, RecapPage
from portal.editorial.roles import Role
from tests.builders import (
    SampleSite,
    make_form_page,
    make_gated_document,
    make_sheet_page,
    make_standard_page,
    newsroom_client,
    sheet_block,
)

pytestmark = pytest.mark.usefixtures("media")

PAGES = [
    "home",
    "section",
    "news",
    "events",
    "calendar",
    "article",
    "portrait",
    "event",
    "recap",
    "plain",
    "form",
    "sheet",
    "missing",
]


@pytest.fixture(scope="module")
def others(module_network):
    """One page of each kind that the network lacks."""
    home = module_network.lorraine.home
    sheet = sheet_block(make_gated_document(module_network.lorraine))
    return {"plain": make_standard_page(home), "form": make_form_page(home), "sheet": make_sheet_page(home, sheet)}


def address_of(lorraine: SampleSite, others: dict[str, Any], page: str) -> str:
    def only(model: type[Page]) -> str:
        return lorraine.address(model.objects.get(path__startswith=lorraine.home.path))

    addresses: dict[str, Callable[[], str]] = {
        "home": lambda: "/fr/",
        "section": lambda: "/fr/rubrique/",
        "news": lambda: "/fr/actualites/?kind=article",
        "events": lambda: "/fr/calendrier/",
        "calendar": lambda: "/fr/rubrique/agenda/?when=past",
        "article": lambda: only(ArticlePage),
        "portrait": lambda: only(PortraitPage),
        "event": lambda: only(EventPage),
        "recap": lambda: only(RecapPage),
        "missing": lambda: "/fr/rien/",
    }
    return addresses[page]() if page in addresses else lorraine.address(others[page])


class Visit(NamedTuple):
    response: Any
    began_a_session: bool


@pytest.fixture(scope="module", params=PAGES)
def visit(request, module_network, others) -> Visit:
    """A reader's visit of each page."""
    lorraine = module_network.lorraine
    response = lorraine.reader().get(address_of(lorraine, others, request.param))
    return Visit(response, Session.objects.exists())


def test_public_page_has_no_cookie_session_or_form_token(visit):
    response = visit.response

    assert not response.cookies
    assert not visit.began_a_session
    assert response.get("Vary", "") in ("", "Accept-Encoding")
    assert "csrfmiddlewaretoken" not in response.content.decode()


@pytest.mark.parametrize("page", [page for page in PAGES if page not in ("form", "sheet")])
def test_member_of_the_newsroom_gets_the_same_public_page(lorraine, newsroom, others, page):
    address = address_of(lorraine, others, page)
    member = newsroom_client(lorraine, newsroom[Role.SITE_ADMINISTRATOR])
    stranger = lorraine.reader(accept_language="de")

    own, other = member.get(address), stranger.get(address)

    assert own.content == other.content
    assert "userbar" not in own.content.decode()
    assert "Cookie" not in own.get("Vary", "")


def test_public_page_has_a_strict_policy(visit):
    policy = visit.response["Content-Security-Policy"]

    assert "unsafe" not in policy
    assert "nonce" not in policy
    assert "default-src 'none'" in policy
    assert "base-uri 'none'" in policy
    assert "frame-ancestors 'none'" in policy


def test_public_page_protects_its_reader(visit):
    headers = visit.response.headers

    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "X-Frame-Options" in headers


def test_public_page_loads_nothing_from_a_third_party(visit):
    html = BeautifulSoup(visit.response.content, "html.parser")
    loaded = [tag["src"] for tag in html.select("script[src], img[src], iframe[src], source[src]")]
    loaded += [tag["href"] for tag in html.select("link[rel=stylesheet], link[rel=preload], link[rel=icon]")]

    assert loaded
    assert [address for address in loaded if not address.startswith("/")] == []
    assert not html.select("style, script:not([src]):not([type='application/ld+json']), [style], [onclick]")


def test_newsroom_has_a_policy_of_its_own(lorraine, newsroom):
    editor = newsroom_client(lorraine, newsroom[Role.EDITOR])
    response = editor.get(f"/admin/pages/{lorraine.home.pk}/edit/")
    policy = response["Content-Security-Policy"]

    [nonce] = re.findall(r'nonce="([^"]{16,})"', response.text)
    assert "script-src 'self';" in policy
    assert f"style-src 'self' 'nonce-{nonce}';" in policy
    assert "frame-ancestors 'self'" in policy
    assert "default-src 'none'" in policy


def test_newsroom_loads_nothing_from_a_third_party(lorraine, newsroom):
    """There is no Gravatar, no update check and no Wagtail news banner."""
    client = newsroom_client(lorraine, newsroom[Role.SITE_ADMINISTRATOR])
    for path in ("/admin/", "/admin/login/", "/admin/account/"):
        html = BeautifulSoup(client.get(path, follow=True).content, "html.parser")
        loaded = [tag["src"] for tag in html.select("[src]")] + [tag["href"] for tag in html.select("link[href]")]
        assert [address for address in loaded if address.startswith(("http", "//"))] == [], path
        assert "gravatar" not in str(html)
        assert "updates.wagtail" not in str(html)


def test_https_installation_has_secure_cookies_and_redirects(lorraine, settings):
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_HSTS_SECONDS = 31_536_000

    response = lorraine.reader().get("/fr/")
    secure = lorraine.reader().get("/fr/", secure=True)

    assert (response.status_code, response["Location"]) == (301, "https://lorraine.localhost/fr/")
    assert "max-age=31536000" in secure["Strict-Transport-Security"]


def test_theme_can_be_cached_forever(reader):
    address = BeautifulSoup(reader.get("/fr/").content, "html.parser").select_one("link[href^='/theme-']")["href"]
    response = reader.get(address)

    assert response["Content-Type"] == "text/css; charset=utf-8"
    assert "immutable" in response["Cache-Control"]
    assert not response.cookies
    assert response.get("Vary", "") in ("", "Accept-Encoding")
    assert get_token
