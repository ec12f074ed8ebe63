"""If two people edit one page, a stale save overwrites nothing, and both versions are saved."""

import re
from copy import deepcopy
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import now
from wagtail.models import Comment, PageLogEntry
from wagtail.test.utils.form_data import inline_formset

from articles.models import ArticlePage
from portal.editorial.roles import Role, group_of
from tests.builders import make_article, make_member, make_section, newsroom_client
from tests.editorial.drafts import draft
from tests.editorial.forms import article_form


@pytest.fixture
def first(newsroom):
    return newsroom[Role.EDITOR]


@pytest.fixture(scope="module")
def module_second(module_network, module_newsrooms):
    role = group_of(module_network.lorraine.site, Role.EDITOR)
    return make_member("zweite", role, first_name="Jeanne", last_name="Zweite")


@pytest.fixture(scope="module")
def module_page(module_network, module_newsrooms):
    return draft(module_network.lorraine, module_newsrooms.lorraine[Role.EDITOR], "Une usine", slug="une-usine")


@pytest.fixture(scope="module")
def module_stale(module_network, module_newsrooms, module_second):
    """A page, and the version fields of a window that was opened before somebody else saved it."""
    lorraine, first = module_network.lorraine, module_newsrooms.lorraine[Role.EDITOR]
    page = draft(lorraine, first, "Une usine", slug="une-usine", parent=make_section(lorraine.home, "À côté"))
    version_fields = opened(newsroom_client(lorraine, first), page)
    other = newsroom_client(lorraine, module_second)
    save(other, page, opened(other, page), "Une usine rouvre")
    return page, version_fields


@pytest.fixture
def page(request, module_page):
    return deepcopy(request.getfixturevalue("module_stale")[0] if "stale" in request.fixturenames else module_page)


@pytest.fixture
def one(lorraine, first):
    return newsroom_client(lorraine, first)


@pytest.fixture
def other(lorraine, module_second):
    return newsroom_client(lorraine, module_second)


@pytest.fixture
def stale(module_stale, network):
    return module_stale[1]


def edit_path(page) -> str:
    return reverse("wagtailadmin_pages:edit", args=[page.pk])


def opened(client, page) -> dict[str, str]:
    """The fields with which the editor's form identifies its window and the version that it shows."""
    return version_fields_in(client.get(edit_path(page)).content.decode())


def version_fields_in(html: str) -> dict[str, str]:
    names = ("loaded_revision_id", "loaded_revision_created_at", "editing_window")
    return {name: re.search(f'name="{name}" value="([^"]*)"', html)[1] for name in names}


def filled_in(page, title, **facts) -> dict:
    """A page's form in which only the title was changed."""
    names = ("standfirst", "lead_image_alt")
    shown = {name: getattr(page, name) for name in names} | {"lead_image": page.lead_image_id}
    return article_form(title=title, **shown | facts)


def save(client, page, version_fields, title, **facts):
    return client.post(edit_path(page), filled_in(page, title, **facts) | version_fields)


def save_and_look(client, page, version_fields, title):
    """Save, and open the page that is shown next."""
    return client.post(edit_path(page), filled_in(page, title) | version_fields, follow=True)


def autosave(client, page, version_fields, title):
    return client.post(edit_path(page), filled_in(page, title) | version_fields, headers={"accept": "application/json"})


def latest(page) -> ArticlePage:
    return ArticlePage.objects.get(pk=page.pk).get_latest_revision_as_object()


@pytest.mark.parametrize("live", [False, True])
def test_second_save_keeps_both_texts(lorraine, page, one, other, first, live):
    if live:
        page.delete()
        page = make_article(lorraine.section, "Une usine", slug="une-usine")
    version_fields = opened(one, page)
    save(other, page, opened(other, page), "Une usine rouvre")

    response = save_and_look(one, page, version_fields, "Une usine ferme")

    assert latest(page).title == "Une usine rouvre"
    stored = page.revisions.get(user=first, content__title="Une usine ferme")
    newest = ArticlePage.objects.get(pk=page.pk).latest_revision
    path = reverse("wagtailadmin_pages:revisions_compare", args=[page.pk, newest.pk, stored.pk])
    assert response.redirect_chain[-1][0] == path
    html = response.content.decode()
    assert "Jeanne Zweite has saved this page" in html
    assert reverse("wagtailadmin_pages:revisions_revert", args=[page.pk, stored.pk]) in html
    assert ArticlePage.objects.get(pk=page.pk).title == ("Une usine" if live else "Une usine rouvre")


def test_conflicting_version_is_in_the_history_and_can_be_restored(page, one, stale):
    save(one, page, stale, "Une usine ferme")
    stored = page.revisions.get(content__title="Une usine ferme")
    path = reverse("wagtailadmin_pages:revisions_revert", args=[page.pk, stored.pk])

    history = one.get(reverse("wagtailadmin_pages:history", args=[page.pk])).content.decode()
    assert "kept as a separate version" in history
    assert "Une usine ferme" in one.get(path).content.decode()
    save(one, page, opened(one, page), "Une usine ferme")

    assert latest(page).title == "Une usine ferme"
    assert page.revisions.filter(content__title="Une usine rouvre").exists()


@pytest.mark.parametrize("action", ["action-submit", "action-publish"])
def test_stale_text_is_neither_submitted_nor_published(lorraine, page, other, action, newsroom):
    approver = newsroom_client(lorraine, newsroom[Role.APPROVER])
    version_fields = opened(approver, page)
    save(other, page, opened(other, page), "Une usine rouvre")

    save(approver, page, version_fields, "Une usine ferme", **{action: "yes"})

    page = ArticlePage.objects.get(pk=page.pk)
    assert not page.live
    assert page.current_workflow_state is None
    assert latest(page).title == "Une usine rouvre"


def test_saving_in_turn_causes_no_conflict(page, one, stale):
    save(one, page, opened(one, page), "Une usine rouvre enfin")

    assert latest(page).title == "Une usine rouvre enfin"
    assert not PageLogEntry.objects.filter(page=page.pk, action="portal.version_kept").exists()


def test_unchanged_form_creates_no_version(page, one, stale):
    before = page.revisions.count()

    response = save_and_look(one, page, stale, "Une usine")

    assert page.revisions.count() == before
    assert latest(page).title == "Une usine rouvre"
    assert "has saved this page" in response.content.decode()


def test_form_with_errors_stays_stale(page, one, stale):
    version_fields = version_fields_in(save(one, page, stale, "").content.decode())
    save(one, page, version_fields, "Une usine ferme")

    assert latest(page).title == "Une usine rouvre"
    assert page.revisions.filter(content__title="Une usine ferme").exists()


def test_autosave_does_not_overwrite(page, one, stale):
    response = autosave(one, page, stale, "Une usine ferme")

    assert response.json()["error_code"] == "invalid_revision"
    assert latest(page).title == "Une usine rouvre"


def test_autosaved_version_is_not_stored_twice(page, one, other):
    version_fields = opened(one, page)
    assert autosave(one, page, version_fields, "Une usine ferme").json()["success"]
    save(other, page, opened(other, page), "Une usine rouvre")

    response = save_and_look(one, page, version_fields, "Une usine ferme")

    assert page.revisions.filter(content__title="Une usine ferme").count() == 1
    assert "kept as a separate version" in response.content.decode()
    assert latest(page).title == "Une usine rouvre"


@pytest.mark.parametrize("pause", [timedelta(0), timedelta(days=1)])
def test_own_autosave_causes_no_conflict_after_any_pause(page, one, pause):
    version_fields = opened(one, page)
    autosave(one, page, version_fields, "Une usine rou")
    page.revisions.filter(content__title="Une usine rou").update(created_at=now() - pause)

    response = save_and_look(one, page, version_fields, "Une usine rouvre")

    assert latest(page).title == "Une usine rouvre"
    assert "saved this page" not in response.content.decode()


def test_autosave_continues_after_a_lost_response(page, one):
    version_fields = opened(one, page)
    autosave(one, page, version_fields, "Une usine rou")

    assert autosave(one, page, version_fields, "Une usine rouvre").json()["success"]


def test_late_autosave_does_not_undo_a_manual_save(page, one):
    version_fields = opened(one, page)
    save(one, page, version_fields, "Une usine rouvre")

    response = autosave(one, page, version_fields, "Une usine rou")

    assert response.json()["error_code"] == "invalid_revision"
    assert latest(page).title == "Une usine rouvre"


def test_window_key_of_another_person_is_not_accepted(page, one, other):
    version_fields = opened(one, page)
    autosave(
        other, page, opened(other, page) | {"editing_window": version_fields["editing_window"]}, "Une usine rouvre"
    )

    save(one, page, version_fields, "Une usine ferme")

    assert latest(page).title == "Une usine rouvre"


@pytest.mark.parametrize("window", ["", "x", "9" * 40, "\0"])
def test_window_with_an_invalid_key_can_save(page, one, window):
    save(one, page, opened(one, page) | {"editing_window": window}, "Une usine rouvre")

    assert latest(page).title == "Une usine rouvre"


def test_save_in_a_second_window_of_the_same_person_is_stale(page, one):
    version_fields = opened(one, page)
    autosave(one, page, opened(one, page), "Une usine rouvre")

    response = save_and_look(one, page, version_fields, "Une usine ferme")

    assert "You have saved this page in another window" in response.content.decode()
    assert latest(page).title == "Une usine rouvre"
    assert page.revisions.filter(content__title="Une usine ferme").exists()


def test_own_autosave_does_not_hide_an_earlier_conflict(page, one, first, stale):
    newest = page.get_latest_revision()
    newest.pk, newest.user = None, first
    newest.save()

    save(one, page, stale, "Une usine ferme")

    assert page.revisions.filter(content__title="Une usine rouvre").exists()
    assert latest(page).title == "Une usine rouvre"


def test_comment_in_a_stale_form_is_saved(page, one, stale):
    new = {"contentpath": "title", "text": "Trop long", "position": "", "resolved": False}
    comments = inline_formset([{**new, "replies": inline_formset([])}])

    save(one, page, stale, "Une usine ferme", comments=comments)

    assert Comment.objects.get(page=page).text == "Trop long"
    assert len(latest(page).wagtail_admin_comments.all()) == 1


def test_editor_is_warned_of_others_in_the_same_page_only(lorraine, page, one, other):
    other.get(edit_path(make_article(lorraine.section, "Autre")))
    for _time in range(2):
        assert "Also open with" not in one.get(edit_path(page)).content.decode()

    other.get(edit_path(page))

    assert "Also open with: Jeanne Zweite" in one.get(edit_path(page)).content.decode()
