"""The language switch links to the translation if it is public, else to its section, else to the home page."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.utils import timezone
from time_machine import travel

from tests.builders import change, make_article, make_draft, make_private, make_site


@pytest.fixture
def pair(lorraine):
    """A story in French and its German translation."""
    french = make_article(lorraine.section, "Une usine", slug="usine")
    german = make_article(lorraine.sections["de"], "Ein Werk", slug="werk", translation_key=french.translation_key)
    return french, german


class Switch:
    def __init__(self, ground, path: str):
        response = ground.reader().get(path)
        self.html = BeautifulSoup(response.content, "html.parser")

    @property
    def links(self) -> dict[str, str]:
        return {a["hreflang"]: a["href"] for a in self.html.select(".masthead .languages a")}

    @property
    def alternates(self) -> dict[str, str]:
        found = self.html.select("link[rel=alternate][hreflang]")
        return {link["hreflang"]: link["href"].removeprefix("http://lorraine.localhost") for link in found}

    @property
    def also_in(self) -> list[str]:
        return [a["href"] for a in self.html.select(".translations a:not([rel])")]


def test_switch_leads_to_the_translation(lorraine, pair):
    switch = Switch(lorraine, "/fr/rubrique/usine/")

    assert switch.links == {"fr": "/fr/rubrique/usine/", "de": "/de/rubrique/werk/"}
    assert switch.also_in == ["/de/rubrique/werk/"]
    assert switch.alternates == {
        "fr": "/fr/rubrique/usine/",
        "de": "/de/rubrique/werk/",
        "x-default": "/fr/rubrique/usine/",
    }


def test_translation_leads_back(lorraine, pair):
    assert Switch(lorraine, "/de/rubrique/werk/").links["fr"] == "/fr/rubrique/usine/"


def test_x_default_is_the_sites_default_language(lorraine, pair):
    assert Switch(lorraine, "/de/rubrique/werk/").alternates["x-default"] == "/fr/rubrique/usine/"


def test_story_without_translation_leads_to_its_section(lorraine):
    make_article(lorraine.section, "Une usine", slug="usine")
    switch = Switch(lorraine, "/fr/rubrique/usine/")

    assert switch.links["de"] == "/de/rubrique/"
    assert switch.also_in == []
    assert "de" not in switch.alternates


def test_story_without_translated_section_leads_to_the_home_page(lorraine):
    lorraine.sections["de"].delete()
    make_article(lorraine.section, "Une usine", slug="usine")

    assert Switch(lorraine, "/fr/rubrique/usine/").links["de"] == "/de/"


@pytest.mark.parametrize("hide", ["draft", "private", "section private", "expired"])
def test_translation_that_readers_may_not_see_is_not_offered(lorraine, pair, hide):
    _french, german = pair
    if hide == "draft":
        make_draft(german)
    elif hide == "private":
        make_private(german, password="sésame")
    elif hide == "section private":
        make_private(lorraine.sections["de"], password="sésame")
    else:
        change(german, expire_at=timezone.now() + timedelta(minutes=5))

    with travel(timezone.now() + timedelta(minutes=5), tick=False):
        switch = Switch(lorraine, "/fr/rubrique/usine/")

    assert switch.links["de"] == ("/de/" if hide == "section private" else "/de/rubrique/")
    assert switch.also_in == []
    assert "de" not in switch.alternates


def test_translation_on_another_site_is_not_offered(lorraine, saar):
    french = make_article(lorraine.section, "Une usine", slug="usine")
    make_article(saar.sections["de"], "Ein Werk", slug="werk", translation_key=french.translation_key)

    assert Switch(lorraine, "/fr/rubrique/usine/").links["de"] == "/de/rubrique/"


def test_sections_and_home_pages_lead_to_their_translations(lorraine):
    assert Switch(lorraine, "/fr/rubrique/").links["de"] == "/de/rubrique/"
    assert Switch(lorraine, "/fr/").links["de"] == "/de/"
    assert Switch(lorraine, "/fr/rubrique/agenda/").links["de"] == "/de/rubrique/agenda/"


def test_missing_page_leads_to_the_home_page(lorraine):
    assert Switch(lorraine, "/fr/rien/").links == {"fr": "/fr/", "de": "/de/"}


def test_unpublished_language_is_not_offered(lorraine, pair):
    make_draft(lorraine.homes["de"])

    assert Switch(lorraine, "/fr/rubrique/usine/").links == {}


def test_site_of_one_language_has_no_switch(db):
    ground = make_site("solo.localhost")
    make_article(ground.section, "Une usine", slug="usine")
    switch = Switch(ground, "/fr/rubrique/usine/")

    assert switch.links == {}
    assert switch.alternates == {}


def test_current_language_is_marked(lorraine, pair):
    current = Switch(lorraine, "/de/rubrique/werk/").html.select(".masthead .languages [aria-current]")

    assert [link["hreflang"] for link in current] == ["de"]


def test_alias_in_another_language_is_not_a_translation(lorraine):
    story = make_article(lorraine.section, "Une usine", slug="usine")
    story.copy_for_translation(lorraine.homes["de"].locale, alias=True)
    switch = Switch(lorraine, "/fr/rubrique/usine/")

    assert switch.links["de"] == "/de/rubrique/"
    assert "de" not in switch.alternates
