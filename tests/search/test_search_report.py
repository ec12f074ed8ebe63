"""The query report shows a site's administrators readers' queries and opened results, without data about readers."""

from dataclasses import replace
from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone
from wagtail.models import ModelLogEntry

from portal.editorial.models import PublicChange
from portal.editorial.roles import Role, group_of, set_up_newsroom
from search.models import LoggedQuery, OpenedPlace, SearchSettings
from search.views import OPENED
from tests.builders import make_article, make_draft, make_newsroom, make_settings, make_site, newsroom_client
from tests.checkers.refusals import is_refused
from tests.search.searching import page_of, shown, soup, stories, titles

pytestmark = pytest.mark.django_db

DAY = date(2026, 3, 1)
ADDRESS = "/fr/recherche/opened"


@pytest.fixture
def logged_queries(lorraine, saar):
    for ground, text, result_count in ((lorraine, "usinage", 0), (lorraine, "bois", 7), (saar, "geheimfrage", 0)):
        LoggedQuery.objects.log(ground.site, "fr", text, result_count, DAY)
    LoggedQuery.objects.log(lorraine.site, "fr", "bois", 9, date(2026, 3, 2))


def rows(response, cells: int = 5) -> list[list[str]]:
    found = soup(response).select("table.listing tbody tr")
    return [[cell.text.strip() for cell in row.select("td")][:cells] for row in found]


def client_of(ground, role=Role.SITE_ADMINISTRATOR):
    return newsroom_client(ground, make_newsroom(ground)[role])


def add_address(ground, kind: str) -> str:
    return reverse("search_add", kwargs={"site": ground.site.pk, "language": "fr", "kind": kind})


def choices_of_site(client) -> list[str]:
    options = soup(client.get(reverse("search_report"))).select("select[name=site] option, input[name=site] + *")
    return [option.text.strip() for option in options if option.get("value")]


def test_report_has_the_queries_of_the_users_own_sites_only(logged_queries, lorraine, saar):
    client = client_of(lorraine)
    response = client.get(reverse("search_report"))
    assert rows(response) == [["bois", "Lorraine", "fr", "2", "9"], ["usinage", "Lorraine", "fr", "1", "none"]]
    assert [row[0] for row in rows(client.get(reverse("search_report"), {"found": "none"}))] == ["usinage"]
    assert client.get(reverse("search_report"), {"export": "csv"}).status_code == 200
    for other in (response, client.get(reverse("search_report"), {"site": saar.site.pk})):
        assert "geheim" not in other.text
    assert choices_of_site(client) == []


def test_report_offers_the_sites_of_the_user(logged_queries, lorraine, saar):
    make_settings(make_site("verborgen.localhost", name="Verborgen"), is_unlisted=True)
    person = make_newsroom(lorraine)[Role.SITE_ADMINISTRATOR]
    set_up_newsroom(saar.site)
    person.groups.add(group_of(saar.site, Role.SITE_ADMINISTRATOR))
    assert set(choices_of_site(newsroom_client(lorraine, person))) == {"Lorraine", "Saar"}


@pytest.mark.parametrize("role", [Role.EDITOR, Role.APPROVER, Role.ORGANISER])
def test_others_see_no_report(logged_queries, lorraine, role):
    client = client_of(lorraine, role)
    assert is_refused(client.get(reverse("search_report")))
    assert client.post(add_address(lorraine, "synonyms"), {"text": "a", "same": "b"}).status_code == 404
    assert not SearchSettings.objects.filter(site=lorraine.site).exclude(synonyms=[]).exists()


def test_synonym_is_added_from_a_query(logged_queries, lorraine):
    stories(lorraine, "Mécanique de précision")
    client, address = client_of(lorraine), add_address(lorraine, "synonyms")
    assert soup(client.get(address, {"text": "usinage"})).select_one("input[name=text]")["value"] == "usinage"
    assert client.post(address, {"text": "usinage", "same": ""}).status_code == 200
    assert client.post(address, {"text": "usinage", "same": "mécanique de précision, fraisage"}).status_code == 302
    assert titles(lorraine, "usinage") == ["Mécanique de précision"]


def test_added_synonym_is_logged_and_mailed_to_the_approvers(lorraine, saar):
    client = client_of(lorraine)
    client.post(add_address(lorraine, "synonyms"), {"text": "usinage", "same": "fraisage"})
    found = SearchSettings.for_site(lorraine.site)
    assert ModelLogEntry.objects.for_instance(found).values_list("action", flat=True).get() == "wagtail.edit"
    assert list(PublicChange.objects.values_list("site", "model")) == [(lorraine.site.pk, "search.SearchSettings")]


def test_synonym_in_a_language_of_no_page_is_not_found(lorraine):
    address = add_address(lorraine, "synonyms").replace("/fr/", "/xx/")
    assert client_of(lorraine).post(address, {"text": "usinage", "same": "fraisage"}).status_code == 404


def test_promotion_is_added_from_a_query(logged_queries, lorraine):
    [page] = stories(lorraine, "Mécanique")
    client, address = client_of(lorraine), add_address(lorraine, "promotions")
    assert client.get(address).status_code == 200
    assert client.post(address, {"text": "usinage", "page": page.pk}).status_code == 302
    assert shown(page_of(lorraine.reader(), "usinage"), ".search__promoted") == ["Mécanique"]


def test_settings_and_pages_of_another_site_are_not_accessible(logged_queries, lorraine, saar):
    client = client_of(lorraine)
    assert client.post(add_address(saar, "synonyms"), {"text": "a", "same": "b"}).status_code == 404
    found = SearchSettings.for_site(saar.site)
    assert is_refused(client.get(reverse("wagtailsettings:edit", args=["search", "searchsettings", saar.site.pk])))
    assert not found.synonyms
    foreign = make_draft(make_article(saar.section, "Geheim"))
    response = client.post(add_address(lorraine, "promotions"), {"text": "usinage", "page": foreign.pk})
    assert response.status_code == 200
    assert "Geheim" not in response.text
    assert not SearchSettings.objects.filter(site=lorraine.site).exclude(promotions=[]).exists()


@pytest.fixture
def searched(lorraine, saar, reader):
    """The results page for a query that was counted on both sites."""
    stories(lorraine, "La fonderie")
    LoggedQuery.objects.log(saar.site, "fr", "fonderie", 3, timezone.localdate())
    return page_of(reader, "Fonderie")


def opened_of(ground) -> list[tuple[int, int]]:
    return list(OpenedPlace.objects.filter(query__site=ground.site).values_list("place", "times"))


def test_opened_result_is_counted_at_its_rank_and_its_search_once(searched, lorraine, saar, reader):
    found = searched.select_one("[data-opened-url]")
    assert (found["data-opened-url"], found["data-query"], found["data-first-place"]) == (ADDRESS, "Fonderie", "1")
    for facts in ({"first": "on"}, {"first": "on"}, {}):
        assert reader.post(ADDRESS, {"q": " fonderie", "place": 2, **facts}).status_code == 204
    assert opened_of(lorraine) == [(2, 3)]
    assert opened_of(saar) == []
    assert LoggedQuery.objects.get(site=lorraine.site).opened == 1


@pytest.mark.parametrize(
    ("facts", "origin"),
    [
        ({}, "same-origin"),
        ({"q": "fonderie"}, "same-origin"),
        ({"q": "fonderie", "place": "-1"}, "same-origin"),
        ({"q": "jamais", "place": 1}, "same-origin"),
        ({"q": "fonderie", "place": 1}, "cross-site"),
    ],
)
def test_invalid_reports_and_those_of_another_site_are_ignored(searched, reader, facts, origin):
    assert reader.post(ADDRESS, facts, headers={"sec-fetch-site": origin}).status_code == 204
    assert not OpenedPlace.objects.exists()


def test_reports_of_one_source_are_limited(searched, lorraine, reader, monkeypatch):
    monkeypatch.setattr("search.views.OPENED", replace(OPENED, most=2))
    for _ in range(4):
        reader.post(ADDRESS, {"q": "fonderie", "place": 1})
    assert opened_of(lorraine) == [(1, 2)]


def test_report_shows_ranks_and_searches_without_opened_results(lorraine, saar):
    for ground in (lorraine, saar):
        for text in ("fonderie", "scierie", "fonderie", "scierie"):
            LoggedQuery.objects.log(ground.site, "fr", text, 4, DAY)
    LoggedQuery.objects.count_opened(lorraine.site, "fr", "fonderie", 3, DAY, is_first=True)
    LoggedQuery.objects.count_opened(saar.site, "fr", "fonderie", 9, DAY, is_first=True)
    client = client_of(lorraine)
    assert rows(client.get(reverse("search_report")), 7) == [
        ["fonderie", "Lorraine", "fr", "2", "4", "1 of 2", "3: 1×"],
        ["scierie", "Lorraine", "fr", "2", "4", "0 of 2", ""],
    ]
    assert [row[0] for row in rows(client.get(reverse("search_report"), {"found": "left"}))] == ["scierie"]
