"""An approver approves several pages from a list at once, each under the rules for a single approval."""

from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.contrib.messages import get_messages
from django.urls import reverse

from portal.editorial.roles import Role, group_of
from tests.builders import newsroom_client
from tests.editorial.drafts import draft, rewrite, submit

pytestmark = pytest.mark.django_db


@pytest.fixture
def waiting(lorraine, newsroom):
    """Three pages that wait for an approver."""
    pages = [draft(lorraine, newsroom[Role.EDITOR], f"Visite {number}") for number in range(3)]
    for page in pages:
        submit(page, newsroom[Role.EDITOR])
    return pages


def address(pages) -> str:
    chosen = "&".join(f"id={page.pk}" for page in pages)
    return f"{reverse('wagtail_bulk_action', args=['wagtailcore', 'page', 'approve'])}?{chosen}&next=/admin/"


def fields(client, pages) -> dict[str, str]:
    """The form data of the list with the chosen pages."""
    page = BeautifulSoup(client.get(address(pages)).content, "html.parser")
    return {field["name"]: field["value"] for field in page.select("form input[name^=seen]")}


def live(pages) -> list[bool]:
    return [type(page).objects.get(pk=page.pk).live for page in pages]


def messages_of(response: Any) -> str:
    return " | ".join(str(message) for message in get_messages(response.wsgi_request))


def test_approver_approves_several_at_once(lorraine, newsroom, waiting):
    client = newsroom_client(lorraine, newsroom[Role.APPROVER])
    sent = fields(client, waiting)
    assert len(sent) == 3

    response = client.post(address(waiting), sent)

    assert live(waiting) == [True, True, True]
    assert "3 pages are approved" in messages_of(response)
    assert "Visite 2" in messages_of(response)


def test_changed_page_is_refused_and_the_others_are_approved(lorraine, newsroom, waiting):
    client = newsroom_client(lorraine, newsroom[Role.APPROVER])
    sent = fields(client, waiting)
    rewrite(waiting[1], newsroom[Role.EDITOR], title="Visite refaite")

    response = client.post(address(waiting), sent)

    assert live(waiting) == [True, False, True]
    assert "Visite refaite: The page has changed since you looked" in messages_of(response)


def test_incomplete_page_is_marked_and_refused(lorraine, newsroom, waiting):
    client = newsroom_client(lorraine, newsroom[Role.APPROVER])
    waiting[0].latest_revision.content["standfirst"] = ""
    waiting[0].latest_revision.save()
    assert "standfirst" in client.get(address(waiting)).content.decode()

    response = client.post(address(waiting), fields(client, waiting))

    assert live(waiting) == [False, True, True]
    assert "Visite 0:" in messages_of(response)


def test_own_page_among_others_is_refused(lorraine, newsroom, waiting):
    author = newsroom[Role.EDITOR]
    author.groups.add(group_of(lorraine.site, Role.APPROVER))
    client = newsroom_client(lorraine, author)

    assert fields(client, waiting) == {}
    forged = {f"seen-{page.pk}": f"{page.latest_revision_id}.0" for page in waiting}
    client.post(address(waiting), forged)
    assert live(waiting) == [False, False, False]


def test_page_that_was_not_listed_is_not_approved(lorraine, newsroom, waiting):
    client = newsroom_client(lorraine, newsroom[Role.APPROVER])

    response = client.post(address(waiting), fields(client, waiting[:2]))

    assert live(waiting) == [True, True, False]
    assert "Visite 2: The page has changed" in messages_of(response)
