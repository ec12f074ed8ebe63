"""The catalogue shows every component and block, with sample data for all of its variables."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.template.loader import get_template
from django.urls import reverse
from django.utils import timezone

from portal.content.blocks.bodies import StoryBody
from portal.demo.components import components, samples, variables_of
from tests.builders import (
    make_article,
    make_document,
    make_event,
    make_gated_document,
    make_member,
    make_person,
    make_settings,
    newsroom_client,
)

ADDRESS = "/admin/components/"


@pytest.fixture
def engineer(lorraine):
    make_event(lorraine.calendar, start=timezone.now() + timedelta(days=1), status="cancelled")
    for number in range(3):
        story = make_article(lorraine.section, f"Article {number}", authors=[make_person()])
    make_article(lorraine.sections["de"], translation_key=story.translation_key)
    make_document()
    make_gated_document(lorraine)
    wording = {"language": "fr", "tagline": "", "footer": "", "notice": "Une panne.", "notice_link": ""}
    accounts = [{"type": "account", "value": {"network": "mastodon", "url": "https://mastodon.social/@agence"}}]
    make_settings(lorraine, wording=[{"type": "edition", "value": wording}], social_accounts=accounts)
    return newsroom_client(lorraine, make_member("engineer", is_superuser=True))


def test_catalogue_has_a_sample_of_every_variable(engineer):
    request = engineer.get(ADDRESS).wsgi_request

    known = samples(request).keys()

    lacking = {name: variables_of(get_template(name).template.source) - known for name in components()}
    assert {name: names for name, names in lacking.items() if names} == {}


def test_every_component_and_block_is_shown(engineer):
    response = engineer.get(ADDRESS)

    assert response.status_code == 200
    shown = {
        part.h2.text: part.find_all(recursive=False)[1:]
        for part in BeautifulSoup(response.content, "html.parser").select("main > section")
    }
    assert {*components(), *(type(block).__name__ for block in StoryBody().child_blocks.values())} <= shown.keys()
    assert {name for name, parts in shown.items() if not parts} == {"components/source.html"}


def test_catalogue_is_for_superusers(lorraine):
    client = newsroom_client(lorraine, make_member("nobody"))

    assert client.get(ADDRESS).status_code in (302, 403)
    assert reverse("component_catalogue") == ADDRESS


def test_catalogue_sends_no_request_to_other_servers(engineer):
    page = BeautifulSoup(engineer.get(ADDRESS).content, "html.parser")

    assert not page.select("script[data-origin], iframe")
    assert not [each for each in page.select("[src]") if each["src"].startswith(("http", "//"))]
