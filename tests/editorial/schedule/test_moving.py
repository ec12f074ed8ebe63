"""Approvers and the author of a scheduled version move or cancel it; everybody else sees who can."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from time_machine import travel
from wagtail.models import PageLogEntry

from portal.editorial.roles import Role, group_of
from portal.editorial.schedule.scheduling import run_schedule
from portal.formats.words import date_and_time
from tests.builders import make_image, make_member, newsroom_client
from tests.editorial.drafts import answer, draft, submit

DAY = timedelta(days=1)


@pytest.fixture
def tomorrow():
    return timezone.now().replace(second=0, microsecond=0) + DAY


@pytest.fixture
def story(lorraine, newsroom, tomorrow):
    """A story by an editor, approved for tomorrow."""
    story = draft(lorraine, newsroom[Role.EDITOR], "Four électrique", go_live_at=tomorrow)
    answer(submit(story, newsroom[Role.EDITOR]), newsroom[Role.APPROVER])
    story.refresh_from_db()
    return story


def schedule_of(story):
    return type(story).objects.get(pk=story.pk).scheduled_revision


@pytest.fixture
def colleague(lorraine):
    return make_member("colleague", group_of(lorraine.site, Role.EDITOR), first_name="Jeanne")


def move(ground, user, story, at):
    address = reverse("move_schedule", args=[story.pk])
    data = {"revision": story.scheduled_revision.pk, "at": timezone.localtime(at).strftime("%d.%m.%Y %H:%M")}
    return newsroom_client(ground, user).post(address, data, follow=True)


def edited_by(ground, user, story):
    return newsroom_client(ground, user).get(reverse("wagtailadmin_pages:edit", args=[story.pk])).content.decode()


@pytest.mark.parametrize("role", [Role.EDITOR, Role.APPROVER])
def test_author_and_approver_move_a_publication(lorraine, newsroom, story, tomorrow, role):
    move(lorraine, newsroom[role], story, tomorrow + DAY)

    with travel(tomorrow + timedelta(minutes=1)):
        run_schedule(timezone.now())
    story.refresh_from_db()
    early = story.live
    with travel(tomorrow + DAY + timedelta(minutes=1)):
        run_schedule(timezone.now())
    story.refresh_from_db()
    assert (early, story.live) == (False, True)


def test_history_names_who_moved_it_and_both_times(lorraine, newsroom, story, tomorrow):
    move(lorraine, newsroom[Role.EDITOR], story, tomorrow + DAY)

    entry = PageLogEntry.objects.get(page=story.pk, action="portal.schedule.moved")
    assert entry.user == newsroom[Role.EDITOR]
    assert all(date_and_time(timezone.localtime(at)) in entry.message for at in (tomorrow, tomorrow + DAY))


def test_moved_publication_publishes_the_approved_text(lorraine, newsroom, story, tomorrow):
    approved = story.scheduled_revision.pk

    move(lorraine, newsroom[Role.EDITOR], story, tomorrow + DAY)

    assert schedule_of(story).pk == approved


def test_new_time_is_typed_with_the_calendar_of_other_fields(lorraine, newsroom, story):
    page = newsroom_client(lorraine, newsroom[Role.EDITOR]).get(reverse("move_schedule", args=[story.pk]))

    assert "date-time-chooser.js" in page.content.decode()


def test_author_cancels_a_publication(lorraine, newsroom, story):
    address = reverse("wagtailadmin_pages:revisions_unschedule", args=[story.pk, story.scheduled_revision.pk])
    newsroom_client(lorraine, newsroom[Role.EDITOR]).post(address)

    assert schedule_of(story) is None


@pytest.mark.parametrize("name", ["move_schedule", "wagtailadmin_pages:revisions_unschedule"])
def test_colleague_changes_no_schedule_of_others(lorraine, colleague, story, tomorrow, name):
    keys = [story.pk] if name == "move_schedule" else [story.pk, story.scheduled_revision.pk]
    data = {"revision": story.scheduled_revision.pk, "at": "24.12.2030 8:00"}
    newsroom_client(lorraine, colleague).post(reverse(name, args=keys), data)

    assert schedule_of(story).approved_go_live_at == tomorrow


def test_approver_of_another_site_changes_no_schedule(lorraine, newsrooms, story, tomorrow):
    move(lorraine, newsrooms.saar[Role.APPROVER], story, tomorrow + DAY)

    assert schedule_of(story).approved_go_live_at == tomorrow


def test_author_finds_the_button(lorraine, newsroom, story):
    assert reverse("move_schedule", args=[story.pk]) in edited_by(lorraine, newsroom[Role.EDITOR], story)


def test_colleague_reads_who_can_move_it(lorraine, newsrooms, colleague, story):
    approver = newsrooms.lorraine[Role.APPROVER]
    approver.first_name, approver.last_name = "Marc", "Weber"
    approver.save()

    shown = edited_by(lorraine, colleague, story)

    assert "It can be moved or cancelled by:" in shown
    assert "Marc Weber" in shown.split("It can be moved or cancelled by:")[1][:300]
    assert newsrooms.saar[Role.APPROVER].username not in shown


@pytest.mark.parametrize(
    "shift", [-2 * DAY, -DAY / 2, 3 * DAY, 5 * DAY], ids=["past", "embargo", "licence over", "after the expiry"]
)
def test_impossible_time_is_an_error(lorraine, newsroom, tomorrow, shift):
    picture = make_image(licence_ends=timezone.localdate(tomorrow + DAY))
    times = {"go_live_at": tomorrow, "embargo_until": tomorrow - DAY / 4, "expire_at": tomorrow + 4 * DAY}
    story = draft(lorraine, newsroom[Role.EDITOR], lead_image=picture, **times)
    answer(submit(story, newsroom[Role.EDITOR]), newsroom[Role.APPROVER])
    story.refresh_from_db()

    response = move(lorraine, newsroom[Role.EDITOR], story, tomorrow + shift)

    assert response.context["form"].errors["at"]
    assert schedule_of(story).approved_go_live_at == tomorrow


def test_published_story_is_not_moved(lorraine, newsroom, story, tomorrow):
    revision = story.scheduled_revision.pk
    with travel(tomorrow + timedelta(minutes=1)):
        run_schedule(timezone.now())
    client = newsroom_client(lorraine, newsroom[Role.APPROVER])
    data = {"revision": revision, "at": "24.12.2030 8:00"}
    response = client.post(reverse("move_schedule", args=[story.pk]), data, follow=True)

    story.refresh_from_db()
    assert story.live
    assert "is not scheduled any more" in response.content.decode()
