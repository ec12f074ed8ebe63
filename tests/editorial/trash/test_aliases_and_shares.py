"""Aliases and shared pages do not get out of the trash by themselves, and come back when all of it is restored."""

from datetime import timedelta

import pytest
from django.utils import timezone
from wagtail.models import Page

from articles.models import ArticlePage
from portal.content.records.sharing import Share
from portal.editorial.roles import Role
from portal.editorial.sharing import shares
from portal.editorial.trash.deleting import delete_for_ever, put_into_trash
from portal.editorial.trash.restoring import restore
from tests.builders import make_article, make_section
from tests.editorial.actions import publish_as_system
from tests.editorial.drafts import rewrite
from tests.editorial.trash.acts import row_of


@pytest.fixture
def original(lorraine):
    section = make_section(lorraine.home, "Industrie", slug="industrie")
    return make_article(section, "La forge", slug="forge")


@pytest.fixture
def folder(saar):
    return make_section(saar.homes["fr"], "Dossier", slug="dossier")


@pytest.fixture
def alias(original, folder):
    return original.create_alias(parent=folder, update_slug="forge")


def accepted(newsrooms, page, site, place, published_at) -> Share:
    (share,) = shares.offer(page, [site], newsrooms.lorraine[Role.SITE_ADMINISTRATOR])
    shares.accept(share, place, newsrooms.saar[Role.SITE_ADMINISTRATOR], published_at, timezone.now())
    share.refresh_from_db()
    return share


def publish_again(page, newsrooms) -> None:
    publish_as_system(rewrite(ArticlePage.objects.get(pk=page.pk), newsrooms.lorraine[Role.EDITOR], title="Corrigée"))


def test_publication_of_the_original_shows_no_alias_in_the_trash(original, alias, newsrooms):
    put_into_trash(alias)
    publish_again(original, newsrooms)

    assert not row_of(alias).live


def test_publication_of_the_original_shows_no_alias_below_a_section_in_the_trash(original, alias, folder, newsrooms):
    put_into_trash(folder)
    publish_again(original, newsrooms)

    assert not row_of(alias).live


def test_publication_of_the_original_shows_no_alias_of_an_alias_in_the_trash(original, alias, saar, newsrooms):
    second = ArticlePage.objects.get(pk=alias.pk).create_alias(parent=saar.sections["fr"], update_slug="forge-encore")
    trashed = put_into_trash(alias)
    publish_again(original, newsrooms)
    before = row_of(second).live
    restore(trashed)

    assert (before, row_of(second).live, row_of(second).title) == (False, True, "Corrigée")


def test_publication_of_the_original_still_updates_other_aliases(original, alias, saar, newsrooms):
    other = original.create_alias(parent=saar.sections["fr"], update_slug="forge-encore")
    put_into_trash(alias)
    publish_again(original, newsrooms)

    assert (row_of(other).live, row_of(other).title) == (True, "Corrigée")


def test_due_share_is_shown_only_when_its_place_is_restored(original, folder, saar, newsrooms):
    due = timezone.now() + timedelta(hours=1)
    share = accepted(newsrooms, original, saar.site, folder, due)
    trashed = put_into_trash(folder)
    shares.show_due_shares(due)
    share.refresh_from_db()
    before = share.alias
    restore(trashed)
    shares.show_due_shares(due)
    share.refresh_from_db()

    assert before is None
    assert share.alias.live


def test_shared_page_deleted_for_ever_is_not_shown_again(original, folder, saar, newsrooms):
    share = accepted(newsrooms, original, saar.site, folder, timezone.now())
    delete_for_ever(put_into_trash(folder))
    shares.show_due_shares(timezone.now())
    share.refresh_from_db()

    assert (share.status, share.alias) == (Share.Status.WITHDRAWN, None)
    assert row_of(original).live
    assert not Page.objects.filter(alias_of=original.pk).exists()


@pytest.mark.parametrize("deleted_first", ["original", "folder"])
@pytest.mark.parametrize("restored_first", ["original", "folder"])
def test_alias_comes_back_with_the_last_of_two_trashes(original, alias, folder, deleted_first, restored_first):
    tops = {"original": original.get_parent(), "folder": folder}
    trashed = {name: put_into_trash(tops[name]) for name in sorted(tops, key=lambda name: name != deleted_first)}
    live = []
    for name in sorted(trashed, key=lambda name: name != restored_first):
        restore(trashed[name])
        live.append(row_of(alias).live)

    assert live == [False, True]


@pytest.mark.parametrize("deleted_first", ["original", "folder"])
@pytest.mark.parametrize("restored_first", ["original", "folder"])
def test_alias_of_an_alias_comes_back_with_the_last_of_two_trashes(
    original, alias, folder, saar, deleted_first, restored_first
):
    second = ArticlePage.objects.get(pk=alias.pk).create_alias(parent=saar.sections["fr"], update_slug="forge-encore")
    tops = {"original": original.get_parent(), "folder": folder}
    trashed = {name: put_into_trash(tops[name]) for name in sorted(tops, key=lambda name: name != deleted_first)}
    live = []
    for name in sorted(trashed, key=lambda name: name != restored_first):
        restore(trashed[name])
        live.append(row_of(second).live)

    assert live == [False, True]


def test_alias_that_waited_for_its_original_shows_its_latest_version(original, alias, folder, newsrooms):
    of_folder = put_into_trash(folder)
    publish_again(original, newsrooms)
    of_original = put_into_trash(original)
    restore(of_folder)
    restore(of_original)

    assert (row_of(alias).live, row_of(alias).title) == (True, "Corrigée")


def test_alias_that_became_independent_stays_hidden(original, alias, folder):
    of_original = put_into_trash(original)
    Page.objects.filter(pk=alias.pk).update(alias_of=None)
    of_folder = put_into_trash(folder)
    restore(of_original)
    restore(of_folder)

    assert not row_of(alias).live


def test_restoring_an_outdated_alias_shows_no_other_one_that_was_taken_down(
    original, alias, folder, lorraine, newsrooms
):
    other = original.create_alias(parent=lorraine.section, update_slug="forge-aussi")
    trashed = put_into_trash(folder)
    publish_again(original, newsrooms)
    ArticlePage.objects.get(pk=other.pk).unpublish()
    restore(trashed)

    assert (row_of(alias).title, row_of(other).live) == ("Corrigée", False)
