"""Every list of the newsroom has a button that creates its items, for users who may create them."""

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from home.forms.pages import FormPage
from portal.editorial.roles import Role
from tests.builders import make_form_page, make_member, newsroom_client
from tests.newsletter.makers import make_newsletter

PAGES = {
    "wagtailforms:index": "home.formpage",
    "newsletter_overview": "newsletter.newsletterpage",
    "sheet_requests:index": "sheets.sheetpage",
}
OTHERS = {
    "site_accounts": "site_accounts_add",
    "site_redirects": "site_redirects_add",
    "venues:index": "venues:add",
    "subscribed_calendars:index": "subscribed_calendars:add",
    "wagtailimages:index": "wagtailimages:add_multiple",
    "wagtaildocs:index": "wagtaildocs:add_multiple",
    "wagtailsnippets_core_topic:list": "wagtailsnippets_core_topic:add",
    "wagtailsnippets_core_person:list": "wagtailsnippets_core_person:add",
}
OF_THE_NETWORK = {
    "wagtailusers_users:index": "wagtailusers_users:add",
    "wagtailusers_groups:index": "wagtailusers_groups:add",
    "wagtailsites:index": "wagtailsites:add",
    "wagtaillocales:index": "wagtaillocales:add",
    "wagtailredirects:index": "wagtailredirects:add",
    "wagtailadmin_workflows:index": "wagtailadmin_workflows:add",
    "wagtailadmin_workflows:task_index": "wagtailadmin_workflows:select_task_type",
    "wagtailadmin_collections:index": "wagtailadmin_collections:add",
    "sign_in_rules": "sign_in_provider_add",
}


@pytest.fixture
def administrator(lorraine, newsroom):
    return newsroom_client(lorraine, newsroom[Role.SITE_ADMINISTRATOR])


def write(kind: str) -> str:
    return reverse("write_kind", args=kind.split("."))


def buttons(client, address: str) -> set[str]:
    """The targets of a page's links outside the menu."""
    response = client.get(address)
    assert response.status_code == 200
    return {link["href"].split("?")[0] for link in BeautifulSoup(response.content, "html.parser").select("a[href]")}


@pytest.mark.parametrize(("name", "kind"), PAGES.items())
def test_page_list_creates_such_a_page_on_the_users_site(lorraine, saar, administrator, name, kind):
    assert write(kind) in buttons(administrator, reverse(name))

    offered = administrator.get(write(kind))
    parents = [offered.url] if offered.status_code == 302 else buttons(administrator, write(kind))
    below = [reverse("wagtailadmin_pages:add", args=[*kind.split("."), home.pk]) for home in (lorraine.home, saar.home)]
    assert [address in parents for address in below] == [True, False]
    assert administrator.get(below[0]).status_code == 200


def test_list_of_events_creates_an_event_and_is_named_after_them(lorraine, newsroom):
    organiser = newsroom_client(lorraine, newsroom[Role.ORGANISER])
    page = BeautifulSoup(
        organiser.get(reverse("wagtailadmin_pages:type_use", args=["events", "eventpage"])).content, "html.parser"
    )

    assert page.title.get_text(strip=True).startswith("Events")
    assert write("events.eventpage") in {link["href"] for link in page.select("a[href]")}


@pytest.mark.parametrize(("name", "target"), OTHERS.items())
def test_list_of_records_creates_such_a_record(administrator, name, target):
    assert reverse(target) in buttons(administrator, reverse(name))
    assert administrator.get(reverse(target)).status_code == 200


@pytest.mark.parametrize(("name", "target"), OF_THE_NETWORK.items())
def test_list_of_the_network_creates_such_a_record(lorraine, newsroom, name, target):
    client = newsroom_client(lorraine, make_member("network", is_superuser=True))

    assert reverse(target) in buttons(client, reverse(name))
    assert client.get(reverse(target), follow=True).status_code == 200


def test_second_newsletter_of_a_language_is_not_offered(lorraine, administrator):
    for code in lorraine.homes:
        make_newsletter(lorraine, code)

    assert write("newsletter.newsletterpage") not in buttons(administrator, reverse("newsletter_overview"))
    assert administrator.get(write("newsletter.newsletterpage")).status_code == 404


def test_form_is_not_offered_to_people_who_may_not_add_a_record(lorraine, newsroom):
    make_form_page(lorraine.home)
    organiser = newsroom_client(lorraine, newsroom[Role.ORGANISER])

    assert organiser.get(write("home.formpage")).status_code == 404
    assert FormPage.objects.count() == 1
