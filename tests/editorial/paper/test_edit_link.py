"""A live page links a colleague to its form; readers get the same response with or without a session."""

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from portal.editorial.roles import Role
from tests.builders import make_article, newsroom_client, reader_of


@pytest.fixture
def page(lorraine):
    return make_article(lorraine.section, "Une usine")


@pytest.fixture
def follow(lorraine, newsroom):
    """Returns a function that follows the edit link on the page at an address, as an editor of Lorraine."""
    client = newsroom_client(lorraine, newsroom[Role.EDITOR])
    return lambda address: client.get(reverse("edit_shown_page"), {"at": address})


def test_link_leads_to_the_form_of_the_page(follow, page):
    assert follow(page.full_url).url == reverse("wagtailadmin_pages:edit", args=[page.pk])


def test_link_below_a_list_leads_to_the_form_of_the_page_with_the_list(follow, lorraine):
    assert follow(lorraine.section.full_url).url == reverse("wagtailadmin_pages:edit", args=[lorraine.section.pk])


def test_page_of_another_site_is_refused_with_a_message(follow, saar):
    response = follow(make_article(saar.section, "Eine Hütte").full_url)

    assert response.url == reverse("wagtailadmin_home")
    assert "may not edit" in str(next(iter(get_messages(response.wsgi_request))))


@pytest.mark.parametrize(
    "address",
    ["", "/fr/", "http://[", "http://a\0b/fr/", "https://example.org/fr/", "http://lorraine.localhost/fr/rien/"],
)
def test_unknown_address_leads_to_the_dashboard(follow, address):
    assert follow(address).url == reverse("wagtailadmin_home")


def test_signed_out_reader_of_another_host_is_sent_to_the_host_of_the_newsroom(settings, saar):
    settings.WAGTAILADMIN_BASE_URL = "https://newsroom.example.org"
    response = reader_of(saar.site.hostname).get(reverse("edit_shown_page"), {"at": "x"})

    assert response.url == "https://newsroom.example.org/admin/edit/?at=x"


def test_signed_out_reader_of_the_newsrooms_host_signs_in_first(settings, lorraine):
    settings.WAGTAILADMIN_BASE_URL = f"http://{lorraine.site.hostname}"
    response = reader_of(lorraine.site.hostname).get(reverse("edit_shown_page"), {"at": "x"})

    assert response.url.startswith(reverse("wagtailadmin_login"))


def test_page_is_the_same_for_a_colleague_and_a_stranger(lorraine, newsroom, page):
    colleague, stranger = newsroom_client(lorraine, newsroom[Role.EDITOR]), lorraine.reader()
    responses = [client.get(page.url) for client in (colleague, stranger)]

    assert responses[0].content == responses[1].content
    assert [response.headers.get("Vary") for response in responses] == ["Accept-Encoding"] * 2
    assert not any(response.cookies for response in responses)
