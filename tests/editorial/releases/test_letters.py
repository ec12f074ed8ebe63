"""An issue of a newsletter goes out with a release: confirmed with its approval, sent once, and not taken back."""

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from portal.content.publication import PublicationRefusedError
from portal.editorial.releases.building import add_page
from portal.editorial.releases.carrying_out import run_release
from portal.editorial.releases.undoing import undo
from portal.editorial.roles import Role
from portal.newsletter.models import IssuePage, Sending
from tests.builders import newsroom_client, work_off
from tests.editorial.drafts import draft, rewrite
from tests.editorial.releases.made import (
    TAKE_DOWN,
    again,
    approve_as,
    carry_out,
    in_the_past,
    is_seen,
    post,
    release_of,
    screen,
)
from tests.newsletter.makers import group, make_newsletter, make_subscriber


@pytest.fixture
def readers(lorraine, saar):
    """Two subscribers, and one of the other site."""
    make_newsletter(saar)
    make_subscriber(saar, "geheim@reader.example")
    return [make_subscriber(lorraine, f"lectrice-{number}@reader.example").address for number in range(2)]


@pytest.fixture
def issue(lorraine, editor, readers, news):
    """The draft of an issue about a story that goes live with the same release."""
    issue = IssuePage(title="La lettre du budget", slug="lettre-budget", locale=lorraine.home.locale, live=False)
    issue.content = [group("À la une", [news])]
    make_newsletter(lorraine).add_child(instance=issue)
    issue.save_revision(user=editor)
    return IssuePage.objects.get(pk=issue.pk)


@pytest.fixture
def release(editor, issue, news):
    return release_of(editor, issue, news)


def recipients() -> list[str]:
    work_off()
    return sorted(address for each in mail.outbox for address in each.to if "La lettre du budget" in each.subject)


def test_nothing_is_sent_before_the_minute(approver, release):
    approve_as(approver, release)
    run_release(release.pk, timezone.now())

    assert recipients() == []


def test_letter_is_sent_with_the_release(lorraine, approver, release, issue, readers):
    approve_as(approver, release)
    assert carry_out(release)

    assert recipients() == readers
    assert is_seen(lorraine, issue)


def test_letter_has_what_goes_live_in_the_same_release(approver, release):
    approve_as(approver, release)
    carry_out(release)
    work_off()

    letter = next(each for each in mail.outbox if "La lettre du budget" in each.subject)
    assert "Le budget est voté" in letter.body


def test_release_that_fails_sends_nothing(lorraine, editor, approver, release, old):
    add_page(release, old, TAKE_DOWN, editor)
    approve_as(approver, release)
    type(old).objects.get(pk=old.pk).unpublish()

    assert not carry_out(release)

    assert recipients() == []


def test_letter_is_not_sent_twice(editor, approver, release, issue, news, readers):
    approve_as(approver, release)
    carry_out(release)
    undo(again(release), approver)
    second = release_of(editor, rewrite(issue, editor), rewrite(news, editor), title="Deuxième essai")
    approve_as(approver, second)
    carry_out(second)
    run_release(in_the_past(second).pk, timezone.now())
    work_off(pauses=True)

    assert Sending.objects.count() == 1
    assert len(recipients()) <= len(readers)


def test_undo_holds_back_what_is_not_sent_yet(lorraine, approver, release, issue):
    approve_as(approver, release)
    carry_out(release)
    undo(again(release), approver)

    assert not is_seen(lorraine, issue)
    assert Sending.objects.get().state == Sending.State.PAUSED
    assert recipients() == []


def test_undo_says_that_a_sent_letter_cannot_be_taken_back(lorraine, approver, release):
    desk = newsroom_client(lorraine, approver)
    approve_as(approver, release)
    carry_out(release)
    assert desk.get(reverse("release", args=[release.pk])).context["has_letters"]

    html = post(desk, "release_undo", release.pk)

    assert 'class="warning"' in html.content.decode()


def test_approver_sees_how_many_people_get_it(lorraine, approver, release):
    (row,) = [
        row
        for row in newsroom_client(lorraine, approver).get(reverse("release", args=[release.pk])).context["rows"]
        if row["mailing"]
    ]

    assert "2" in row["mailing"]


def test_approval_is_refused_once_the_number_has_changed(lorraine, approver, release):
    desk = newsroom_client(lorraine, approver)
    seen = desk.get(reverse("release", args=[release.pk])).context["seen"]
    make_subscriber(lorraine, "nouvelle@reader.example")

    post(desk, "release_approve", release.pk, seen=seen)

    assert again(release).is_open


def test_author_cannot_approve_the_letter(editor, release):
    with pytest.raises(PublicationRefusedError):
        approve_as(editor, release)


def test_preview_sends_nothing(lorraine, editor, release):
    address = f"{reverse('release_preview', args=[release.pk])}{lorraine.site.pk}/fr/"

    assert newsroom_client(lorraine, editor).get(address).status_code == 200

    assert recipients() == []
    assert not Sending.objects.exists()


def test_letter_of_another_site_is_not_named(saar, newsrooms, lorraine, editor, release):
    foreign = draft(saar, newsrooms.saar[Role.EDITOR], "Geheimer Brief")
    add_page(release, foreign, "publish", newsrooms.saar[Role.EDITOR])

    assert "Geheimer" not in screen(newsroom_client(lorraine, editor), release)


def test_release_without_a_letter_says_nothing_of_letters(lorraine, editor, approver):
    release = release_of(editor, draft(lorraine, editor, "Sans lettre"))

    response = newsroom_client(lorraine, approver).get(reverse("release", args=[release.pk]))

    assert not response.context["has_letters"]
