"""Cached HTML of an edition has the edition's language and time zone, regardless of its first reader."""

from datetime import UTC, datetime

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse
from django.utils.translation import override
from wagtail.users.models import UserProfile

from events.models import Occurrence
from home.shelves import Shelves
from portal.content.serving.fragment_cache import fragments
from portal.editorial.roles import Role
from tests.builders import (
    change,
    make_article,
    make_draft,
    make_event,
    make_form_page,
    make_private,
    make_settings,
    newsroom_client,
)

SHELVES = [
    {"type": "events", "value": {"title": "Agenda", "count": 3}},
    {"type": "latest", "value": {"title": "Dernières", "count": 4}},
]


def words(response) -> str:
    return BeautifulSoup(response.content, "html.parser").get_text(" ", strip=True)


@pytest.fixture
def front(lorraine):
    """The front page for readers, with a filled and with an empty cache."""
    make_article(lorraine.section, "Fonderie", date=datetime(2026, 3, 2, 13, tzinfo=UTC))
    make_event(lorraine.calendar, "Rencontre")
    change(lorraine.home, shelves=SHELVES)

    def assert_unchanged() -> None:
        seen = words(lorraine.reader().get("/fr/"))
        fragments.clear()
        assert seen == words(lorraine.reader().get("/fr/"))

    fragments.clear()
    return assert_unchanged


def address_in_english(lorraine, which: str) -> str:
    """An address in a language that the site lacks, without a redirect."""
    with override("en"):
        if which == "registration":
            event = make_event(lorraine.calendar, "Visite", takes_registrations=True, capacity=10)
            return reverse("registration:form", args=[event.pk, Occurrence.objects.get(event=event).key])
        if which == "form":
            return reverse("forms:sent", args=[make_form_page(lorraine.home).pk])
        story = make_article(lorraine.section, "Secret")
        return reverse("wagtailcore_authenticate_with_password", args=[make_private(story, password="x").pk, story.pk])


@pytest.mark.parametrize("which", ["registration", "form", "password"])
def test_front_page_stays_french_after_a_request_in_english(lorraine, front, which):
    address = address_in_english(lorraine, which)
    fragments.clear()

    lorraine.reader().get(address)

    front()


@pytest.mark.parametrize("profile", [{"preferred_language": "en"}, {"current_time_zone": "Pacific/Auckland"}])
def test_front_page_stays_the_same_after_a_block_preview(lorraine, front, profile, newsroom):
    editor = newsroom[Role.EDITOR]
    UserProfile.objects.update_or_create(user=editor, defaults=profile)
    client = newsroom_client(lorraine, editor)

    for name in ("events", "latest"):
        address = reverse("wagtailadmin_block_preview")
        assert client.get(address, {"id": Shelves().child_blocks[name].definition_prefix}).status_code == 200

    front()


def test_front_page_stays_french_after_a_preview_in_a_draft_language(lorraine, front):
    section = lorraine.sections["de"]
    make_draft(lorraine.homes["de"])
    fragments.clear()

    type(section).objects.get(pk=section.pk).make_preview_request()

    front()


def test_closed_site_is_closed_in_its_own_language(lorraine):
    make_settings(lorraine, is_closed=True)
    fragments.clear()

    response_in_english = words(lorraine.reader(accept_language="en").get("/"))

    fragments.clear()
    assert response_in_english == words(lorraine.reader().get("/fr/"))
