"""A new site is hidden until its administrator opens it; the dashboard lists five steps until then."""

from datetime import date
from io import StringIO

import pytest
from bs4 import BeautifulSoup
from django.core.management import call_command
from django.urls import reverse
from django.utils import translation
from wagtail.fields import StreamField
from wagtail.models import Page, Site
from wagtail.test.utils.form_data import nested_form_data, streamfield

from portal.content.records.settings import SiteSettings
from portal.editorial.roles import Role, group_of, media_collection
from portal.editorial.sharing.shares import possible_sites
from tests.builders import (
    change,
    make_article,
    make_image,
    make_member,
    make_newsroom,
    make_section,
    make_settings,
    newsroom_client,
    reader_of,
)
from tests.search.searching import titles

HOST = "vosges.localhost"


@pytest.fixture(scope="module")
def module_vosges(module_network) -> None:
    with translation.override("en"):
        call_command("create_site", host=HOST, name="Vosges Éco", languages="fr", port=80)


@pytest.fixture
def vosges(module_vosges, network) -> Site:
    return Site.objects.get(hostname=HOST)


@pytest.fixture
def administrator(lorraine, vosges):
    return newsroom_client(lorraine, make_member("cheffe", group_of(vosges, Role.SITE_ADMINISTRATOR)))


def steps(client) -> dict[str, bool]:
    """Whether each step on the dashboard is done; empty if none are shown."""
    html = BeautifulSoup(client.get(reverse("wagtailadmin_home")).content, "html.parser")
    return {
        step.select_one("a").get_text(): "first-steps__step--done" in step["class"]
        for step in html.select(".first-steps__step")
    }


def section(site: Site) -> Page:
    return Page.objects.get(slug="a-la-une").specific


def test_new_site_is_not_in_the_network_bar(lorraine, saar, vosges):
    assert "Vosges" not in lorraine.reader().get("/fr/").content.decode()
    assert saar.site.site_name in lorraine.reader().get("/fr/").content.decode()


def test_new_site_is_served_but_noindex(lorraine, vosges):
    make_article(section(vosges), "Première")

    for path in ("/fr/", "/fr/feed.rss", "/robots.txt"):
        response = reader_of(HOST).get(path)
        assert response.status_code == 200
        assert response["X-Robots-Tag"] == "noindex, nofollow"
    assert "<loc>" not in reader_of(HOST).get("/sitemap.xml").content.decode()
    assert "<loc>" not in reader_of(HOST).get("/sitemap-news.xml").content.decode()
    assert reader_of(HOST).get("/sitemap-fr-1.xml").status_code == 404
    assert "X-Robots-Tag" not in lorraine.reader().get("/fr/")
    assert "<loc>" in lorraine.reader().get("/sitemap.xml").content.decode()


def test_search_of_other_sites_finds_nothing_of_a_new_site(lorraine, saar, vosges):
    make_article(section(vosges), "Une marcairie rouvre")

    assert titles(lorraine, "marcairie", sites="all") == []
    set_facts(vosges, is_unlisted=False)
    assert titles(lorraine, "marcairie", sites="all") == ["Une marcairie rouvre"]


def set_facts(site: Site, **facts) -> None:
    found = SiteSettings.objects.get(site=site)
    for name, value in facts.items():
        setattr(found, name, value)
    found.save()


def test_no_page_can_be_offered_to_a_hidden_site(lorraine, saar, vosges):
    page = make_article(lorraine.section)

    assert vosges not in possible_sites(page)
    assert saar.site in possible_sites(page)


LAW = "Pages that the law requires"


def complete(site: Site) -> None:
    """Complete and publish the drafts of the new site."""
    facts = {
        "accessibilite": {"contact_email": "aide@vosges.example", "made_on": date(2026, 6, 30)},
        "mentions-legales": {
            "publisher_address": "Épinal",
            "contact_email": "aide@vosges.example",
            "contact_phone": "+33 3 00 00 00 00",
            "director": "Anne Roy",
            "host_name": "Hôte",
            "host_address": "Épinal",
        },
        "donnees-personnelles": {
            "controller_address": "Épinal",
            "contact_email": "aide@vosges.example",
            "log_days": 14,
        },
    }
    for slug, fields in facts.items():
        change(Page.objects.get(slug=slug, depth=site.root_page.depth + 1).specific, **fields)


def test_five_steps_are_ticked_off_as_they_are_done(lorraine, vosges, administrator):
    assert steps(administrator) == {"Look": False, "People": False, "Sections": False, "First story": False, LAW: False}

    set_facts(vosges, logo=make_image("Logo", media_collection(vosges)))
    assert steps(administrator)["Look"]
    make_member("anton", group_of(vosges, Role.APPROVER))
    assert steps(administrator)["People"]
    make_section(vosges.root_page, "Forêt")
    assert steps(administrator)["Sections"]
    complete(vosges)
    assert steps(administrator)[LAW]
    make_article(section(vosges), "Première")
    assert all(steps(administrator).values())


def test_work_on_another_site_ticks_nothing_off(lorraine, saar, vosges, administrator):
    make_newsroom(saar)
    make_settings(saar, logo=make_image("Logo", media_collection(saar.site)))

    assert not any(steps(administrator).values())


def test_opening_an_unfinished_site_needs_confirmation(lorraine, vosges, administrator):
    address = reverse("open_site", args=[vosges.pk])
    assert address in administrator.get(reverse("wagtailadmin_home")).content.decode()
    assert address in administrator.get(reverse("wagtailadmin_pages:edit", args=[vosges.root_page_id])).content.decode()

    requested = administrator.post(address)

    assert "0 of 5 steps are done" in requested.content.decode()
    assert "At least one person who writes and one who approves." in requested.content.decode()
    assert SiteSettings.objects.get(site=vosges).is_unlisted

    response = administrator.post(address, {"all_the_same": "yes"}, follow=True)

    assert "is open" in response.content.decode()
    assert steps(administrator) == {}
    assert "Vosges" in lorraine.reader().get("/fr/").content.decode()
    assert "X-Robots-Tag" not in reader_of(HOST).get("/fr/")


def test_site_whose_steps_are_done_opens_with_one_button(vosges, administrator):
    set_facts(vosges, logo=make_image("Logo", media_collection(vosges)))
    make_member("anton", group_of(vosges, Role.APPROVER))
    make_section(vosges.root_page, "Forêt")
    complete(vosges)
    make_article(section(vosges), "Première")

    administrator.post(reverse("open_site", args=[vosges.pk]))

    assert not SiteSettings.objects.get(site=vosges).is_unlisted


def test_opening_in_the_settings_needs_confirmation_too(vosges, administrator):
    address = reverse("wagtailsettings:edit", args=["core", "sitesettings", vosges.pk])
    page = BeautifulSoup(administrator.get(address).content, "html.parser")
    sent = {}
    for field in page.select("main form :is(input, select, textarea)[name]"):
        chosen = field.select_one("option[selected]") or field.select_one("option")
        if field.get("type") not in ("checkbox", "radio", "file") or field.has_attr("checked"):
            sent[field["name"]] = chosen["value"] if chosen else field.get("value", "") or field.get_text()
    streams = [field.name for field in SiteSettings._meta.get_fields() if isinstance(field, StreamField)]
    sent |= nested_form_data({name: streamfield([]) for name in streams})
    del sent["is_unlisted"]

    response = administrator.post(address, {**sent, "contact_email": "nous@vosges.example"})

    assert response.url == reverse("open_site", args=[vosges.pk])
    saved = SiteSettings.objects.get(site=vosges)
    assert (saved.is_unlisted, saved.contact_email) == (True, "nous@vosges.example")


@pytest.mark.parametrize("role", [Role.EDITOR, Role.APPROVER])
def test_other_roles_neither_see_the_steps_nor_open_the_site(lorraine, vosges, role):
    client = newsroom_client(lorraine, make_member("autre", group_of(vosges, role)))

    client.post(reverse("open_site", args=[vosges.pk]), {"all_the_same": "yes"})

    assert steps(client) == {}
    assert SiteSettings.objects.get(site=vosges).is_unlisted


def test_network_administrator_sees_the_steps_too(lorraine, vosges):
    assert len(steps(newsroom_client(lorraine, make_member("network", is_superuser=True)))) == 5


def test_command_says_what_stays_of_an_existing_site(lorraine, vosges):
    out = StringIO()
    with translation.override("en"):
        call_command("create_site", host=HOST, name="Autre", languages="fr", port=80, open=True, stdout=out)

    assert "It remains hidden" in out.getvalue()
    assert "Its name is unchanged" in out.getvalue()


def test_command_can_create_an_open_site(lorraine):
    with translation.override("en"):
        call_command("create_site", host="meuse.localhost", name="Meuse Éco", languages="fr", port=80, open=True)

    assert "Meuse" in lorraine.reader().get("/fr/").content.decode()
