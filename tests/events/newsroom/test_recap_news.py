"""People who agreed are notified once of a published recap, when the organiser presses the button."""

import pytest
from django.urls import reverse

from portal.editorial.roles import Role
from tests.builders import make_private, make_recap, newsroom_client
from tests.checkers.refusals import is_refused
from tests.events.registering import WEEKLY, book, date_of, make_bookable, sent_mails

AGREED = {"recap_consent": "Écrivez-moi.", "wants_recap": True}


@pytest.fixture
def event(lorraine, newsroom):
    event = make_bookable(lorraine.calendar, owner=newsroom[Role.ORGANISER])
    book(event, "anna", **AGREED)
    book(event, "berta", recap_consent="Écrivez-moi.")
    sent_mails()
    return event


@pytest.fixture
def decoy(saar):
    """A registration with consent for an event of another site."""
    foreign = make_bookable(saar.calendars["fr"])
    book(foreign, "decoy", **AGREED)
    sent_mails()
    return make_recap(saar.calendars["fr"], "Ailleurs", event=foreign)


def path(recap) -> str:
    return reverse("notify_of_recap", args=[recap.pk])


def test_people_who_consented_get_one_mail_with_the_link(lorraine, newsroom, event, decoy):
    recap = make_recap(lorraine.calendar, "Retour sur le bois", event=event)
    organiser = newsroom_client(lorraine, newsroom[Role.ORGANISER])
    assert "1 registered person" in organiser.get(path(recap)).content.decode().replace("One", "1")

    organiser.post(path(recap))
    [message] = sent_mails()
    organiser.post(path(recap))

    assert message.to == ["anna@portal.example"]
    assert "Retour sur le bois" in message.subject
    assert recap.full_url in message.body
    assert "/_registration/own/" in message.body
    assert sent_mails() == []


def test_recap_of_one_date_is_sent_to_people_of_that_date(lorraine, newsroom):
    event = make_bookable(lorraine.calendar, owner=newsroom[Role.ORGANISER], recurrence=WEEKLY)
    book(event, "anna", 0, **AGREED)
    book(event, "berta", 1, **AGREED)
    sent_mails()
    recap = make_recap(lorraine.calendar, "Retour", event=event, event_date=date_of(event, 1).first_day)

    newsroom_client(lorraine, newsroom[Role.ORGANISER]).post(path(recap))

    assert [message.to for message in sent_mails()] == [["berta@portal.example"]]


def test_person_with_two_dates_gets_one_mail_about_the_whole_series(lorraine, newsroom):
    event = make_bookable(lorraine.calendar, owner=newsroom[Role.ORGANISER], recurrence=WEEKLY)
    book(event, "anna", 0, **AGREED)
    book(event, "anna", 1, **AGREED)
    sent_mails()
    recap = make_recap(lorraine.calendar, "Retour", event=event)

    newsroom_client(lorraine, newsroom[Role.ORGANISER]).post(path(recap))

    assert [message.to for message in sent_mails()] == [["anna@portal.example"]]


@pytest.mark.parametrize("role", [Role.EDITOR, Role.APPROVER])
def test_user_who_may_not_see_registrations_may_not_notify_them(lorraine, newsroom, event, role):
    recap = make_recap(lorraine.calendar, "Retour", event=event)

    assert is_refused(newsroom_client(lorraine, newsroom[role]).post(path(recap)))
    assert sent_mails() == []


def test_recap_of_another_site_is_forbidden(lorraine, newsroom, decoy):
    newsroom_client(lorraine, newsroom[Role.SITE_ADMINISTRATOR]).post(path(decoy))

    assert sent_mails() == []


@pytest.mark.parametrize("hide", ["draft", "private"])
def test_nobody_is_notified_of_a_recap_that_is_not_public(lorraine, newsroom, event, hide):
    recap = make_recap(lorraine.calendar, "Retour", event=event)
    if hide == "private":
        make_private(recap)
    else:
        type(recap).objects.filter(pk=recap.pk).update(live=False)

    newsroom_client(lorraine, newsroom[Role.ORGANISER]).post(path(recap))

    assert sent_mails() == []


def test_button_is_shown_while_somebody_is_not_notified(lorraine, newsroom, event):
    recap = make_recap(lorraine.calendar, "Retour", event=event, owner=newsroom[Role.ORGANISER])
    organiser = newsroom_client(lorraine, newsroom[Role.ORGANISER])
    edit = reverse("wagtailadmin_pages:edit", args=[recap.pk])
    assert path(recap) in organiser.get(edit).content.decode()

    organiser.post(path(recap))

    assert path(recap) not in organiser.get(edit).content.decode()
