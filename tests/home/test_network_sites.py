"""A page of a large network links to some of its sites, and to a list of all of them."""

import pytest
from bs4 import BeautifulSoup

from portal.content.serving.editions import CATALOGUE_WORDS, MAX_LINKED_SITES
from tests.builders import make_settings, make_site, make_standard_page

pytestmark = pytest.mark.django_db

ADDRESS = f"/fr/{CATALOGUE_WORDS['fr']['sites']}/"


def html(reader, address: str) -> BeautifulSoup:
    response = reader.get(address)
    assert response.status_code == 200
    return BeautifulSoup(response.content, "html.parser")


def footer_links(page: BeautifulSoup) -> list[str]:
    return [link.text for link in page.select(".footer__part--network a")]


@pytest.fixture
def large_network(lorraine, saar) -> None:
    """Thirteen sites besides *Lorraine*, one of which is not in the network's lists."""
    for number in range(MAX_LINKED_SITES):
        make_site(f"site-{number}.localhost", name=f"Site {chr(ord('M') - number)}")
    hidden = make_site("hidden.localhost", name="Site hidden")
    make_settings(hidden, is_unlisted=True)


def test_page_of_a_small_network_links_to_all_sites(lorraine, saar, reader):
    page = html(reader, "/fr/")
    assert footer_links(page) == ["Saar"]
    assert ADDRESS not in str(page)


def test_page_of_a_large_network_links_to_the_oldest_sites_and_to_the_list(large_network, reader):
    names = footer_links(html(reader, "/fr/"))
    assert names[:2] == ["Saar", "Site M"]
    assert len(names) == MAX_LINKED_SITES + 1
    assert names[-1] == "Tous les sites"


def test_list_has_all_sites_by_name_but_unlisted_ones(large_network, reader):
    page = html(reader, ADDRESS)
    names = [name.text for name in page.select(".subject__name")]
    assert names == ["Saar", *(f"Site {letter}" for letter in "BCDEFGHIJKLM")]


def test_list_leads_to_each_site(large_network, reader):
    link = html(reader, ADDRESS).select_one(".subject__name a")
    assert link["href"] == "http://saar.localhost/"


def test_small_network_has_no_list(lorraine, saar, reader):
    assert reader.get(ADDRESS).status_code == 404


def test_page_at_the_address_of_the_list_takes_precedence(large_network, lorraine, reader):
    make_standard_page(lorraine.homes["fr"], "Nos sites", slug=CATALOGUE_WORDS["fr"]["sites"])
    assert html(reader, ADDRESS).select_one("h1").text.strip() == "Nos sites"


def test_new_site_is_in_the_list_at_once(large_network, reader):
    assert "Site nouveau" not in str(html(reader, ADDRESS))
    make_site("nouveau.localhost", name="Site nouveau")
    assert "Site nouveau" in str(html(reader, ADDRESS))
