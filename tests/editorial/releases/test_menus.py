"""The menu of a site changes with a release: renamed, moved, removed and added entries, and back with its undo."""

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse
from wagtail.models import Page
from wagtail.test.utils.form_data import nested_form_data, streamfield

from portal.content.publication import PublicationRefusedError
from portal.content.records.settings import SiteSettings
from portal.editorial.releases.menus import entries_of, prepare_menu
from portal.editorial.releases.undoing import undo
from portal.editorial.roles import Role
from tests.builders import change, make_article, make_section, newsroom_client
from tests.editorial.drafts import rewrite
from tests.editorial.releases.made import (
    again,
    approve_as,
    carry_out,
    is_seen,
    post,
    release_of,
    screen,
)


def entry(page: Page, label: str = "") -> dict:
    return {"type": "page", "value": {"page": page.pk, "label": label}}


def link(label: str) -> dict:
    return {"type": "link", "value": {"url": "https://partner.example/", "label": label}}


def set_menu(ground, *entries: dict) -> None:
    site_settings = SiteSettings.for_site(ground.site)
    site_settings.navigation = [(each["type"], each["value"]) for each in entries]
    SiteSettings.objects.filter(pk=site_settings.pk).update(navigation=list(entries))


def menu_for_readers(ground) -> list[str]:
    html = ground.reader().get(f"/{ground.home.locale.language_code}/").content
    return [each.get_text(strip=True) for each in BeautifulSoup(html, "html.parser").select(".masthead nav a")]


def labels(ground) -> list[str]:
    menu = entries_of(SiteSettings.objects.get(site=ground.site))
    return [each["value"]["label"] for each in menu]


@pytest.fixture
def chief(newsrooms):
    return newsrooms.lorraine[Role.SITE_ADMINISTRATOR]


@pytest.fixture
def chiefs_desk(lorraine, chief):
    return newsroom_client(lorraine, chief)


@pytest.fixture
def sections(lorraine):
    return [make_section(lorraine.home, title) for title in ("Culture", "Sport")]


@pytest.fixture
def menus(lorraine, saar, sections):
    """The menus of both sites before the release."""
    set_menu(lorraine, entry(sections[0], "Culture"), entry(sections[1], "Sport"), link("Partenaire"))
    set_menu(saar, link("Geheim"))


@pytest.fixture
def release(lorraine, editor, chief, news, sections, menus):
    """A release that renames, moves and removes an entry, and adds another."""
    release = release_of(editor, news)
    prepare_menu(release, lorraine.site, [entry(sections[1], "Stade"), link("Nouveau"), entry(sections[0])], chief)
    return again(release)


BEFORE, AFTER = ["Culture", "Sport", "Partenaire"], ["Stade", "Nouveau", ""]


def test_menu_stays_until_the_minute(lorraine, approver, release):
    approve_as(approver, release)

    assert labels(lorraine) == BEFORE


def test_readers_see_the_new_menu_after_the_minute(lorraine, approver, release):
    approve_as(approver, release)
    assert carry_out(release)

    assert menu_for_readers(lorraine)[:3] == ["Stade", "Nouveau", "Culture"]


def test_menu_of_another_site_stays(saar, approver, release):
    approve_as(approver, release)
    carry_out(release)

    assert labels(saar) == ["Geheim"]


def test_undo_brings_the_menu_back(lorraine, approver, release, news):
    approve_as(approver, release)
    carry_out(release)
    undo(again(release), approver)

    assert labels(lorraine) == BEFORE
    assert not is_seen(lorraine, news)


def test_preview_has_the_new_menu_and_changes_nothing(lorraine, chiefs_desk, release):
    address = f"{reverse('release_preview', args=[release.pk])}{lorraine.site.pk}/fr/"

    text = chiefs_desk.get(address).content.decode()

    assert "Stade" in text
    assert "Partenaire" not in text
    assert labels(lorraine) == BEFORE
    assert "Partenaire" in menu_for_readers(lorraine)


def test_release_is_not_approved_once_the_menu_was_changed(lorraine, approver, release):
    set_menu(lorraine, link("Entre-temps"))

    with pytest.raises(PublicationRefusedError):
        approve_as(approver, release)


def test_menu_that_was_changed_since_the_approval_stops_the_release(lorraine, approver, release, news):
    approve_as(approver, release)
    set_menu(lorraine, link("Entre-temps"))

    assert not carry_out(release)

    assert not is_seen(lorraine, news)
    assert labels(lorraine) == ["Entre-temps"]
    assert lorraine.site.site_name in again(release).failure


def test_menu_that_was_changed_since_stops_the_undo(lorraine, approver, release, news):
    approve_as(approver, release)
    carry_out(release)
    set_menu(lorraine, link("Entre-temps"))

    with pytest.raises(PublicationRefusedError):
        undo(again(release), approver)

    assert is_seen(lorraine, news)


def test_entries_that_only_got_ids_are_no_change(lorraine, approver, release, sections):
    with_ids = [entry(sections[0], "Culture"), entry(sections[1], "Sport"), link("Partenaire")]
    set_menu(
        lorraine, *({**each, "id": f"00000000-0000-0000-0000-00000000000{at}"} for at, each in enumerate(with_ids))
    )
    approve_as(approver, release)

    assert carry_out(release)


def test_menu_prepared_after_the_approvers_look_is_not_approved(lorraine, chief, approver, release):
    desk = newsroom_client(lorraine, approver)
    seen = desk.get(reverse("release", args=[release.pk])).context["seen"]
    prepare_menu(release, lorraine.site, [link("Autre")], chief)

    post(desk, "release_approve", release.pk, seen=seen)

    assert again(release).is_open


def test_menu_is_prepared_in_the_form(lorraine, chiefs_desk, editor, news, menus):
    release = release_of(editor, news)
    address = reverse("release_menu", args=[release.pk, lorraine.site.pk])
    assert "Partenaire" in chiefs_desk.get(address).content.decode()

    value = {"url": "https://elsewhere.example/", "label": "Ailleurs"}
    data = nested_form_data({"navigation": streamfield([("link", value)])})
    chiefs_desk.post(address, data)

    assert again(release).menus[str(lorraine.site.pk)]["after"][0]["value"] == value
    assert "Ailleurs" in screen(chiefs_desk, release)


def test_menu_is_taken_out_of_the_release(lorraine, chiefs_desk, release):
    post(chiefs_desk, "release_menu_remove", release.pk, lorraine.site.pk)

    assert again(release).menus == {}


def test_page_of_another_site_cannot_be_chosen(lorraine, saar, chiefs_desk, editor, news, menus):
    release, foreign = release_of(editor, news), make_article(saar.section, "Geheim")
    data = nested_form_data({"navigation": streamfield([("page", {"page": foreign.pk, "label": ""})])})

    chiefs_desk.post(reverse("release_menu", args=[release.pk, lorraine.site.pk]), data)

    assert again(release).menus == {}


@pytest.mark.parametrize("name", ["release_menu", "release_menu_remove"])
def test_who_may_not_edit_the_menu_prepares_none(lorraine, editor, release, name):
    desk = newsroom_client(lorraine, editor)

    post(desk, name, release.pk, lorraine.site.pk, **nested_form_data({"navigation": streamfield([])}))

    assert list(again(release).menus) == [str(lorraine.site.pk)]
    assert reverse(name, args=[release.pk, lorraine.site.pk]) not in screen(desk, release)


def test_menu_of_another_site_cannot_be_prepared(saar, chiefs_desk, release):
    assert chiefs_desk.get(reverse("release_menu", args=[release.pk, saar.site.pk])).status_code == 404


def test_menu_of_an_approved_release_cannot_be_changed(lorraine, chief, approver, release):
    approve_as(approver, release)

    with pytest.raises(PublicationRefusedError):
        prepare_menu(release, lorraine.site, [link("Autre")], chief)


def test_menu_of_another_site_is_counted_and_not_shown(saar, newsrooms, chiefs_desk, approver, release):
    prepare_menu(release, saar.site, [link("Ganz geheim")], newsrooms.saar[Role.SITE_ADMINISTRATOR])

    response = chiefs_desk.get(reverse("release", args=[release.pk]))

    assert response.context["menus_elsewhere"] == 1
    assert "geheim" not in response.content.decode().lower()
    with pytest.raises(PublicationRefusedError):
        approve_as(approver, release)


def test_home_page_with_other_shelves_changes_with_a_release(lorraine, saar, editor, approver):
    """Shelves are a part of the home page, so a release has its new version."""
    change(lorraine.home, shelves=[("latest", {"title": "Avant les étagères", "count": 3})])
    change(saar.home, shelves=[("latest", {"title": "Geheimes Regal", "count": 3})])
    make_article(lorraine.section, "Une nouvelle")
    home = rewrite(type(lorraine.home).objects.get(pk=lorraine.home.pk), editor)
    draft_of_home = home.get_latest_revision_as_object()
    draft_of_home.shelves = [("latest", {"title": "Après les étagères", "count": 6})]
    draft_of_home.save_revision(user=editor)
    release = release_of(editor, home)
    approve_as(approver, release)

    def shown() -> str:
        return lorraine.reader().get("/fr/").content.decode()

    before = shown()
    carry_out(release)
    after = shown()
    undo(again(release), approver)

    assert "Avant les étagères" in before
    assert "Après les étagères" in after
    assert "Avant les étagères" not in after
    assert "Avant les étagères" in shown()
