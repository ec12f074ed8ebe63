"""A public page is the same for everyone: neither its body nor its headers depend on the reader."""

import re

import pytest
from django.contrib.sessions.models import Session
from django.middleware.csrf import get_token

from articles.models import ArticlePage, PortraitPage
from events.models import EventPage, RecapPage
from portal.editorial.roles import Role
from tests.builders import (
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


@pytest.fixture
def address_of(lorraine, others):
    def address(page: str) -> str:
        below = {"path__startswith": lorraine.home.path}
        return {
            "home": lambda: "/fr/",
            "section": lambda: "/fr/rubrique/",
            "news": lambda: "/fr/actualites/?kind=article",
            "events": lambda: "/fr/calendrier/",
            "calendar": lambda: "/fr/rubrique/agenda/?when=past",
            "article": lambda: lorraine.address(ArticlePage.objects.get(**below)),
            "portrait": lambda: lorraine.address(PortraitPage.objects.get(**below)),
            "event": lambda: lorraine.address(EventPage.objects.get(**below)),
            "recap": lambda: lorraine.address(RecapPage.objects.get(**below)),
            "missing": lambda: "/fr/rien/",
            **{kind: lambda kind=kind: lorraine.address(others[kind]) for kind in others},
        }[page]()

    return address


@pytest.mark.parametrize("page", PAGES)
def test_public_page_has_no_cookie_session_or_form_token(reader, address_of, page):
    response = reader.get(address_of(page))

    assert not response.cookies
    assert not Session.objects.exists()
    assert response.get("Vary", "") in ("", "Accept-Encoding")
    assert "csrfmiddlewaretoken" not in response.content.decode()


@pytest.mark.parametrize("page", [page for page in PAGES if page not in ("form", "sheet")])
def test_member_of_the_newsroom_gets_the_same_public_page(lorraine, newsroom, address_of, page):
    address = address_of(page)
    member = newsroom_client(lorraine, newsroom[Role.SITE_ADMINISTRATOR])
    stranger = lorraine.reader(accept_language="de")

    own, other = member.get(address), stranger.get(address)

    assert own.content == other.content
    assert "userbar" not in own.content.decode()
    assert "Cookie" not in own.get("Vary", "")


@pytest.mark.parametrize("page", PAGES)
def test_public_page_has_a_strict_policy(reader, address_of, page):
    policy = reader.get(address_of(page))["Content-Security-Policy"]

    assert "unsafe" not in policy
    assert "nonce" not in policy
    assert "default-src 'none'" in policy
    assert "base-uri 'none'" in policy
    assert "frame-ancestors 'none'" in policy


@pytest.mark.parametrize("page", PAGES)
def test_public_page_protects_its_reader(reader, address_of, page):
    headers = reader.get(address_of(page)).headers

    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "X-Frame-Options" in headers


@pytest.mark.parametrize("page", PAGES)
def test_public_page_loads_nothing_from_a_third_party(reader, address_of, page):
    from bs4 import BeautifulSoup

    html = BeautifulSoup(reader.get(address_of(page)).content, "html.parser")
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
    from bs4 import BeautifulSoup

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
    from bs4 import BeautifulSoup

    address = BeautifulSoup(reader.get("/fr/").content, "html.parser").select_one("link[href^='/theme-']")["href"]
    response = reader.get(address)

    assert response["Content-Type"] == "text/css; charset=utf-8"
    assert "immutable" in response["Cache-Control"]
    assert not response.cookies
    assert response.get("Vary", "") in ("", "Accept-Encoding")
    assert get_token
