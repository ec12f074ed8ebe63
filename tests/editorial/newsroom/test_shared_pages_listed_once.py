"""A page that several sites show is listed once on each of them, and belongs to the site that wrote it."""

import json

import pytest
from bs4 import BeautifulSoup
from django.utils import timezone

from portal.editorial.roles import Role
from portal.editorial.sharing.shares import accept, offer, withdraw
from tests.builders import change, make_article, make_event, make_site, make_topic
from tests.search.searching import search, titles

TITLE = "La xylothèque recrute"


@pytest.fixture
def story(lorraine):
    return make_article(lorraine.section, TITLE, slug="xylotheque", topics=[make_topic("Bois")])


@pytest.fixture
def share(newsrooms, lorraine, saar, story):
    now = timezone.now()
    [share] = offer(story, [saar.site], newsrooms.lorraine[Role.APPROVER])
    accept(share, saar.sections["fr"], newsrooms.saar[Role.APPROVER], now, now)
    return share


def in_feed(ground, path="/fr/feed.json") -> list[dict]:
    return [item for item in json.loads(ground.reader().get(path).content)["items"] if item["title"] == TITLE]


def mapped(ground) -> str:
    index = BeautifulSoup(ground.reader().get("/sitemap.xml").content, "xml")
    parts = [found.text.removeprefix(f"http://{ground.host}") for found in index.find_all("loc")]
    return "".join(ground.reader().get(part).content.decode() for part in parts if "news" not in part)


def test_search_of_each_site_finds_it_once(lorraine, saar, share):
    assert titles(lorraine, "xylothèque") == [TITLE]
    assert titles(saar, "xylothèque", languages="all") == [TITLE]


def test_network_search_finds_it_once_on_its_own_site(lorraine, saar, share):
    for ground in (lorraine, saar):
        found = search(ground, "xylothèque", sites="all", languages="all")
        assert [result.url.removeprefix(lorraine.site.root_url) for result in found.page_results] == [
            "/fr/rubrique/xylotheque/"
        ]
        assert found.total == 1
        assert found.page_results[0].site_name == ("" if ground is lorraine else lorraine.site.site_name)


def test_feed_of_each_site_has_it_once(lorraine, saar, share):
    for ground in (lorraine, saar):
        assert len(in_feed(ground)) == 1
        assert len(in_feed(ground, "/fr/rubrique/feed.json")) == 1


def test_only_the_sitemap_of_its_own_site_has_it(lorraine, saar, share):
    assert mapped(lorraine).count(f"<loc>http://{lorraine.host}/fr/rubrique/xylotheque/</loc>") == 1
    assert "xylotheque" not in mapped(saar)


def test_network_shelf_of_a_third_site_shows_it_once(lorraine, share):
    third = make_site("moselle.localhost")
    change(third.home, shelves=[("network", {"title": "Chez nos voisins", "topic": None, "count": 6})])

    page = BeautifulSoup(third.reader().get("/fr/").content, "html.parser")

    found = [link["href"] for link in page.select("a") if link.text.strip() == TITLE]
    assert found == [f"{lorraine.site.root_url}/fr/rubrique/xylotheque/"]


def test_withdrawal_removes_it_everywhere(lorraine, saar, newsrooms, share):
    withdraw(share, newsrooms.lorraine[Role.APPROVER])

    assert titles(saar, "xylothèque", languages="all") == []
    assert in_feed(saar) == []
    assert titles(lorraine, "xylothèque") == [TITLE]
    assert len(in_feed(lorraine)) == 1


def test_event_is_once_in_the_calendar_file_of_each_site_with_the_same_uid(lorraine, saar, newsrooms):
    event = make_event(lorraine.calendar, "Salon de la xylothèque")
    now = timezone.now()
    [share] = offer(event, [saar.site], newsrooms.lorraine[Role.APPROVER])
    accept(share, saar.calendars["fr"], newsrooms.saar[Role.APPROVER], now, now)

    names = set()
    for ground in (lorraine, saar):
        file = ground.reader().get("/calendar.ics").content.decode().replace("\r\n ", "")
        block = [each for each in file.split("BEGIN:VEVENT")[1:] if "Salon de la xylothèque" in each]
        assert len(block) == 1
        names.add(next(line for line in block[0].splitlines() if line.startswith("UID")))
    assert len(names) == 1
