"""An undo waits in the queue: the release's page shows its state, and it is done once."""

import pytest
from django.db import OperationalError
from django.test import override_settings
from django.urls import reverse
from django_tasks_db.models import DBTaskResult

from portal.editorial.releases import undoing
from portal.editorial.releases.undoing import undo_release
from portal.editorial.roles import Role
from portal.editorial.trash.deleting import put_into_trash
from tests.builders import newsroom_client, work_off
from tests.editorial.drafts import draft
from tests.editorial.releases.made import (
    again,
    approve_as,
    carry_out,
    is_seen,
    post,
    release_of,
    screen,
    title_for_readers,
)

IMMEDIATE = {name: {"BACKEND": "django.tasks.backends.immediate.ImmediateBackend"} for name in ("default", "durable")}


@pytest.fixture
def release(editor, approver, news, rewritten):
    release = release_of(editor, news, rewritten)
    approve_as(approver, release)
    assert carry_out(release)
    return release


@pytest.fixture
def desk(lorraine, approver):
    return newsroom_client(lorraine, approver)


def queued() -> int:
    return DBTaskResult.objects.filter(task_path__endswith="undo_release").count()


def has_button(desk, release) -> bool:
    return reverse("release_undo", args=[release.pk]) in screen(desk, release)


def test_readers_see_the_release_until_the_queue_has_undone_it(lorraine, desk, release, news):
    post(desk, "release_undo", release.pk)
    assert is_seen(lorraine, news)

    work_off()

    assert not is_seen(lorraine, news)
    assert again(release).undone_at is not None


def test_page_of_the_release_is_loaded_again_until_it_is_undone(desk, release):
    address = reverse("release", args=[release.pk])
    post(desk, "release_undo", release.pk)
    assert "Refresh" in desk.get(address).headers
    assert not has_button(desk, release)

    work_off()

    assert "Refresh" not in desk.get(address).headers


def test_double_click_starts_one_undo(desk, release):
    post(desk, "release_undo", release.pk)
    post(desk, "release_undo", release.pk)

    assert queued() == 1


def test_undo_that_is_run_twice_is_done_once(lorraine, editor, desk, approver, release, news):
    post(desk, "release_undo", release.pk)
    work_off()
    second = release_of(editor, news, title="Deuxième essai")
    approve_as(approver, second)
    carry_out(second)

    undo_release.func(release.pk)

    assert is_seen(lorraine, news)


def test_undo_that_cannot_be_done_changes_nothing_and_names_the_reason(lorraine, desk, release, news, rewritten):
    post(desk, "release_undo", release.pk)
    put_into_trash(news)

    work_off()

    assert "Après" in title_for_readers(lorraine, rewritten)
    assert "Le budget est voté" in again(release).failure
    assert again(release).failure in screen(desk, release)
    assert has_button(desk, release)


def test_refused_undo_is_mailed_to_whoever_requested_it(desk, approver, release, news, mailoutbox):
    post(desk, "release_undo", release.pk)
    put_into_trash(news)
    mailoutbox.clear()

    work_off()

    assert [mail.to for mail in mailoutbox] == [[approver.email]]
    assert "Le budget est voté" in mailoutbox[0].body
    assert reverse("release", args=[release.pk]) in mailoutbox[0].body


def test_mail_names_no_page_to_a_person_who_has_lost_the_permission(desk, approver, release, mailoutbox):
    post(desk, "release_undo", release.pk)
    approver.groups.clear()
    mailoutbox.clear()

    work_off()

    assert len(mailoutbox) == 1
    assert "Le budget est voté" not in mailoutbox[0].body


def test_failed_undo_is_tried_again_by_the_button(lorraine, desk, release, news, monkeypatch):
    def fail(*args: object) -> None:
        raise OperationalError

    with monkeypatch.context() as broken:
        broken.setattr(undoing, "undo", fail)
        post(desk, "release_undo", release.pk)
        work_off()
    assert "OperationalError" in screen(desk, release)

    post(desk, "release_undo", release.pk)
    work_off()

    assert not is_seen(lorraine, news)
    assert again(release).failure == ""


def test_undo_that_failed_is_retried_by_the_queue(lorraine, desk, release, news, monkeypatch):
    def fail(*args: object) -> None:
        raise OperationalError

    with monkeypatch.context() as broken:
        broken.setattr(undoing, "undo", fail)
        post(desk, "release_undo", release.pk)
        work_off()

    work_off(pauses=True)

    assert not is_seen(lorraine, news)


def test_person_who_has_lost_the_permission_undoes_nothing(lorraine, desk, approver, release, news):
    post(desk, "release_undo", release.pk)
    approver.groups.clear()

    work_off()

    assert is_seen(lorraine, news)


def test_undo_leaves_the_releases_of_another_site(saar, newsrooms, lorraine, desk, release, news):
    own = draft(saar, newsrooms.saar[Role.EDITOR], "Haushalt")
    other = release_of(newsrooms.saar[Role.EDITOR], own)
    approve_as(newsrooms.saar[Role.APPROVER], other)
    carry_out(other)

    post(desk, "release_undo", release.pk)
    work_off()

    assert is_seen(saar, own)


def test_reason_names_no_page_of_another_site(saar, newsrooms, lorraine, desk, release):
    own = draft(saar, newsrooms.saar[Role.EDITOR], "Geheimer Haushalt")
    mixed = release_of(newsrooms.saar[Role.EDITOR], own, title="Gemeinsam")
    item = release.items.first()
    type(item).objects.filter(pk=item.pk).update(release=mixed)
    type(mixed).objects.filter(pk=mixed.pk).update(state="published", failure="Geheimer Haushalt: im Papierkorb")

    assert "Geheimer" not in screen(desk, mixed)


def test_installation_that_runs_tasks_at_once_undoes_at_once(lorraine, desk, release, news):
    with override_settings(TASKS=IMMEDIATE):
        post(desk, "release_undo", release.pk)

    assert not is_seen(lorraine, news)
