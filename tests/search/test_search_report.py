"""Site administrators see the queries of their readers and add synonyms and promotions; nobody else does."""

from datetime import date

import pytest
from django.urls import reverse

from portal.editorial.roles import Role, group_of, set_up_newsroom
from search.models import LoggedQuery, SearchSettings
from tests.builders import make_article, make_draft, make_newsroom, make_settings, make_site, newsroom_client
from tests.refusals import is_refused
from tests.search.searching import soup, titles

pytestmark = pytest.mark.django_db


@pytest.fixture
def logged_queries(lorraine, saar):
    for ground, text, result_count in ((lorraine, "usinage", 0), (lorraine, "bois", 7), (saar, "geheimfrage", 0)):
        LoggedQuery.objects.log(ground.site, "fr", text, result_count, date(2026, 3, 1))
    LoggedQuery.objects.log(lorraine.site, "fr", "bois", 9, date(2026, 3, 2))


def rows(response) -> list[list[str]]:
    return [
        [cell.text.strip() for cell in row.select("td")][:5] for row in soup(response).select("table.listing tbody tr")
    ]


def client_of(ground, role=Role.SITE_ADMINISTRATOR):
    return newsroom_client(ground, make_newsroom(ground)[role])


def test_report_has_the_queries_of_the_users_own_sites_only(logged_queries, lorraine):
    client = client_of(lorraine)
    response = client.get(reverse("search_report"))
    assert rows(response) == [["bois", "Lorraine", "fr", "2", "9"], ["usinage", "Lorraine", "fr", "1", "none"]]
    assert "geheimfrage" not in response.content.decode()
    assert [row[0] for row in rows(client.get(reverse("search_report"), {"found": "none"}))] == ["usinage"]
    assert client.get(reverse("search_report"), {"export": "csv"}).status_code == 200


def choices_of_site(client) -> list[str]:
    options = soup(client.get(reverse("search_report"))).select("select[name=site] option, input[name=site] + *")
    return [option.text.strip() for option in options if option.get("value")]


def test_report_offers_no_site_where_one_has_only_one(logged_queries, lorraine):
    assert choices_of_site(client_of(lorraine)) == []


def test_report_offers_the_sites_of_which_one_may_know(logged_queries, lorraine, saar):
    hidden = make_site("verborgen.localhost", name="Verborgen")
    make_settings(hidden, is_unlisted=True)
    person = make_newsroom(lorraine)[Role.SITE_ADMINISTRATOR]
    set_up_newsroom(saar.site)
    person.groups.add(group_of(saar.site, Role.SITE_ADMINISTRATOR))
    client = newsroom_client(lorraine, person)

    assert set(choices_of_site(client)) == {"Lorraine", "Saar"}


def test_report_tells_nothing_to_who_asks_by_the_key_of_another_site(logged_queries, lorraine, saar):
    asked = client_of(lorraine).get(reverse("search_report"), {"site": saar.site.pk})

    assert "geheim" not in asked.content.decode()


@pytest.mark.parametrize("role", [Role.EDITOR, Role.APPROVER, Role.ORGANISER])
def test_others_see_no_report(logged_queries, lorraine, role):
    client = client_of(lorraine, role)
    assert is_refused(client.get(reverse("search_report")))
    address = reverse("search_add", kwargs={"site": lorraine.site.pk, "language": "fr", "kind": "synonyms"})
    assert client.post(address, {"text": "a", "same": "b"}).status_code == 404
    assert not SearchSettings.objects.filter(site=lorraine.site).exclude(synonyms=[]).exists()


def test_synonym_is_added_from_a_query(logged_queries, lorraine):
    make_article(lorraine.section, "Mécanique de précision")
    client = client_of(lorraine)
    address = reverse("search_add", kwargs={"site": lorraine.site.pk, "language": "fr", "kind": "synonyms"})
    form = soup(client.get(address, {"text": "usinage"}))
    assert form.select_one("input[name=text]")["value"] == "usinage"
    assert client.post(address, {"text": "usinage", "same": ""}).status_code == 200
    assert client.post(address, {"text": "usinage", "same": "mécanique de précision, fraisage"}).status_code == 302
    assert titles(lorraine, "usinage") == ["Mécanique de précision"]


def test_promotion_is_added_from_a_query(logged_queries, lorraine):
    page = make_article(lorraine.section, "Mécanique")
    client = client_of(lorraine)
    address = reverse("search_add", kwargs={"site": lorraine.site.pk, "language": "fr", "kind": "promotions"})
    assert client.get(address).status_code == 200
    assert client.post(address, {"text": "usinage", "page": page.pk}).status_code == 302
    answer = soup(lorraine.reader().get("/fr/recherche/", {"q": "usinage"}))
    assert [each.text for each in answer.select(".search__promoted .result__title a")] == ["Mécanique"]


def test_nobody_changes_the_search_settings_of_another_site(logged_queries, lorraine, saar):
    client = client_of(lorraine)
    address = reverse("search_add", kwargs={"site": saar.site.pk, "language": "fr", "kind": "synonyms"})
    assert client.post(address, {"text": "a", "same": "b"}).status_code == 404
    found = SearchSettings.for_site(saar.site)
    assert is_refused(client.get(reverse("wagtailsettings:edit", args=["search", "searchsettings", saar.site.pk])))
    assert not found.synonyms


def test_page_of_another_site_is_not_promoted(logged_queries, lorraine, saar):
    foreign = make_draft(make_article(saar.section, "Geheim"))
    client = client_of(lorraine)
    address = reverse("search_add", kwargs={"site": lorraine.site.pk, "language": "fr", "kind": "promotions"})

    response = client.post(address, {"text": "usinage", "page": foreign.pk})

    assert response.status_code == 200
    assert "Geheim" not in response.content.decode()
    assert not SearchSettings.objects.filter(site=lorraine.site).exclude(promotions=[]).exists()
