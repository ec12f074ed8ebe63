"""The newsroom's own pages have the same head as Wagtail's."""

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse


@pytest.fixture
def head(administrator):
    response = administrator.get(reverse("site_redirects_import"))
    return BeautifulSoup(response.content, "html.parser").select_one("header")


def test_breadcrumbs_lead_from_the_dashboard_to_the_page(head):
    places = [(link.get_text(strip=True), link["href"]) for link in head.select("nav li a")]
    assert places == [
        ("Home", reverse("wagtailadmin_home")),
        ("Redirects", reverse("site_redirects")),
        ("Import a list", ""),
    ]


def test_heading_is_the_title(head):
    assert head.h1.get_text(strip=True) == "Redirects"
