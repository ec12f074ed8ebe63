"""A release is previewed as a whole: the site as readers will see it, which changes nothing and sends nothing."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page, Site

from portal.content.records.settings import SiteSettings
from portal.content.serving.snapshot import last_snapshot_of
from portal.editorial.records.releases import Release
from portal.editorial.releases import previewing
from portal.editorial.releases.building import add_page
from portal.editorial.roles import Role
from tests.builders import change, make_article, make_section, newsroom_client
from tests.editorial.drafts import draft, rewrite
from tests.editorial.releases.made import MOVE, TAKE_DOWN, approve_as, in_an_hour, is_seen, release_of
from tests.editorial.trash.dump import differences, dump

# The client's session is written by each of its requests.
SESSIONS = {"sessions.Session", "usersessions.UserSession"}


@pytest.fixture
def release(lorraine, editor, news, rewritten, old):
    change(lorraine.home, shelves=[("latest", {"title": "", "count": 6})])
    release = release_of(editor, news, rewritten)
    add_page(release, old, TAKE_DOWN, editor)
    return release


@pytest.fixture
def desk(lorraine, editor):
    return newsroom_client(lorraine, editor)


def preview(client, release, ground, path: str = "/fr/", **params: str):
    return client.get(f"{reverse('release_preview', args=[release.pk])}{ground.site.pk}{path}", params)


def text_of(response) -> str:
    return response.content.decode()


@pytest.mark.parametrize("path", ["/fr/", "/fr/rubrique/", "/fr/feed.rss", "/api/v2/pages/?type=articles.ArticlePage"])
def test_home_list_feed_and_api_are_as_after_the_release(desk, lorraine, release, path):
    response = preview(desk, release, lorraine, path)

    text = text_of(response)
    assert response.status_code == 200
    assert "Le budget est voté" in text
    assert "Après" in text
    assert "Ancien budget" not in text


def test_search_finds_what_readers_will_find(desk, lorraine, release, news, old):
    assert lorraine.address(news) in text_of(preview(desk, release, lorraine, "/fr/recherche/", q="voté"))
    assert lorraine.address(old) not in text_of(preview(desk, release, lorraine, "/fr/recherche/", q="ancien"))


def test_page_is_as_after_the_release(desk, lorraine, release, news, old):
    assert preview(desk, release, lorraine, lorraine.address(news)).status_code == 200
    assert preview(desk, release, lorraine, lorraine.address(old)).status_code == 410


def test_bar_names_the_release(desk, lorraine, release):
    bar = text_of(preview(desk, release, lorraine)).partition("guest-banner")[2].partition("</aside>")[0]

    assert "Le budget" in bar


def test_links_stay_within_the_preview(desk, lorraine, release, news):
    start = reverse("release_preview", args=[release.pk])

    text = text_of(preview(desk, release, lorraine))

    assert f'href="{start}{lorraine.site.pk}{lorraine.address(news)}"' in text
    assert '<a href="/fr/' not in text
    assert 'action="/fr/' not in text


def test_links_to_another_site_stay_within_the_preview(desk, lorraine, saar, release):
    start = reverse("release_preview", args=[release.pk])

    assert f'href="{start}{saar.site.pk}/' in text_of(preview(desk, release, lorraine))


def test_redirect_stays_within_the_preview(desk, lorraine, release):
    start = reverse("release_preview", args=[release.pk])

    assert desk.get(start)["Location"] == f"{start}{lorraine.site.pk}/fr/"
    assert preview(desk, release, lorraine, "/")["Location"] == f"{start}{lorraine.site.pk}/fr/"


def test_preview_changes_nothing_and_sends_nothing(
    desk, lorraine, release, news, mailoutbox, django_capture_on_commit_callbacks
):
    preview(desk, release, lorraine)
    before = dump(SESSIONS)

    with django_capture_on_commit_callbacks() as callbacks:
        preview(desk, release, lorraine)
        preview(desk, release, lorraine, "/fr/recherche/", q="budget")

    assert differences(before, dump(SESSIONS)) == {}
    assert callbacks == []
    assert mailoutbox == []


def test_readers_see_nothing_of_it(desk, lorraine, release, news, old):
    reader = lorraine.reader()
    before = reader.get("/fr/").content

    preview(desk, release, lorraine)

    assert reader.get("/fr/").content == before
    assert is_seen(lorraine, old)
    assert not is_seen(lorraine, news)


def test_new_address_of_a_home_page_does_not_leak(desk, lorraine, editor):
    home = rewrite(lorraine.home, editor, slug="autre-accueil")
    release = release_of(editor, home)

    preview(desk, release, lorraine)

    assert Page.objects.get(pk=home.pk).url_path in {each.root_path for each in Site.get_site_root_paths()}


def test_preview_is_stored_nowhere(desk, lorraine, release):
    response = preview(desk, release, lorraine)

    assert {"no-store", "private"} <= set(response["Cache-Control"].split(", "))
    assert "ETag" not in response


def test_approved_release_is_previewed(desk, lorraine, approver, release):
    approve_as(approver, release)

    assert "Après" in text_of(preview(desk, release, lorraine))


def test_text_under_embargo_is_previewed(desk, lorraine, editor):
    release = release_of(editor, at=in_an_hour())
    add_page(release, draft(lorraine, editor, "Sous embargo", embargo_until=release.at), "publish", editor)

    assert "Sous embargo" in text_of(preview(desk, release, lorraine, "/fr/rubrique/"))


def test_moved_page_is_at_its_new_place(desk, lorraine, editor):
    page, place = make_article(lorraine.section, "Question", slug="question"), make_section(lorraine.home, "Finances")
    release = release_of(editor)
    add_page(release, page, MOVE, editor, place)

    assert preview(desk, release, lorraine, f"{lorraine.address(place)}question/").status_code == 200


def test_form_in_a_preview_sends_nothing(desk, lorraine, release):
    address = f"{reverse('release_preview', args=[release.pk])}{lorraine.site.pk}/fr/"
    strict = Client(enforce_csrf_checks=True, headers={"host": lorraine.site.hostname})
    strict.cookies = desk.cookies

    assert strict.post(address, {"email": "a@portal.example"}).status_code == 405


def test_obstacle_is_named_instead(desk, lorraine, release, old):
    Page.objects.get(pk=old.pk).specific.unpublish()

    response = preview(desk, release, lorraine)

    assert response.status_code == 409
    assert "Ancien budget" in text_of(response)


def test_preview_does_not_delay_a_release_that_is_about_to_appear(desk, lorraine, editor, approver, release):
    other = release_of(editor, draft(lorraine, editor, "Autre"), at=timezone.now() + timedelta(seconds=20))
    approve_as(approver, other)

    response = preview(desk, release, lorraine)

    assert response.status_code == 503
    assert response["Retry-After"]


def test_release_that_has_failed_delays_no_preview(desk, lorraine, editor, approver, release):
    other = release_of(editor, draft(lorraine, editor, "Autre"), at=timezone.now() + timedelta(seconds=20))
    approve_as(approver, other)
    Release.objects.filter(pk=other.pk).update(at=timezone.now() - timedelta(minutes=5))

    assert preview(desk, release, lorraine).status_code == 200


def test_snapshot_of_a_preview_is_forgotten(desk, lorraine, release):
    lorraine.reader().get("/fr/")
    before = last_snapshot_of(lorraine.host, "80")
    preview(desk, release, lorraine)

    assert last_snapshot_of(lorraine.host, "80") is before


def test_entry_of_the_menu_appears_with_its_page(desk, lorraine, editor, news):
    block = {"type": "page", "value": {"page": news.pk, "label": "Au menu"}}
    SiteSettings.objects.filter(site=lorraine.site).update(navigation=[block])

    assert "Au menu" in text_of(preview(desk, release_of(editor, news), lorraine))
    assert "Au menu" not in text_of(lorraine.reader().get("/fr/"))


def test_large_release_is_not_previewed_as_a_whole(desk, lorraine, release, monkeypatch):
    monkeypatch.setitem(previewing.MAX_PAGES, connection.vendor, 2)

    assert preview(desk, release, lorraine).status_code == 409


def test_pages_of_another_site_are_left_out(saar, newsrooms, desk, lorraine, editor, release):
    foreign = draft(saar, newsrooms.saar[Role.EDITOR], "Geheimer Haushalt")
    add_page(release, foreign, "publish", newsrooms.saar[Role.EDITOR])

    assert "Geheimer" not in text_of(preview(desk, release, saar, "/de/rubrique/"))
    assert "Après" in text_of(preview(desk, release, lorraine))


def test_readers_and_other_newsrooms_have_no_preview(saar, newsrooms, lorraine, newsroom, release):
    foreign = newsroom_client(lorraine, newsrooms.saar[Role.EDITOR])
    organiser = newsroom_client(lorraine, newsroom[Role.ORGANISER])

    assert preview(foreign, release, lorraine).status_code == 404
    assert preview(organiser, release, lorraine).status_code == 404
    assert preview(lorraine.reader(), release, lorraine).status_code in (302, 404)


def test_closed_site_of_the_newsroom_is_previewed(desk, lorraine, saar, release):
    SiteSettings.objects.update(is_closed=True)

    assert preview(desk, release, lorraine).status_code == 200
    assert preview(desk, release, saar, "/de/").status_code == 503


@pytest.mark.parametrize("path", ["/admin/", "/documents/1/x.pdf", "/static/css/portal.css"])
def test_files_and_the_newsroom_are_no_part_of_a_preview(desk, lorraine, release, path):
    assert preview(desk, release, lorraine, path).status_code == 404
