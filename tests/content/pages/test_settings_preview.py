"""The site settings have a preview beside them: the home page with unsaved colours and menu."""

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse
from wagtail.test.utils.form_data import nested_form_data, streamfield

from portal.content.records.settings import SiteSettings
from portal.editorial.roles import Role
from tests.builders import SampleSite, make_section, newsroom_client


@pytest.fixture
def administrator(lorraine, newsroom):
    return newsroom_client(lorraine, newsroom[Role.SITE_ADMINISTRATOR])


def form(**facts) -> dict:
    return nested_form_data(
        {
            "brand_colour": "#7a1f2b",
            "accent_colour": "#8a4b00",
            "type_scale": "standard",
            "time_zone": "Europe/Paris",
            "navigation": streamfield([]),
            "wording": streamfield([]),
            "social_accounts": streamfield([]),
            **facts,
        }
    )


def address(ground: SampleSite) -> str:
    return reverse("wagtailsettings:preview_on_edit", args=["core", "sitesettings", ground.site.pk])


def preview(client: Client, ground: SampleSite, language: str, **facts) -> BeautifulSoup:
    assert client.post(address(ground), form(**facts)).json()["is_valid"]
    response = client.get(address(ground), {"mode": language})
    assert response.status_code == 200
    return BeautifulSoup(response.content, "html.parser")


def style_of(page: BeautifulSoup, ground: SampleSite) -> str:
    return ground.reader().get(page.select_one("link[href^='/theme-']")["href"]).content.decode()


def test_preview_has_the_new_colours_and_readers_keep_the_old(lorraine, administrator):
    page = preview(administrator, lorraine, "fr", brand_colour="#14475c", accent_colour="#a3420f")

    assert "#14475c" in style_of(page, lorraine)
    public = BeautifulSoup(lorraine.reader().get("/fr/").content, "html.parser")
    assert "#14475c" not in style_of(public, lorraine)
    assert SiteSettings.for_site(lorraine.site).brand_colour != "#14475c"


def test_preview_has_the_new_menu_in_each_language(lorraine, administrator):
    make_section(lorraine.home, "Bois", slug="bois")
    link = {"label": "Presse", "url": "https://example.org/presse"}

    for language in ("fr", "de"):
        page = preview(administrator, lorraine, language, navigation=streamfield([("link", link)]))
        assert [each.get_text(strip=True) for each in page.select(".masthead__sections a")] == ["Presse"]
        assert page.html["lang"] == language


def test_settings_of_another_site_have_no_preview(saar, administrator):
    assert administrator.post(address(saar), form()).status_code in (302, 403, 404)
    assert administrator.get(address(saar)).status_code in (302, 403, 404)


def test_form_offers_the_preview(lorraine, administrator):
    html = administrator.get(reverse("wagtailsettings:edit", args=["core", "sitesettings", lorraine.site.pk])).content

    assert BeautifulSoup(html, "html.parser").select_one(f"[data-w-preview-url-value='{address(lorraine)}']")
