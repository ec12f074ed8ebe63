"""The screens of releases: who sees and changes what, and that nothing of another site shows."""

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localtime

from portal.editorial.records.releases import Release
from portal.editorial.releases.building import add_page
from portal.editorial.roles import Role, group_of
from portal.editorial.trash.deleting import put_into_trash
from tests.builders import make_article, make_member, make_section, newsroom_client, work_off
from tests.editorial.drafts import draft, rewrite
from tests.editorial.releases.made import (
    TAKE_DOWN,
    again,
    approve_as,
    carry_out,
    in_an_hour,
    is_seen,
    item_of,
    post,
    release_of,
    screen,
)


@pytest.fixture
def release(editor, news):
    return release_of(editor, news)


@pytest.fixture
def desk(lorraine, editor):
    return newsroom_client(lorraine, editor)


@pytest.fixture
def approvers_desk(lorraine, approver):
    return newsroom_client(lorraine, approver)


@pytest.fixture
def decoy(saar, newsrooms):
    """A release of the other site."""
    own = draft(saar, newsrooms.saar[Role.EDITOR], "Geheimer Haushalt")
    return release_of(newsrooms.saar[Role.EDITOR], own, title="Geheime Sammlung")


def listed(client) -> str:
    return client.get(reverse("releases")).content.decode()


def test_release_is_begun_with_title_minute_and_note(desk):
    when = localtime(in_an_hour())
    post(desk, "release_add", title="La rentrée", at=f"{when:%d.%m.%Y %H:%M}", note="Ensemble")

    begun = Release.objects.get()
    assert (begun.title, begun.note, localtime(begun.at)) == ("La rentrée", "Ensemble", when)


def test_past_minute_is_refused_and_the_input_stays(desk):
    html = post(desk, "release_add", title="La rentrée", at="01.01.2020 10:00", note="").content.decode()

    assert not Release.objects.exists()
    assert "La rentrée" in html


def test_page_is_added_from_the_release(desk, lorraine, editor, release):
    other = draft(lorraine, editor, "Une analyse")
    assert "Une analyse" in screen(desk, release)

    post(desk, "release_add_page", release.pk, page=other.pk, action="publish")

    assert item_of(release, other).revision == other.latest_revision


def test_page_is_added_from_its_own_button(desk, lorraine, editor, release):
    other = draft(lorraine, editor, "Une analyse")
    assert (
        reverse("release_page", args=[other.pk])
        in desk.get(reverse("wagtailadmin_pages:edit", args=[other.pk])).content.decode()
    )

    post(desk, "release_page", other.pk, release=release.pk, action="publish")

    assert release.items.count() == 2


def test_page_is_moved_with_a_release(desk, lorraine, release):
    page, place = make_article(lorraine.section, "Question"), make_section(lorraine.home, "Finances")

    post(desk, "release_page", page.pk, release=release.pk, action="move", parent=place.pk)

    assert item_of(release, page).parent_id == place.pk


def test_move_without_a_place_asks_for_one(desk, lorraine, release):
    page = make_article(lorraine.section, "Question")
    make_section(lorraine.home, "Finances")

    response = post(desk, "release_page", page.pk, release=release.pk, action="move", parent="")

    assert response.context["form"].errors["parent"]


def test_move_to_another_site_is_refused(desk, lorraine, saar, release):
    page = make_article(lorraine.section, "Question")

    post(desk, "release_page", page.pk, release=release.pk, action="move", parent=saar.section.pk)

    assert release.items.count() == 1


def test_places_of_the_other_sites_of_a_person_are_offered(lorraine, saar, release):
    both = make_member("both", group_of(lorraine.site, Role.EDITOR), group_of(saar.site, Role.EDITOR))
    page = make_article(lorraine.sections["de"], "Umzug")
    release_of(both)

    form = newsroom_client(lorraine, both).get(reverse("release_page", args=[page.pk])).context["form"]

    assert form.parents.keys() >= {str(saar.section.pk)}
    assert str(lorraine.section.pk) not in form.parents


def test_page_is_in_one_release_only(desk, editor, news, release):
    second = release_of(editor, title="Un autre")

    html = post(desk, "release_add_page", second.pk, page=news.pk, action="publish").content.decode()

    assert not second.items.exists()
    assert "Le budget" in html


def test_button_of_a_page_leads_to_its_release(desk, news, release):
    assert desk.get(reverse("release_page", args=[news.pk])).url == reverse("release", args=[release.pk])


def test_editor_of_a_page_in_an_approved_release_is_sent_there(approvers_desk, approver, news, release):
    approve_as(approver, release)

    html = approvers_desk.get(reverse("wagtailadmin_pages:edit", args=[news.pk])).content.decode()

    assert html.count(reverse("release_page", args=[news.pk])) == 2
    assert reverse("move_schedule", args=[news.pk]) not in html


def test_page_is_removed(desk, news, release):
    post(desk, "release_remove", release.pk, item_of(release, news).pk)

    assert not release.items.exists()


def test_newest_version_is_taken(desk, editor, news, release):
    newer = rewrite(news, editor, title="Mieux")
    assert reverse("release_newest", args=[release.pk, item_of(release, news).pk]) in screen(desk, release)

    post(desk, "release_newest", release.pk, item_of(release, news).pk)

    assert item_of(release, news).revision_id == newer.latest_revision_id


def test_editor_is_refused_the_approval(desk, release):
    post(desk, "release_approve", release.pk, seen=_seen(desk, release))

    assert again(release).is_open


def test_approver_approves_what_the_screen_shows(approvers_desk, release):
    post(approvers_desk, "release_approve", release.pk, seen=_seen(approvers_desk, release))

    assert again(release).is_approved


def test_approval_without_the_seen_version_is_refused(approvers_desk, release):
    post(approvers_desk, "release_approve", release.pk)

    assert again(release).is_open


def _seen(client, release) -> str:
    return client.get(reverse("release", args=[release.pk])).context["seen"]


def test_release_with_something_to_do_has_no_button_to_approve(approvers_desk, editor, news, release):
    rewrite(news, editor, title="Encore")

    assert reverse("release_approve", args=[release.pk]) not in screen(approvers_desk, release)


def test_approved_release_cannot_be_changed(desk, approver, news, release):
    approve_as(approver, release)

    post(desk, "release_remove", release.pk, item_of(release, news).pk)
    post(desk, "release_delete", release.pk)

    assert desk.get(reverse("release_edit", args=[release.pk])).status_code in (302, 403)
    assert release.items.count() == 1


def test_approval_is_withdrawn(approvers_desk, approver, release):
    approve_as(approver, release)

    post(approvers_desk, "release_withdraw", release.pk)

    assert again(release).is_open


def test_release_is_undone_by_a_button(approvers_desk, approver, lorraine, news, release):
    approve_as(approver, release)
    carry_out(release)
    assert reverse("release_undo", args=[release.pk]) in screen(approvers_desk, release)

    post(approvers_desk, "release_undo", release.pk)
    work_off()

    assert not is_seen(lorraine, news)


def test_editor_has_no_button_to_undo(desk, approver, lorraine, news, release):
    approve_as(approver, release)
    carry_out(release)
    assert reverse("release_undo", args=[release.pk]) not in screen(desk, release)

    post(desk, "release_undo", release.pk)
    work_off()

    assert is_seen(lorraine, news)


def test_deleted_release_leaves_its_pages(desk, news, release):
    post(desk, "release_delete", release.pk)

    assert not Release.objects.exists()
    news.refresh_from_db()


def test_release_of_another_site_is_invisible(desk, release, decoy):
    assert "Le budget" in listed(desk)
    assert "Geheime" not in listed(desk)
    assert screen(desk, decoy) == ""


@pytest.mark.parametrize(
    "name",
    ["release_approve", "release_withdraw", "release_undo", "release_delete", "release_add_page"],
)
def test_release_of_another_site_cannot_be_acted_on(desk, news, decoy, name):
    assert post(desk, name, decoy.pk, page=news.pk, action="publish").status_code == 404


def test_items_of_another_site_are_counted_and_not_named(saar, newsrooms, desk, release):
    foreign = draft(saar, newsrooms.saar[Role.EDITOR], "Geheimer Haushalt")
    add_page(release, foreign, "publish", newsrooms.saar[Role.EDITOR])

    html = screen(desk, release)

    assert "Geheimer" not in html
    assert desk.get(reverse("release", args=[release.pk])).context["elsewhere"] == 1


def test_failure_names_no_page_of_another_site(saar, newsrooms, desk, release):
    foreign = draft(saar, newsrooms.saar[Role.EDITOR], "Geheimer Haushalt")
    add_page(release, foreign, "publish", newsrooms.saar[Role.EDITOR])
    Release.objects.update(state="approved", approved_pages=2)
    put_into_trash(foreign)

    carry_out(release)

    assert "Geheimer" in again(release).failure
    assert "Geheimer" not in screen(desk, release)


def test_items_of_another_site_cannot_be_removed(saar, newsrooms, desk, release):
    foreign = draft(saar, newsrooms.saar[Role.EDITOR], "Geheimer Haushalt")
    item = add_page(release, foreign, "publish", newsrooms.saar[Role.EDITOR])

    assert post(desk, "release_remove", release.pk, item.pk).status_code == 404
    assert release.items.count() == 2


def test_page_of_another_site_cannot_be_added(saar, desk, release):
    foreign = make_article(saar.section, "Geheim")

    assert post(desk, "release_add_page", release.pk, page=foreign.pk, action="take_down").status_code == 404
    assert desk.get(reverse("release_page", args=[foreign.pk])).status_code == 404


def test_search_finds_no_page_of_another_site(saar, newsrooms, desk, release):
    draft(saar, newsrooms.saar[Role.EDITOR], "Budget caché")

    assert "Budget caché" not in screen(desk, release)
    assert "Budget caché" not in screen(desk, release, q="budget")


def test_organiser_has_no_releases(lorraine, newsroom, release):
    client = newsroom_client(lorraine, newsroom[Role.ORGANISER])

    assert client.get(reverse("releases")).status_code in (302, 403)
    assert screen(client, release) == ""


def test_anonymous_visitor_is_sent_to_sign_in(lorraine, release):
    response = lorraine.reader().get(reverse("release", args=[release.pk]))

    assert response.status_code == 302
    assert "login" in response.url


def test_page_in_the_trash_is_named_without_a_link(desk, news, release):
    put_into_trash(news)

    html = screen(desk, release)

    assert "Le budget est voté" in html
    assert reverse("wagtailadmin_pages:edit", args=[news.pk]) not in html


def test_calendar_shows_the_release_at_its_minute(desk, release, decoy):
    html = desk.get(reverse("planning"), {"view": "list", "from": f"{localtime(release.at):%Y-%m-%d}"}).content.decode()

    assert reverse("release", args=[release.pk]) in html
    assert "Geheime" not in html


def test_release_without_pages_is_seen_by_who_began_it(desk, approvers_desk, editor):
    empty = release_of(editor, title="Vide")

    assert "Vide" in listed(desk)
    assert "Vide" not in listed(approvers_desk)
    assert screen(approvers_desk, empty) == ""


def test_history_of_a_page_says_so(desk, lorraine, editor, release):
    page = make_article(lorraine.section, "Ancien")
    add_page(release, page, TAKE_DOWN, editor)

    assert "Le budget" in desk.get(reverse("wagtailadmin_pages:history", args=[page.pk])).content.decode()


@pytest.mark.parametrize("key", ["", "x", "-1", "99999999999999999999"])
def test_unknown_page_is_refused(desk, release, key):
    assert post(desk, "release_add_page", release.pk, page=key, action="publish").status_code == 404


def test_screen_of_many_pages_needs_few_queries_more(desk, release, django_assert_max_num_queries):
    assert timezone.now() < release.at
    with django_assert_max_num_queries(90):
        screen(desk, release)
