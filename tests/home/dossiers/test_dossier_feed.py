"""A dossier has a feed of its stories, which readers find from its page."""

import json

import pytest
from bs4 import BeautifulSoup

from tests.builders import make_article, make_draft, make_event, make_private, make_section
from tests.home.dossiers.making import ReadPage, chapter, link_to, make_dossier
from tests.newsletter.makers import make_newsletter


@pytest.fixture
def stories(lorraine):
    return [make_article(lorraine.section, "Dedans"), make_article(make_section(lorraine.home, "Bois"), "Ailleurs")]


@pytest.fixture
def dossier(lorraine, stories):
    make_article(lorraine.section, "Dehors")
    entries = (*stories, make_event(lorraine.calendar, "La visite"), link_to())
    return make_dossier(lorraine.section, "Friches", chapter("Un", *entries))


def feed(ground, dossier, form: str = "json"):
    return ground.reader().get(ground.address(dossier, f"feed.{form}"))


def titles(ground, dossier) -> list[str]:
    return sorted(item["title"] for item in json.loads(feed(ground, dossier).content)["items"])


def test_feed_has_the_stories_of_all_sections_in_the_dossier(lorraine, dossier):
    assert titles(lorraine, dossier) == ["Ailleurs", "Dedans"]


@pytest.mark.parametrize("form", ["rss", "atom"])
def test_feed_is_named_after_the_dossier(lorraine, dossier, form):
    html = BeautifulSoup(feed(lorraine, dossier, form).content, "xml")

    assert html.find("title").get_text() == "Lorraine – Friches"


@pytest.mark.parametrize("hide", [make_draft, make_private], ids=["draft", "private"])
def test_story_that_is_not_public_is_not_in_the_feed(lorraine, dossier, stories, hide):
    hide(stories[0])

    assert titles(lorraine, dossier) == ["Ailleurs"]


@pytest.mark.parametrize("hide", [make_draft, make_private], ids=["draft", "private"])
def test_dossier_that_is_not_public_has_no_feed(lorraine, dossier, hide):
    hide(dossier)

    assert feed(lorraine, dossier).status_code == 404


def test_stories_of_another_site_are_not_in_the_feed(lorraine, saar, stories):
    other = make_article(saar.section, "Drüben")

    assert titles(lorraine, make_dossier(lorraine.section, "Friches", chapter("Un", other, stories[0]))) == ["Dedans"]


def test_other_site_does_not_serve_the_feed(lorraine, saar, dossier):
    assert saar.reader().get(lorraine.address(dossier, "feed.json")).status_code == 404


def test_article_has_no_feed(lorraine, stories):
    assert lorraine.reader().get(lorraine.address(stories[0], "feed.json")).status_code == 404


def test_page_names_the_feed_for_programs_and_for_readers(lorraine, dossier):
    html = ReadPage(lorraine, dossier).html
    address = lorraine.address(dossier, "feed.rss")

    assert html.select_one(f'link[rel=alternate][href="{address}"]')
    assert html.select_one(f'main a[href="{address}"]')


def test_dossier_with_a_password_names_no_feed(lorraine, dossier):
    make_private(dossier, "sesame")
    reader, address = lorraine.reader(), lorraine.address(dossier)
    form = BeautifulSoup(reader.get(address).content, "html.parser").select_one("form:has([type=password])")
    reader.post(form["action"], {"password": "sesame", "return_url": address})
    html = BeautifulSoup(reader.get(address).content, "html.parser")

    assert html.select_one(".dossier__chapter")
    assert not html.select_one(f'[href="{lorraine.address(dossier, "feed.rss")}"]')


def test_readers_sign_up_for_the_newsletter_beside_the_dossier(lorraine, dossier):
    make_newsletter(lorraine)

    assert ReadPage(lorraine, dossier).html.select_one(".story__aside form input[type=email]")
