"""Pages of a release keep their place in the tree, whatever else the release moves or renames."""

from datetime import timedelta

import pytest
from django.utils import timezone
from wagtail.models import Page, Revision

from portal.content.publication import PublicationRefusedError
from portal.editorial.records.releases import Release
from portal.editorial.releases import building
from portal.editorial.releases.building import add_page
from portal.editorial.releases.carrying_out import run_release
from portal.editorial.releases.deciding import withdraw
from portal.editorial.releases.undoing import undo
from portal.editorial.roles import Role, group_of
from portal.editorial.trash.deleting import put_into_trash
from tests.builders import make_article, make_member, make_section
from tests.editorial.drafts import draft, rewrite
from tests.editorial.releases.made import MOVE, TAKE_DOWN, again, approve_as, carry_out, is_seen, release_of


@pytest.fixture
def section(lorraine):
    return make_section(lorraine.home, "Rubrique mobile", slug="mobile")


@pytest.fixture
def story(section, editor):
    return rewrite(make_article(section, "Avant", slug="recit"), editor, title="Après")


def test_undo_brings_a_story_back_below_its_section(lorraine, editor, approver, section, story):
    release = release_of(editor, story)
    add_page(release, section, MOVE, editor, make_section(lorraine.home, "Finances"))
    approve_as(approver, release)
    carry_out(release)

    undo(again(release), approver)

    assert Page.objects.get(pk=story.pk).get_parent().pk == section.pk
    assert is_seen(lorraine, story)
    assert not any(Page.find_problems())


def test_story_has_the_new_address_of_a_section_of_the_same_release(lorraine, newsroom, editor, section, story):
    release = release_of(editor, rewrite(section, editor, slug="nouvelle"), story)
    approve_as(newsroom[Role.SITE_ADMINISTRATOR], release)

    carry_out(release)

    assert lorraine.address(Page.objects.get(pk=story.pk)) == "/fr/nouvelle/recit/"
    assert is_seen(lorraine, story)


def test_approved_version_goes_live_at_the_place_for_which_it_was_approved(lorraine, editor, approver, section):
    release = release_of(editor, draft(lorraine, editor, "Le budget est voté"))
    page = release.items.get().page.specific
    assert page.permissions_for_user(editor).can_move_to(section)

    approve_as(approver, release)
    assert not page.permissions_for_user(editor).can_move_to(section)
    assert not page.get_parent().specific.permissions_for_user(editor).can_move_to(section)

    withdraw(release, approver)
    assert page.permissions_for_user(editor).can_move_to(section)


def test_release_that_is_begun_early_dates_its_pages_from_its_minute(lorraine, editor, approver):
    page = draft(lorraine, editor, "Le budget est voté")
    release = release_of(editor, page)
    approve_as(approver, release)
    soon = timezone.now() + timedelta(seconds=2)
    Release.objects.filter(pk=release.pk).update(at=soon)
    Revision.objects.filter(release_items__release=release).update(approved_go_live_at=soon)

    assert run_release(release.pk, timezone.now(), early=timedelta(seconds=30))

    assert Page.objects.get(pk=page.pk).first_published_at >= soon


def test_page_that_expires_before_it_is_taken_down_is_no_obstacle(lorraine, editor, approver):
    old, page = make_article(lorraine.section, "Ancien"), draft(lorraine, editor, "Le budget est voté")
    release = release_of(editor, page)
    add_page(release, old, TAKE_DOWN, editor)
    approve_as(approver, release)
    Page.objects.filter(pk=old.pk).update(live=False, expired=True)

    assert carry_out(release)
    undo(again(release), approver)

    assert not is_seen(lorraine, old)


def test_alias_that_was_deleted_since_stays_in_the_trash(lorraine, saar, editor, approver):
    old = make_article(lorraine.section, "Ancien")
    alias = old.create_alias(parent=saar.section, update_slug="alias-ici")
    release = release_of(editor)
    add_page(release, old, TAKE_DOWN, editor)
    approve_as(approver, release)
    carry_out(release)
    put_into_trash(Page.objects.get(pk=alias.pk))

    undo(again(release), approver)

    assert is_seen(lorraine, old)
    assert not Page.objects.get(pk=alias.pk).live


def test_release_has_a_limited_number_of_pages(lorraine, editor, monkeypatch):
    monkeypatch.setattr(building, "MAX_PAGES", 1)
    release = release_of(editor, draft(lorraine, editor, "Un"))

    with pytest.raises(PublicationRefusedError, match="1"):
        add_page(release, draft(lorraine, editor, "Deux"), building.ReleaseAction.PUBLISH, editor)


@pytest.fixture
def both(lorraine, saar):
    """An editor and an approver of two sites."""
    return [
        make_member(role, group_of(lorraine.site, role), group_of(saar.site, role))
        for role in (Role.EDITOR, Role.APPROVER)
    ]


@pytest.fixture
def moving_to_saar(lorraine, saar, both):
    """A release that moves a German story of Lorraine to Saar, approved; the story and its former address."""
    story = make_article(lorraine.sections["de"], "Umzug", slug="umzug")
    address = lorraine.address(story)
    release = release_of(both[0])
    add_page(release, story, MOVE, both[0], saar.section)
    approve_as(both[1], release)
    return release, story, address


def test_page_moves_to_another_site(lorraine, saar, moving_to_saar):
    release, story, address = moving_to_saar

    assert carry_out(release)

    assert is_seen(saar, story)
    assert lorraine.reader().get(address).status_code in (301, 404, 410)


def test_undo_brings_a_page_back_from_another_site(lorraine, saar, both, moving_to_saar):
    release, _story, address = moving_to_saar
    carry_out(release)

    undo(again(release), both[1])

    assert lorraine.reader().get(address).status_code == 200
    assert saar.reader().get("/de/rubrik/umzug/").status_code == 404


def test_move_to_another_site_needs_the_right_at_both(lorraine, saar, approver, both):
    story = make_article(lorraine.sections["de"], "Umzug")
    release = release_of(both[0])
    add_page(release, story, MOVE, both[0], saar.section)

    with pytest.raises(PublicationRefusedError):
        approve_as(approver, release)


def test_page_does_not_move_into_another_language(lorraine, saar, both):
    story = make_article(lorraine.section, "Déménagement")

    with pytest.raises(PublicationRefusedError):
        add_page(release_of(both[0]), story, MOVE, both[0], saar.section)
