"""A report on one language or section is limited to it, or names the tables that are not."""

import pytest
from django.urls import reverse

from portal.editorial.roles import Role, media_collection
from portal.readership.models import ClickDay, DownloadDay
from tests.builders import make_article, make_document, make_newsroom, make_section, make_site, newsroom_client
from tests.readership.test_report import report, table
from tests.readership.watching import read, today

pytestmark = pytest.mark.django_db

WHOLE = "Of the whole site: this is not counted by language or section."


@pytest.fixture(scope="module")
def module_ground(module_network):
    # With two languages; `saar` is a site whose figures must not show.
    return make_site("two.localhost", ("fr", "de"))


@pytest.fixture(scope="module")
def administrator(module_ground):
    return make_newsroom(module_ground)[Role.SITE_ADMINISTRATOR]


@pytest.fixture
def ground(module_ground, network):
    return module_ground.read_again()


@pytest.fixture
def client(ground, administrator):
    return newsroom_client(ground, administrator)


def click(ground, page, host):
    ClickDay.objects.create(site=ground.site, day=today().toordinal(), page=page.page_ptr, host=host, views=3)


def test_rising_pages_sections_and_links_come_from_the_section(ground, saar, client):
    inner = make_section(ground.section, "Industrie")
    inside, outside = make_article(inner, "Dedans"), make_article(make_section(ground.home, "Talents"), "Dehors")
    for page, host in ((inside, "inside.example"), (outside, "outside.example")):
        read(ground, page, 20)
        click(ground, page, host)
    decoy = make_article(saar.section, "Anderswo")
    read(saar, decoy, 50)
    click(saar, decoy, "decoy.example")

    page = report(client, ground, section=ground.section.pk)

    assert table(page, "Rising this week") == [["Dedans", "0", "20"]]
    assert table(page, "By section") == [[ground.section.title, "20"], ["Industrie", "20"]]
    assert table(page, "Links to other sites") == [["inside.example", "3"]]


def test_links_are_those_that_readers_of_the_language_followed(ground, client):
    french, german = make_article(ground.section, "Ici"), make_article(ground.sections["de"], "Hier")
    click(ground, french, "french.example")
    click(ground, german, "german.example")

    page = report(client, ground, language="de")

    assert table(page, "Links to other sites") == [["german.example", "3"]]
    assert page.find("h2", string="By language") is None


@pytest.mark.parametrize("query", [{}, {"days": 7}, {"language": "de"}, {"section": "first"}])
def test_table_for_the_whole_site_is_labelled(ground, client, query):
    document = make_document("Guide")
    document.collection = media_collection(ground.site)
    document.save()
    DownloadDay.objects.create(site=ground.site, day=today().toordinal(), document=document, views=2)
    if query.get("section"):
        query = {"section": ground.section.pk}

    page = report(client, ground, **query)

    section = page.find("h2", string="Downloads").find_parent("section")
    assert (WHOLE in section.get_text()) == bool({"language", "section"} & set(query))


def test_parameters_survive_redirects(ground, client):
    site = reverse("readership_site", args=[ground.site.pk])
    assert client.get(reverse("readership"), {"days": "90"}).url == f"{site}?days=90"

    form = report(client, ground, days=90, section=ground.section.pk).select_one("form[method=post]")
    response = client.post(form["action"], {"is_counting": "on"})

    assert response.url == f"{site}?days=90&section={ground.section.pk}"
