"""A schedule that is taken back leaves a draft without a date; its author is mailed; other languages are named."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.core import mail
from django.urls import reverse
from django.utils import timezone
from wagtail.users.models import UserProfile

from portal.editorial.roles import Role
from portal.editorial.translations import actions
from portal.formats.words import date_and_time
from tests.builders import make_image, newsroom_client, work_off
from tests.editorial.actions import confirm_passages, edit_form, messages_of, reload
from tests.editorial.drafts import answer, draft, rewrite, submit

pytestmark = pytest.mark.django_db


@pytest.fixture
def at():
    return (timezone.localtime() + timedelta(days=3)).replace(minute=0, second=0, microsecond=0)


@pytest.fixture
def story(lorraine, editor, approver, at):
    story = draft(lorraine, editor, "Four électrique", go_live_at=at)
    answer(submit(story, editor), approver)
    return reload(story)


@pytest.fixture
def pair(lorraine, editor, approver, at):
    """An original and its translation, approved for the same time."""
    facts = {"lead_image": make_image(), "lead_image_alt": "Une scierie"}
    french = draft(lorraine, editor, "La filière bois", standfirst="Cent postes.", go_live_at=at, **facts)
    german = actions.start(french, lorraine.homes["de"].locale, editor)
    words = {"title": "Holz sucht Leute", "standfirst": "Hundert Stellen.", "lead_image_alt": "Ein Sägewerk"}
    rewrite(german, editor, go_live_at=at, **words)
    confirm_passages(german)
    for page in (french, german):
        answer(submit(page, editor), approver)
    return french, german


@pytest.fixture
def writing(lorraine, editor):
    return newsroom_client(lorraine, editor)


@pytest.fixture
def reading(lorraine, approver):
    return newsroom_client(lorraine, approver)


def address(page) -> str:
    return reverse("wagtailadmin_pages:revisions_unschedule", args=[page.pk, reload(page).scheduled_revision.pk])


def take_back(client, page, **data):
    return client.post(address(page), data, follow=True)


def parsed(response) -> BeautifulSoup:
    return BeautifulSoup(response.content, "html.parser")


def mails_to(user) -> list[mail.EmailMessage]:
    work_off()
    found = [message for message in mail.outbox if message.to == [user.email]]
    mail.outbox.clear()
    return found


def test_draft_has_no_date_any_more(reading, story):
    take_back(reading, story)

    assert reload(story).scheduled_revision is None
    assert reload(story).get_latest_revision_as_object().go_live_at is None


def test_editor_shows_no_date_and_offers_to_publish(reading, story, at):
    page = parsed(take_back(reading, story))

    assert page.select_one("[name=action-publish]").text.split() == ["Publish"]
    assert page.select_one("#schedule-heading") is None


def test_approver_publishes_with_the_button_of_the_message(reading, story):
    button = parsed(take_back(reading, story)).select_one("button[data-w-action-url-value*=publish]")

    reading.post(button["data-w-action-url-value"])

    assert reload(story).live


def test_author_gets_no_button_that_publishes(writing, story):
    page = parsed(take_back(writing, story))

    assert page.select_one("button[data-w-action-url-value*=publish]") is None


def test_button_to_publish_passes_the_gate(reading, writing, story):
    button = parsed(take_back(reading, story)).select_one("button[data-w-action-url-value*=publish]")

    writing.post(button["data-w-action-url-value"])

    assert not reload(story).live


def test_embargo_stays_in_the_draft(lorraine, editor, approver, reading, at):
    page = draft(lorraine, editor, embargo_until=at, go_live_at=at + timedelta(days=1))
    answer(submit(page, editor), approver)

    take_back(reading, page)

    found = reload(page).get_latest_revision_as_object()
    assert (found.embargo_until, found.go_live_at) == (at, at)


def test_second_click_says_that_it_is_over(reading, story):
    url = address(story)
    reading.post(url)

    assert "is not scheduled any more" in messages_of(reading.post(url, follow=True))


def test_page_asks_which_languages_are_taken_back(reading, pair, at):
    form = parsed(take_back(reading, pair[0])).select_one("form[action*=unschedule]")

    assert [button.text for button in form.select("[name=versions]")] == [
        "Cancel the publication: French and German",
        "Cancel the publication: French only",
    ]
    assert [reload(page).scheduled_revision.approved_go_live_at for page in pair] == [at, at]


def test_one_button_takes_back_both(reading, pair):
    form = parsed(reading.get(address(pair[0]))).select_one("form[action*=unschedule]")

    take_back(reading, pair[0], versions=form.select_one("[name=versions]")["value"])

    assert [reload(page).scheduled_revision for page in pair] == [None, None]


def test_both_are_published_by_one_further_button(reading, pair):
    page = parsed(take_back(reading, pair[0], versions=f"with:{pair[1].pk}"))

    reading.post(page.select_one("button[data-w-action-url-value*=publish]")["data-w-action-url-value"])

    assert all(reload(page).live for page in pair)


@pytest.mark.parametrize(("gone", "stays", "language"), [(0, 1, "German"), (1, 0, "French")])
def test_message_names_the_language_that_stays(reading, pair, at, gone, stays, language):
    shown = messages_of(take_back(reading, pair[gone], versions="alone"))

    assert reload(pair[gone]).scheduled_revision is None
    assert reload(pair[stays]).scheduled_revision.approved_go_live_at == at
    assert f"Still scheduled for {date_and_time(at)}: {language}." in shown


def test_other_sites_page_is_not_taken_back(reading, newsrooms, network, pair, at):
    other = draft(network.saar, newsrooms.saar[Role.EDITOR], go_live_at=at)
    answer(submit(other, newsrooms.saar[Role.EDITOR]), newsrooms.saar[Role.APPROVER])

    take_back(reading, pair[0], versions=f"with:{pair[1].pk},{other.pk}")

    assert reload(other).scheduled_revision.approved_go_live_at == at


def test_author_is_mailed_in_her_language(reading, story, editor, at):
    profile = UserProfile.get_for_user(editor)
    profile.preferred_language = "en"
    profile.save()
    mails_to(editor)

    take_back(reading, story)

    (message,) = mails_to(editor)
    assert message.subject.endswith("“Four électrique” is no longer scheduled")
    assert str(at.year) in message.body


def test_author_gets_one_mail_about_both_languages(reading, pair, editor):
    mails_to(editor)

    take_back(reading, pair[0], versions=f"with:{pair[1].pk}")

    (message,) = mails_to(editor)
    assert "La filière bois" in message.subject
    assert "Allemand" in message.body


def test_nobody_is_mailed_about_their_own_cancellation(writing, story, editor):
    mails_to(editor)

    take_back(writing, story)

    assert mails_to(editor) == []


def test_author_is_mailed_when_it_is_published_earlier(reading, story, editor):
    page = parsed(take_back(reading, story))
    mails_to(editor)

    reading.post(page.select_one("button[data-w-action-url-value*=publish]")["data-w-action-url-value"])

    (message,) = mails_to(editor)
    assert reload(story).full_url in message.body


def test_saved_draft_says_its_date_and_what_must_still_happen(writing, lorraine, editor, at):
    page = draft(lorraine, editor)

    shown = messages_of(edit_form(writing, page, go_live_at=f"{at:%Y-%m-%d %H:%M}"))

    assert f"Planned for {date_and_time(at)}, if it is sent for review and approved by then." in shown


def test_approver_reads_which_button_schedules_it(reading, lorraine, editor, at):
    page = draft(lorraine, editor)

    shown = messages_of(edit_form(reading, page, go_live_at=f"{at:%Y-%m-%d %H:%M}"))

    assert f"Planned for {date_and_time(at)}, once you choose “Schedule to publish”." in shown
