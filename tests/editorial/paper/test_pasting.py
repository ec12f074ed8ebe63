"""The page editor has the pasting scripts, their strings, and the language of the page."""

import json
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from django.contrib.staticfiles import finders
from django.urls import reverse
from django.utils.translation import override

from portal.editorial.editing.pasting import SCRIPTS, paste_scripts
from portal.editorial.roles import Role
from tests.builders import newsroom_client


def words(language: str) -> dict:
    with override(language):
        return json.loads(BeautifulSoup(paste_scripts(), "html.parser").select_one("#paste-words").string)


def test_every_script_of_pasting_is_loaded():
    folder = {path.stem for path in Path(finders.find("editorial/paste/paste.js")).parent.glob("*.js")}

    assert folder == set(SCRIPTS)


@pytest.mark.parametrize(
    ("language", "undo"), [("en", "Undo pasting"), ("fr", "Annuler le collage"), ("de", "Einfügen rückgängig machen")]
)
def test_messages_are_in_the_newsroom_language(language, undo):
    assert words(language)["undo"] == undo


def test_footnotes_heading_is_in_the_page_language():
    assert words("en")["notes"]["de"] == "Anmerkungen"


def test_paper_has_the_language_of_its_page(lorraine, newsroom):
    client = newsroom_client(lorraine, newsroom[Role.EDITOR])
    response = client.get(reverse("wagtailadmin_pages:add", args=["articles", "articlepage", lorraine.section.pk]))

    assert BeautifulSoup(response.content, "html.parser").select_one(".paper")["data-language"] == "fr"
