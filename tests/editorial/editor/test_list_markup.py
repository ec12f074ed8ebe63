"""Page lists of the newsroom have compact markup, and offer the possible actions for each page."""

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from portal.editorial.roles import Role
from tests.builders import make_article, newsroom_client

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(lorraine, newsroom):
    return newsroom_client(lorraine, newsroom[Role.SITE_ADMINISTRATOR])


def listed(client, parent):
    return client.get(reverse("wagtailadmin_explore", args=[parent.pk]))


def actions(response, page):
    row = BeautifulSoup(response.content, "html.parser").find(id=f"page_{page.pk}_title").find_parent("tr")
    return [link.get_text(strip=True) for link in row.select(".w-dropdown__content a")]


def test_list_markup_is_not_indented(lorraine, client):
    story = make_article(lorraine.section, "Un atelier  des bois")

    response = listed(client, lorraine.section)

    lines = response.content.split(b"\n")
    assert all(line == line.strip() != b"" for line in lines)
    assert "Un atelier  des bois" in response.text
    assert {"Edit", "History"} <= set(actions(response, story))


def test_sorting_is_offered_for_pages_with_several_children(lorraine, client):
    make_article(lorraine.section), make_article(lorraine.section)
    story = make_article(lorraine.section)

    assert "Order the child pages" not in actions(listed(client, lorraine.section), story)
    lorraine.section.refresh_from_db()
    assert "Order the child pages" in actions(listed(client, lorraine.home), lorraine.section)
