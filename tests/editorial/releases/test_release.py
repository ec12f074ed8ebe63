"""A release is built, approved by a second person, shown to readers at one minute, and undone."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from wagtail.models import Page, PageLogEntry

from portal.content.publication import PublicationRefusedError
from portal.editorial.records.releases import Release
from portal.editorial.releases.building import add_page
from portal.editorial.releases.carrying_out import PUBLISHED, publish_release, run_releases
from portal.editorial.releases.deciding import withdraw
from portal.editorial.releases.undoing import UNDONE, undo
from portal.editorial.roles import Role
from portal.editorial.schedule.scheduling import run_schedule
from portal.editorial.trash.deleting import put_into_trash
from portal.editorial.trash.restoring import restore
from portal.platform.operation.changes import content_version
from tests.builders import make_article, make_section
from tests.editorial.drafts import answer, draft, rewrite, submit
from tests.editorial.releases.made import (
    MOVE,
    TAKE_DOWN,
    again,
    approve_as,
    carry_out,
    is_seen,
    item_of,
    release_of,
    title_for_readers,
)


@pytest.fixture
def moving(lorraine):
    return make_article(lorraine.section, "Question ouverte")


@pytest.fixture
def place(lorraine):
    return make_section(lorraine.home, "Finances")


@pytest.fixture
def release(lorraine, editor, news, rewritten, old, moving, place):
    """A release with everything: a new page, a new version, a page taken down, and one that moves."""
    release = release_of(editor, news, rewritten)
    add_page(release, old, TAKE_DOWN, editor)
    add_page(release, moving, MOVE, editor, place)
    return release


def seen(lorraine, *pages: Page) -> list[bool]:
    return [is_seen(lorraine, page) for page in pages]


def test_nothing_is_seen_before_its_minute(lorraine, approver, release, news, rewritten, old, moving):
    approve_as(approver, release)
    run_schedule(timezone.now())
    run_releases(timezone.now())

    assert seen(lorraine, news, old, moving) == [False, True, True]
    assert "Avant" in title_for_readers(lorraine, rewritten)


def test_everything_is_seen_after_its_minute(lorraine, approver, release, news, rewritten, old, moving, place):
    approve_as(approver, release)

    assert carry_out(release)

    assert seen(lorraine, news, old, moving) == [True, False, True]
    assert "Après" in title_for_readers(lorraine, rewritten)
    assert Page.objects.get(pk=moving.pk).get_parent().pk == place.pk
    assert again(release).is_published


def test_history_of_each_page_names_the_release(approver, release, news, old, moving):
    approve_as(approver, release)
    carry_out(release)

    entries = PageLogEntry.objects.filter(action=PUBLISHED, data__title="Le budget")
    assert {news.pk, old.pk, moving.pk} < set(entries.values_list("page", flat=True))


def test_scheduler_does_not_publish_its_pages_one_by_one(lorraine, approver, release, news, clock):
    approve_as(approver, release)
    clock.move_to(release.at)

    run_schedule(timezone.now())

    assert not is_seen(lorraine, news)


def test_task_waits_for_the_minute(approver, release):
    approve_as(approver, release)

    begins = DBTaskResult.objects.get(task_path__endswith="publish_release").run_after
    assert timedelta() < release.at - begins < timedelta(seconds=3)


def test_release_that_is_begun_early_is_not_out_before_its_minute(approver, release, news):
    at = timezone.now() + timedelta(seconds=4)
    Release.objects.filter(pk=release.pk).update(at=at)
    approve_as(approver, release)

    publish_release.func(release.pk)

    assert timezone.now() >= at
    assert again(release).is_published
    assert Page.objects.get(pk=news.pk).live


def test_release_far_ahead_is_not_begun(lorraine, approver, release, news):
    approve_as(approver, release)

    publish_release.func(release.pk)

    assert not is_seen(lorraine, news)


def test_embargo_that_ends_at_the_minute_is_no_obstacle(editor, approver, lorraine):
    at = timezone.now() + timedelta(seconds=3)
    page = draft(lorraine, editor, "Sous embargo", embargo_until=at)
    release = release_of(editor, page, at=at)
    approve_as(approver, release)

    publish_release.func(release.pk)

    assert is_seen(lorraine, page)


def test_release_that_is_not_approved_stays_hidden(lorraine, release, news):
    carry_out(release)

    assert not is_seen(lorraine, news)


def test_release_that_fails_shows_nothing(lorraine, approver, release, news, rewritten, old, moving):
    approve_as(approver, release)
    Page.objects.get(pk=old.pk).specific.unpublish()

    assert not carry_out(release)

    assert not is_seen(lorraine, news)
    assert "Avant" in title_for_readers(lorraine, rewritten)
    assert "Ancien budget" in again(release).failure


def test_failed_release_is_out_once_the_obstacle_is_gone(lorraine, approver, release, news, old):
    approve_as(approver, release)
    trashed = put_into_trash(old)
    carry_out(release)
    restore(trashed)

    assert carry_out(release)
    assert is_seen(lorraine, news)
    assert again(release).failure == ""


def test_release_does_not_go_out_without_a_page_that_was_deleted(lorraine, approver, release, news, old):
    approve_as(approver, release)
    Page.objects.get(pk=old.pk).specific.delete()

    assert not carry_out(release)
    assert not is_seen(lorraine, news)


def test_people_are_notified_once_of_a_failure(approver, release, old):
    approve_as(approver, release)
    Page.objects.get(pk=old.pk).specific.unpublish()
    before = DBTaskResult.objects.count()

    carry_out(release)
    notified = DBTaskResult.objects.count()
    carry_out(release)

    assert before < notified == DBTaskResult.objects.count()


def test_withdrawn_release_is_not_shown(lorraine, approver, release, news):
    approve_as(approver, release)
    withdraw(release, approver)

    carry_out(release)

    assert not is_seen(lorraine, news)
    assert Page.objects.get(pk=news.pk).scheduled_revision is None


def test_page_of_an_approved_release_is_not_published_by_itself(lorraine, newsroom, approver, release, news):
    approve_as(approver, release)

    with pytest.raises(PublicationRefusedError, match="Le budget"):
        news.latest_revision.publish(user=newsroom[Role.SITE_ADMINISTRATOR])


def test_publication_of_an_approved_release_is_not_cancelled_by_itself(approver, release, news):
    approve_as(approver, release)

    assert not Page.objects.get(pk=news.pk).specific.permissions_for_user(approver).can_unschedule()


def test_review_in_progress_ends_with_the_approval(editor, approver, release, news):
    submit(news, editor)
    approve_as(approver, release)

    assert not Page.objects.get(pk=news.pk).specific.workflow_in_progress


def test_undo_brings_back_what_readers_saw(lorraine, approver, release, news, rewritten, old, moving):
    address = Page.objects.get(pk=moving.pk).url_path
    approve_as(approver, release)
    carry_out(release)

    undo(again(release), approver)

    assert seen(lorraine, news, old, moving) == [False, True, True]
    assert "Avant" in title_for_readers(lorraine, rewritten)
    assert Page.objects.get(pk=moving.pk).url_path == address


def test_undo_leaves_the_drafts(approver, release, rewritten):
    approve_as(approver, release)
    carry_out(release)
    undo(again(release), approver)

    assert Page.objects.get(pk=rewritten.pk).specific.get_latest_revision_as_object().title == "Après"


def test_undo_is_in_the_history(approver, release, news):
    approve_as(approver, release)
    carry_out(release)
    undo(again(release), approver)

    assert PageLogEntry.objects.get(page=news.pk, action=UNDONE).user == approver


def test_undo_is_refused_once_a_page_was_published_again(lorraine, editor, approver, release, news, old):
    approve_as(approver, release)
    carry_out(release)
    answer(submit(rewrite(news, editor, title="Corrigé"), editor), approver)

    with pytest.raises(PublicationRefusedError) as refused:
        undo(again(release), approver)

    assert [name for name, _refusal in refused.value.refusals] == ["Corrigé"]
    assert not is_seen(lorraine, old)


def test_undo_is_refused_to_the_author_of_the_former_version(lorraine, newsroom, editor, approver, release, rewritten):
    """The version that would come back was written by the person who wants to bring it back."""
    approve_as(approver, release)
    carry_out(release)
    former = item_of(release, rewritten).former_revision
    type(former).objects.filter(pk=former.pk).update(user=approver)

    with pytest.raises(PublicationRefusedError):
        undo(again(release), approver)

    assert "Après" in title_for_readers(lorraine, rewritten)


def test_undone_new_page_counts_as_never_published(approver, release, news):
    approve_as(approver, release)
    carry_out(release)
    undo(again(release), approver)

    assert Page.objects.get(pk=news.pk).first_published_at is None


def test_page_is_free_for_another_release_after_the_undo(editor, approver, release, news):
    approve_as(approver, release)
    carry_out(release)
    undo(again(release), approver)

    assert release_of(editor, news, title="Deuxième essai").items.count() == 1


def test_content_version_changes_once(django_capture_on_commit_callbacks, approver, release):
    approve_as(approver, release)
    before = content_version()

    carry_out(release)

    assert content_version() != before
