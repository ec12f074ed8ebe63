"""Which results readers open is counted by query and place, without anything of the reader."""

from dataclasses import replace
from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from portal.editorial.roles import Role
from search.models import LoggedQuery, OpenedPlace
from search.views import OPENED
from tests.builders import make_article, make_newsroom, newsroom_client
from tests.search.searching import get_results, soup

pytestmark = pytest.mark.django_db

ADDRESS = "/fr/recherche/opened"


@pytest.fixture
def asked(lorraine, saar, reader):
    make_article(lorraine.section, "La fonderie")
    get_results(reader, "Fonderie")
    LoggedQuery.objects.log(saar.site, "fr", "fonderie", 3, timezone.localdate())


def opened_of(ground) -> list[tuple[int, int]]:
    return list(OpenedPlace.objects.filter(query__site=ground.site).values_list("place", "times"))


def test_opened_result_is_counted_at_its_place_on_its_site(asked, lorraine, saar, reader):
    for facts in ({"place": 2, "first": "on"}, {"place": 2}):
        assert reader.post(ADDRESS, {"q": " fonderie", **facts}).status_code == 204
    assert opened_of(lorraine) == [(2, 2)]
    assert opened_of(saar) == []
    assert LoggedQuery.objects.get(site=lorraine.site).opened == 1


def test_search_leads_to_a_page_once_however_often_it_is_reported(asked, lorraine, reader):
    for _ in range(3):
        reader.post(ADDRESS, {"q": "fonderie", "place": 1, "first": "on"})
    assert LoggedQuery.objects.get(site=lorraine.site).opened == 1


@pytest.mark.parametrize(
    "facts", [{}, {"q": "fonderie"}, {"q": "fonderie", "place": "-1"}, {"q": "jamais", "place": 1}]
)
def test_report_of_nothing_is_not_counted(asked, reader, facts):
    assert reader.post(ADDRESS, facts).status_code == 204
    assert not OpenedPlace.objects.exists()


def test_page_of_somebody_else_counts_nothing(asked, reader):
    facts = {"q": "fonderie", "place": 1}
    assert reader.post(ADDRESS, facts, headers={"sec-fetch-site": "cross-site"}).status_code == 204
    assert not OpenedPlace.objects.exists()


def test_reports_of_one_source_are_limited(asked, lorraine, reader, monkeypatch):
    monkeypatch.setattr("search.views.OPENED", replace(OPENED, most=2))
    for _ in range(4):
        reader.post(ADDRESS, {"q": "fonderie", "place": 1})
    assert opened_of(lorraine) == [(1, 2)]


def test_results_page_says_what_its_script_reports(asked, reader):
    found = soup(get_results(reader, "fonderie")).select_one("[data-opened-url]")
    assert (found["data-opened-url"], found["data-query"], found["data-first-place"]) == (ADDRESS, "fonderie", "1")


def test_report_shows_places_and_what_was_left(lorraine, saar):
    day = date(2026, 3, 1)
    for text in ("fonderie", "scierie"):
        for ground in (lorraine, saar):
            LoggedQuery.objects.log(ground.site, "fr", text, 4, day)
            LoggedQuery.objects.log(ground.site, "fr", text, 4, day)
    LoggedQuery.objects.count_opened(lorraine.site, "fr", "fonderie", 3, day, is_first=True)
    LoggedQuery.objects.count_opened(saar.site, "fr", "fonderie", 9, day, is_first=True)
    client = newsroom_client(lorraine, make_newsroom(lorraine)[Role.SITE_ADMINISTRATOR])
    rows = [
        [cell.text.strip() for cell in row.select("td")][:7]
        for row in soup(client.get(reverse("search_report"))).select("table.listing tbody tr")
    ]
    assert rows == [
        ["fonderie", "Lorraine", "fr", "2", "4", "1 of 2", "3: 1×"],
        ["scierie", "Lorraine", "fr", "2", "4", "0 of 2", ""],
    ]
    left = soup(client.get(reverse("search_report"), {"found": "left"}))
    assert [row.text.strip() for row in left.select("td.title")] == ["scierie"]
