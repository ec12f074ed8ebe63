"""Missing addresses are counted without data about readers, and become redirects with one click."""

from datetime import timedelta
from urllib.parse import quote

import pytest
from django.urls import reverse
from django.utils import timezone
from wagtail.contrib.redirects.models import Redirect

from portal.editorial.roles import Role
from portal.readership import writing
from portal.readership.models import MissingDay, ReadershipChoices
from portal.readership.newsroom.missing import missing_addresses
from portal.readership.periodic import delete_old_missing_addresses
from tests.builders import make_article, newsroom_client
from tests.checkers.refusals import is_refused

pytestmark = pytest.mark.django_db


def counted(watched) -> list[tuple[int, str, int]]:
    watched.write()
    return list(MissingDay.objects.order_by("path").values_list("site", "path", "views"))


def missing(ground, path: str, views: int = 2, days: int = 0) -> MissingDay:
    day = timezone.localdate() - timedelta(days=days)
    return MissingDay.objects.create(site=ground.site, path=path, day=day.toordinal(), views=views)


def test_address_that_is_missing_is_counted_without_its_query(watched, lorraine):
    assert watched.request(lorraine, "/2019/03/le-four.html?nom=Claire")[0].startswith("404")

    assert counted(watched) == [(lorraine.site.pk, "/2019/03/le-four.html", 1)]


def test_address_with_letters_beyond_ascii_is_readable(watched, lorraine):
    watched.request(lorraine, quote("/ancienne-actualité/"))

    assert [path for _site, path, _views in counted(watched)] == ["/ancienne-actualité/"]


@pytest.mark.parametrize(
    "path",
    [
        "/fr/_newsletter/confirm/12-1:abcdefghij/",
        "/claire@reader.example/",
        "/reset/aGVsbG8gd29ybGQgdGhpcyBpcyBhIHNlY3JldCB0b2tlbg/",
        "/reset/aGVsbG8g-d29ybGQgdGhpcyBpcyBhIHNl_Y3JldCB0b2tlbg/",
        "/reset/3f2504e04f8941d39a0c0305e82c3301/",
        "/reset/3f2504e0-4f89-41d3-9a0c-0305e82c3301/",
        "/.env",
        "/wp-login.php",
        "/" + "a-" * 150,
    ],
)
def test_address_that_may_be_secret_or_a_scan_is_not_counted(watched, lorraine, path):
    watched.request(lorraine, path)

    assert counted(watched) == []


@pytest.mark.parametrize("path", ["/2019/03/le-four-2.html", "/Rapport-Annuel-2023-de-la-Lorraine_(FR).aspx"])
def test_usual_address_is_not_secret(watched, lorraine, path):
    watched.request(lorraine, path)

    assert counted(watched) == [(lorraine.site.pk, path, 1)]


def test_page_that_was_found_is_not_counted(watched, lorraine):
    watched.read(lorraine, make_article(lorraine.section, "Le four"))

    assert counted(watched) == []


def test_reader_who_objects_and_site_that_does_not_count_are_left_out(watched, lorraine, saar):
    ReadershipChoices.objects.create(site=saar.site, is_counting=False)
    watched.request(saar, "/fehlt-ganz/")
    watched.request(lorraine, "/manque/", sec_gpc="1")

    assert counted(watched) == []


def test_number_of_different_addresses_is_bounded(watched, lorraine, monkeypatch):
    monkeypatch.setattr(writing, "MOST_MISSING", 2)
    for name in ("a", "b"):
        watched.request(lorraine, f"/{name}-{name}/")
    counted(watched)
    watched.request(lorraine, "/c-c/")

    assert [path for _site, path, _views in counted(watched)] == ["/a-a/", "/b-b/"]


def test_old_addresses_are_deleted(lorraine):
    missing(lorraine, "/vieux/", days=31)
    kept = missing(lorraine, "/neuf/", days=29)

    delete_old_missing_addresses(timezone.now())

    assert list(MissingDay.objects.all()) == [kept]


@pytest.fixture
def report(lorraine) -> str:
    return reverse("readership_missing", args=[lorraine.site.pk])


def test_report_has_the_addresses_of_its_site_that_were_missing_twice(lorraine, saar, administrator, report):
    missing(lorraine, "/ancien/", views=3)
    missing(lorraine, "/une-fois/", views=1)
    missing(saar, "/fremd/")

    page = administrator.get(report).text

    assert "/ancien/" in page
    assert "/une-fois/" not in page
    assert "/fremd/" not in page


def test_address_that_leads_somewhere_by_now_is_left_out(lorraine):
    missing(lorraine, "/ancien/")
    Redirect.objects.create(site=lorraine.site, old_path="/ancien", redirect_link="https://example.org/")

    assert missing_addresses(lorraine.site, timezone.now()) == []


def test_many_addresses_that_lead_somewhere_do_not_hide_one_that_does_not(lorraine):
    for number in range(61):
        missing(lorraine, f"/ancien-{number}", views=9)
        Redirect.objects.create(site=lorraine.site, old_path=f"/ancien-{number}", redirect_link="https://example.org/")
    missing(lorraine, "/oublie")

    assert [each.path for each in missing_addresses(lorraine.site, timezone.now())] == ["/oublie"]


def test_page_with_the_same_slug_is_proposed(lorraine, saar):
    make_article(saar.section, "Autre", slug="four-rallume")
    page = make_article(lorraine.section, "Le four", slug="four-rallume")
    missing(lorraine, "/2019/03/four-rallume.html")

    (found,) = missing_addresses(lorraine.site, timezone.now())

    assert found.page.pk == page.pk


def test_page_found_by_a_search_is_proposed(lorraine, saar, settings):
    settings.WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "search.admin_backend"}}
    make_article(saar.section, "La fonderie thionvilloise rallume")
    page = make_article(lorraine.section, "La fonderie rallume son four")
    missing(lorraine, "/2019/03/fonderie-article")

    (found,) = missing_addresses(lorraine.site, timezone.now())

    assert found.page.pk == page.pk


def test_one_click_creates_the_redirect_and_removes_the_row(lorraine, administrator, report):
    page = make_article(lorraine.section, "Le four", slug="four-rallume")
    missing(lorraine, "/2019/03/four-rallume.html")

    administrator.post(report, {"old_path": "/2019/03/four-rallume.html", "page": page.pk})

    redirect = Redirect.objects.get()
    assert (redirect.site, redirect.old_path, redirect.redirect_page_id, redirect.is_permanent) == (
        lorraine.site,
        "/2019/03/four-rallume.html",
        page.pk,
        True,
    )
    assert not MissingDay.objects.exists()


def test_page_of_another_site_cannot_be_a_target(lorraine, saar, administrator, report):
    page = make_article(saar.section, "Fremd")

    administrator.post(report, {"old_path": "/ancien", "page": page.pk})

    assert not Redirect.objects.exists()


def test_report_of_another_site_is_not_found(saar, administrator):
    missing(saar, "/fremd/")
    url = reverse("readership_missing", args=[saar.site.pk])

    assert administrator.get(url).status_code == 404
    assert administrator.post(url, {"old_path": "/fremd", "page": saar.section.pk}).status_code == 404
    assert not Redirect.objects.exists()


@pytest.mark.parametrize("role", [Role.EDITOR, Role.APPROVER])
def test_only_administrators_see_the_report(lorraine, newsroom, report, role):
    response = newsroom_client(lorraine, newsroom[role]).get(report)

    assert response.status_code == 404 or is_refused(response)


def test_other_target_is_chosen_in_a_form_that_has_the_address(lorraine, administrator):
    url = reverse("site_redirects_add", query={"site": lorraine.site.pk, "old_path": "/ancien/"})

    form = administrator.get(url).context["form"]

    assert (form["old_path"].value(), form["site"].value()) == ("/ancien/", str(lorraine.site.pk))


def test_address_with_two_leading_slashes_does_not_break_the_report(watched, lorraine, administrator, report):
    for _reader in range(2):
        watched.request(lorraine, "//%5Bancien/")
    watched.write()

    assert "//[ancien/" in administrator.get(report).text


def test_address_with_a_space_is_left_out_once_it_leads_somewhere(lorraine):
    missing(lorraine, "/notre rapport/")
    Redirect.objects.create(site=lorraine.site, old_path="/notre%20rapport", redirect_link="https://example.org/")

    assert missing_addresses(lorraine.site, timezone.now()) == []
