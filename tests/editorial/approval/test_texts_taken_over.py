"""The authors of a text remain authors when another page reuses it: a copy, a translation or a part of a series."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page

from events.newsroom.dates_view import split_series
from portal.content.housekeeping import delete_old_log_entries
from portal.editorial.roles import Role, group_of
from portal.editorial.translations import actions as translations
from tests.builders import (
    make_article,
    make_event,
    make_section,
    make_section_member,
    make_settings,
    newsroom_client,
)
from tests.editorial.actions import confirm_passages, edit_form, form_of, reload
from tests.editorial.approval.test_hands_of_one_person import (  # noqa: F401 - fixtures
    boss,
    boss_approves,
    goes_live,
    invited,
    other,
)
from tests.editorial.drafts import answer, draft, rewrite, step_of, submit
from tests.editorial.side_by_side import Window

# ruff: noqa: F811


def copy_page(ground, user, page, place=None, **facts):
    """Copy a page as its copy form does."""
    place = place or ground.section
    data = {"new_title": page.title, "new_slug": "copie", "new_parent_page": place.pk, **facts}
    response = newsroom_client(ground, user).post(reverse("wagtailadmin_pages:copy", args=[page.pk]), data)
    assert response.status_code == 302, response.context["form"].errors
    return Page.objects.child_of(place).get(slug=data["new_slug"]).specific


@pytest.fixture
def approved(lorraine, editor, approver, boss):
    """A live page that the approver edited as well."""
    page = draft(lorraine, approver)
    assert goes_live(lorraine, boss, page)
    page = rewrite(reload(page), editor, title="Ganz anders")
    assert goes_live(lorraine, approver, page)
    return reload(page)


def test_former_editor_of_the_original_may_approve_a_copy(lorraine, approved, editor, approver):
    copy = copy_page(lorraine, editor, approved)
    edit_form(newsroom_client(lorraine, editor), copy, title="Neues", slug="copie")

    assert goes_live(lorraine, approver, copy, "answer")


def test_unchanged_copy_of_an_approved_page_is_published_by_its_copier(lorraine, approved, approver):
    assert goes_live(lorraine, approver, copy_page(lorraine, approver, approved, new_slug=f"{approved.slug}-2"))


def test_copy_at_an_address_of_ones_own_needs_another_publisher(lorraine, approved, approver, boss):
    copy = copy_page(lorraine, approver, approved, new_slug="tout-est-faux")

    assert not goes_live(lorraine, approver, copy, "bulk action")
    assert goes_live(lorraine, boss, copy, "bulk action")


def test_retitled_copy_needs_another_publisher(lorraine, approved, approver, boss):
    copy = copy_page(lorraine, approver, approved, new_title="Neuer Titel")

    assert not goes_live(lorraine, approver, copy, "bulk action")
    assert goes_live(lorraine, boss, copy, "bulk action")


def test_first_version_of_a_copy_is_not_overwritten(lorraine, approved, approver):
    copy = copy_page(lorraine, approver, approved)
    data = form_of(copy, title="Écrit seul", slug="copie", overwrite_revision_id=copy.latest_revision_id)
    path = reverse("wagtailadmin_pages:edit", args=[copy.pk])
    newsroom_client(lorraine, approver).post(path, data, headers={"accept": "application/json"})
    assert reload(copy).get_latest_revision_as_object().title == "Écrit seul"

    assert not goes_live(lorraine, approver, copy, "bulk action")


def test_copy_of_an_approved_page_is_not_approved_between_tied_accounts(
    lorraine, approved, approver, boss, invited, other
):
    copy = copy_page(lorraine, invited, approved)
    edit_form(newsroom_client(lorraine, invited), copy, title="Neues", slug="copie")

    assert not goes_live(lorraine, other, copy)
    assert goes_live(lorraine, approver, copy)


@pytest.mark.parametrize("is_below", [False, True])
def test_author_of_a_draft_cannot_publish_its_copy_before_approval(lorraine, editor, approver, boss, is_below):
    section = make_section(lorraine.home, "Dossier")
    page = draft(lorraine, approver, parent=section)
    if is_below:
        copy = copy_page(lorraine, editor, section, lorraine.home, copy_subpages="on").get_children().get().specific
    else:
        copy = copy_page(lorraine, editor, page)

    assert not goes_live(lorraine, approver, copy, "bulk action")
    assert goes_live(lorraine, boss, copy, "bulk action")
    rewrite(copy, editor, title="Später")
    assert goes_live(lorraine, approver, copy, "bulk action")


def test_author_of_the_original_cannot_publish_a_copy_of_a_copy(lorraine, editor, approver, boss):
    copy = copy_page(lorraine, editor, copy_page(lorraine, editor, draft(lorraine, approver)), new_slug="encore")

    assert not goes_live(lorraine, approver, copy, "bulk action")
    assert goes_live(lorraine, boss, copy, "bulk action")


def test_restored_first_draft_of_a_copy_keeps_its_author(lorraine, editor, approver, boss):
    copy = copy_page(lorraine, editor, draft(lorraine, approver))
    first = copy.latest_revision
    rewrite(copy, editor, title="Ganz anders")
    assert goes_live(lorraine, boss, copy, "bulk action")
    path = reverse("wagtailadmin_pages:revisions_revert", args=[copy.pk, first.pk])
    newsroom_client(lorraine, editor).post(path, form_of(copy, title=first.content["title"], slug="copie"))

    assert not goes_live(lorraine, approver, copy, "bulk action")
    assert goes_live(lorraine, boss, copy, "bulk action")


def test_copy_of_a_self_published_page_needs_a_second_person(lorraine, saar, newsroom, boss):
    make_settings(saar, four_eyes=False)
    boss.groups.add(*(group_of(saar.site, role) for role in (Role.SITE_ADMINISTRATOR, Role.APPROVER)))
    page = draft(saar, boss, parent=saar.sections["fr"])
    assert goes_live(saar, boss, page, "bulk action")
    copy = copy_page(lorraine, boss, reload(page), lorraine.section)

    assert not goes_live(lorraine, boss, copy, "bulk action")
    assert goes_live(lorraine, newsroom[Role.APPROVER], copy, "bulk action")


def german_of(ground, page, user):
    german = translations.start(reload(page), ground.homes["de"].locale, user)
    confirm_passages(german)
    return german


def test_own_text_cannot_be_published_through_a_translation(lorraine, editor, approver, boss):
    german = german_of(lorraine, draft(lorraine, approver), editor)

    assert not goes_live(lorraine, approver, german, "bulk action")
    assert goes_live(lorraine, boss, german, "bulk action")
    rewrite(german, editor, standfirst="Später.")
    assert goes_live(lorraine, approver, german, "bulk action")


def test_own_text_cannot_be_published_through_an_updated_translation(lorraine, editor, approver, boss):
    page = draft(lorraine, editor)
    german = german_of(lorraine, page, editor)
    assert goes_live(lorraine, boss, german, "bulk action")
    rewrite(page, approver, standfirst="Écrit seul.")
    translations.update(reload(german), editor)
    confirm_passages(german)

    assert not goes_live(lorraine, approver, german, "bulk action")
    assert goes_live(lorraine, boss, german, "bulk action")


def test_author_of_a_newer_draft_may_publish_a_translation_of_the_live_text(lorraine, approved, editor, approver):
    rewrite(approved, approver, standfirst="Demnächst.")

    german = german_of(lorraine, approved, editor)
    assert goes_live(lorraine, approver, german, "bulk action")
    assert reload(german).standfirst != "Demnächst."


def test_confirming_an_identical_passage_makes_an_author(lorraine, editor, approver, boss):
    page = make_article(lorraine.section, "La filière bois")
    german = translations.start(page, lorraine.homes["de"].locale, editor)
    window = Window(newsroom_client(lorraine, approver), german)
    window.confirm("Title")
    window.send()
    confirm_passages(german)

    assert not goes_live(lorraine, approver, german, "bulk action")
    assert goes_live(lorraine, boss, german, "bulk action")
    rewrite(german, editor, standfirst="Später.")
    assert goes_live(lorraine, approver, german, "bulk action")


@pytest.fixture
def scheduled(lorraine, editor, approver, boss):
    """An unpublished page that the approver once published alone; another person's edit is approved and scheduled."""
    make_settings(lorraine, four_eyes=False)
    page = draft(lorraine, approver)
    assert goes_live(lorraine, approver, page, "bulk action")
    make_settings(lorraine, four_eyes=True)
    page = rewrite(reload(page), editor, title="Ganz anders", go_live_at=timezone.now() + timedelta(days=1))
    page.unpublish()
    reload(page).latest_revision.publish(user=boss)
    return reload(page)


def test_own_text_cannot_be_published_through_a_translation_of_a_scheduled_page(
    lorraine, scheduled, editor, approver, boss
):
    german = rewrite(german_of(lorraine, scheduled, editor), editor, go_live_at=None)

    assert not goes_live(lorraine, approver, german, "bulk action")
    assert goes_live(lorraine, boss, german, "bulk action")


def test_unpublished_page_that_is_scheduled_has_the_approved_text_in_its_row(scheduled):
    assert (scheduled.title, scheduled.live) == ("Ganz anders", False)


def test_authors_of_the_original_outlive_the_log(lorraine, editor, approver, boss, settings):
    settings.LOG_ENTRIES_DAYS = 30
    german = german_of(lorraine, draft(lorraine, approver), editor)
    delete_old_log_entries(timezone.now() + timedelta(days=31))

    assert not goes_live(lorraine, approver, german, "bulk action")
    assert goes_live(lorraine, boss, german, "bulk action")


# Restored versions


def restore(ground, user, page, version):
    path = reverse("wagtailadmin_pages:revisions_revert", args=[page.pk, version.pk])
    facts = {name: version.content[name] for name in ("title", "standfirst")}
    newsroom_client(ground, user).post(path, form_of(page, **facts))
    return reload(page)


def replace_text(ground, editor, boss, page):
    """The page with another text, which is approved."""
    page = rewrite(reload(page), editor, title="Ganz anders", standfirst="Von vorn.")
    assert goes_live(ground, boss, page, "bulk action")
    return reload(page)


def of_one_step(ground, author, page, editor):
    """A version that passed one of two steps."""
    page = rewrite(page, author, title="Écrit seul")
    reviewer = make_section_member(ground, Role.REVIEWER)
    answer(submit(page, author), reviewer)
    answer(step_of(page), group_of(ground.site, Role.SITE_ADMINISTRATOR).user_set.get(), "reject")
    return reload(page).latest_revision


def of_another_author(ground, author, page, editor):
    """A version whose title somebody else has changed."""
    page = rewrite(page, author, standfirst="Écrit seul.")
    return rewrite(page, editor, title="Mieux").latest_revision


def of_restored(ground, author, page, editor):
    """A version that restored an earlier one."""
    first = rewrite(page, author, title="Écrit seul").latest_revision
    page = rewrite(page, editor, title="Mieux")
    return restore(ground, editor, page, first).latest_revision


@pytest.mark.parametrize("way", [of_one_step, of_another_author, of_restored], ids=lambda way: way.__name__)
def test_own_text_cannot_be_published_by_restoring_a_version(lorraine, editor, approver, boss, boss_approves, way):
    page = make_article(lorraine.section, "Vu par deux", date=None)
    version = way(lorraine, approver, page, editor)
    page = restore(lorraine, editor, replace_text(lorraine, editor, boss, page), version)

    assert not goes_live(lorraine, approver, page, "bulk action")
    assert goes_live(lorraine, boss, page, "bulk action")


def test_author_of_the_approved_part_of_a_restored_version_may_publish_it(lorraine, approved, editor, approver, boss):
    version = rewrite(approved, editor, standfirst="Neues.").latest_revision
    page = restore(lorraine, editor, replace_text(lorraine, editor, boss, approved), version)

    assert goes_live(lorraine, approver, page, "bulk action")


def test_own_text_cannot_be_published_by_splitting_a_series(lorraine, editor, approver, boss):
    start = datetime(2027, 3, 2, 9, tzinfo=UTC)
    series = make_event(lorraine.calendar, "Café", start=start, recurrence="FREQ=WEEKLY;COUNT=5", place="Halle")
    rewrite(series, approver, standfirst="Écrit seul.")
    rest = split_series(reload(series).get_latest_revision_as_object(), "2027-03-16", editor)

    assert not goes_live(lorraine, approver, rest, "bulk action")
    assert goes_live(lorraine, boss, rest, "bulk action")
