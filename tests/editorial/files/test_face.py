"""The newsroom shows only the network's name and logo."""

import re

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse
from django.utils.translation import override
from wagtail import hooks
from wagtail.users.models import UserProfile

from portal.editorial.roles import Role
from portal.editorial.templatetags.newsroom import network_name
from tests.builders import SampleSite, make_member, newsroom_client
from tests.checkers.shown_words import ENGLISH, shown_texts

SIGNED_OUT = (
    "/admin/login/",
    "/admin/password_reset/",
    "/admin/password_reset/done/",
    "/admin/password_reset/complete/",
)


@pytest.fixture(autouse=True)
def named(settings):
    settings.WAGTAIL_SITE_NAME = "Les Trois Rives"


@pytest.fixture
def people(newsroom):
    return newsroom


def page(client: Client, address: str) -> BeautifulSoup:
    return BeautifulSoup(client.get(address).content, "html.parser")


def test_sign_in_page_has_name_and_mark_of_the_network(lorraine):
    found = page(lorraine.reader(), "/admin/login/")

    assert found.h1.get_text(strip=True) == network_name() == "Les Trois Rives"
    assert found.h1.select_one("svg.mark")
    assert found.title.string.endswith("- Les Trois Rives")
    assert [icon["href"] for icon in found.select("link[rel~=icon]")] == ["/static/img/icon.svg"]


@pytest.mark.parametrize("address", SIGNED_OUT)
@pytest.mark.parametrize("language", ["fr", "de"])
def test_sign_in_pages_are_in_the_browsers_language(lorraine, address, language):
    response = lorraine.reader(accept_language=language).get(address)

    assert response.status_code == 200
    assert [piece for piece in shown_texts(response) if ENGLISH.search(piece) or "wagtail" in piece.lower()] == []


def test_menu_and_titles_have_the_name_of_the_network(lorraine, people):
    found = page(newsroom_client(lorraine, people[Role.EDITOR]), "/admin/")

    branding = found.select_one("template[data-wagtail-sidebar-branding-logo]")
    assert branding.get_text(strip=True) == "Les Trois Rives"
    assert branding.select_one("svg.mark")
    assert found.title.string.endswith("- Les Trois Rives")


@pytest.mark.parametrize("who", [Role.EDITOR, "network"])
def test_help_links_to_the_manual_only(lorraine, people, who):
    person = people.get(who) or make_member("network", is_superuser=True)
    html = newsroom_client(lorraine, person).get("/admin/").content.decode()

    menu = re.search(r'\[\{"name": "manual".*?\]\}?\]', html) or re.search(r'"name": "manual".*', html)
    assert menu
    assert html.index('"name": "manual"') < html.index('"name": "keyboard-shortcuts-trigger"')
    assert "whats-new-in-wagtail" not in html
    assert "editor-guide" not in html
    assert not re.findall(r"https?://[\w.]*wagtail\.org[^\"' ]*", html)


@pytest.mark.parametrize(
    ("language", "words"),
    [("fr", "Cette page n’existe pas dans la rédaction"), ("de", "Diese Seite gibt es in der Redaktion nicht")],
)
def test_404_page_is_in_the_users_language(lorraine, people, language, words):
    UserProfile.objects.create(user=people[Role.EDITOR], preferred_language=language)

    response = newsroom_client(lorraine, people[Role.EDITOR]).get("/admin/nowhere/")

    assert response.status_code == 404
    assert words in response.content.decode()
    assert [piece for piece in shown_texts(response) if ENGLISH.search(piece) or "wagtail" in piece.lower()] == []


def test_missing_page_leads_to_the_dashboard(lorraine: SampleSite, people):
    found = page(newsroom_client(lorraine, people[Role.EDITOR]), "/admin/nowhere/")

    assert [link["href"] for link in found.select("main a.button")] == ["/admin/", "/admin/manual/"]


def test_pages_outside_of_sites_are_explained_to_network_administrators(lorraine, people):
    """Above the home pages of all languages, where an editor of two languages starts."""
    boss = make_member("network", is_superuser=True)
    people_told = [
        person
        for person in (people[Role.SITE_ADMINISTRATOR], boss)
        if page(newsroom_client(lorraine, person), "/admin/pages/").select(".help-block")
    ]

    assert people_told == [boss]


@pytest.mark.parametrize("menu", ["admin", "settings", "reports", "help"])
def test_entries_of_a_menu_have_the_same_names_in_every_language(menu):
    """Wagtail would name entries by their labels, in the language of the first request after a start."""
    # Some entries are registered when the URLs are loaded.
    reverse("wagtailadmin_home")

    def names(language: str) -> set[str]:
        with override(language):
            return {entry.name for made in hooks.get_hooks(f"register_{menu}_menu_item") if (entry := made())}

    # The entry of wagtail-localize, which is named by its label.
    assert names("de") - names("en") - {"ubersetzungen"} == set()
