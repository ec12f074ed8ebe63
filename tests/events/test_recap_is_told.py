"""Those who came and asked for it hear of the published recap, once, by a button."""

import pytest
from django.urls import reverse

from portal.editorial.roles import Role
from tests.builders import make_newsroom, make_private, make_recap, newsroom_client
from tests.events.registering import WEEKLY, book, date_of, letters, make_bookable

AGREED = {"recap_consent": "Écrivez-moi.", "wants_recap": True}


@pytest.fixture
def people(lorraine):
    return make_newsroom(lorraine)


@pytest.fixture
def event(lorraine, people):
    event = make_bookable(lorraine.calendar, owner=people[Role.ORGANISER])
    book(event, "anna", **AGREED)
    book(event, "berta", recap_consent="Écrivez-moi.")
    letters()
    return event


@pytest.fixture
def decoy(saar):
    """Somebody who waits for the recap of another site's event."""
    foreign = make_bookable(saar.calendars["fr"])
    book(foreign, "decoy", **AGREED)
    letters()
    return make_recap(saar.calendars["fr"], "Ailleurs", event=foreign)


def path(recap) -> str:
    return reverse("tell_of_recap", args=[recap.pk])


def test_those_who_agreed_get_one_letter_with_the_link(lorraine, people, event, decoy):
    recap = make_recap(lorraine.calendar, "Retour sur le bois", event=event)
    organiser = newsroom_client(lorraine, people[Role.ORGANISER])
    assert "1 registration" in organiser.get(path(recap)).content.decode().replace("One", "1")

    organiser.post(path(recap))
    [letter] = letters()
    organiser.post(path(recap))

    assert letter.to == ["anna@portal.example"]
    assert "Retour sur le bois" in letter.subject
    assert recap.full_url in letter.body
    assert "/_registration/own/" in letter.body
    assert letters() == []


def test_recap_of_one_date_is_told_to_those_of_that_date(lorraine, people):
    event = make_bookable(lorraine.calendar, owner=people[Role.ORGANISER], recurrence=WEEKLY)
    book(event, "anna", 0, **AGREED)
    book(event, "berta", 1, **AGREED)
    letters()
    recap = make_recap(lorraine.calendar, "Retour", event=event, event_date=date_of(event, 1).first_day)

    newsroom_client(lorraine, people[Role.ORGANISER]).post(path(recap))

    assert [letter.to for letter in letters()] == [["berta@portal.example"]]


def test_who_came_to_two_dates_gets_one_letter_of_the_whole_series(lorraine, people):
    event = make_bookable(lorraine.calendar, owner=people[Role.ORGANISER], recurrence=WEEKLY)
    book(event, "anna", 0, **AGREED)
    book(event, "anna", 1, **AGREED)
    letters()
    recap = make_recap(lorraine.calendar, "Retour", event=event)

    newsroom_client(lorraine, people[Role.ORGANISER]).post(path(recap))

    assert [letter.to for letter in letters()] == [["anna@portal.example"]]


@pytest.mark.parametrize("role", [Role.EDITOR, Role.APPROVER])
def test_who_may_not_see_who_comes_may_not_write_to_them(lorraine, people, event, role):
    recap = make_recap(lorraine.calendar, "Retour", event=event)

    assert newsroom_client(lorraine, people[role]).post(path(recap)).status_code in (302, 403)
    assert letters() == []


def test_another_site_is_out_of_reach(lorraine, people, decoy):
    newsroom_client(lorraine, people[Role.SITE_ADMINISTRATOR]).post(path(decoy))

    assert letters() == []


@pytest.mark.parametrize("hide", ["draft", "private"])
def test_nobody_is_told_of_a_recap_that_readers_do_not_find(lorraine, people, event, hide):
    recap = make_recap(lorraine.calendar, "Retour", event=event)
    if hide == "private":
        make_private(recap)
    else:
        type(recap).objects.filter(pk=recap.pk).update(live=False)

    newsroom_client(lorraine, people[Role.ORGANISER]).post(path(recap))

    assert letters() == []


def test_button_is_there_as_long_as_somebody_waits(lorraine, people, event):
    recap = make_recap(lorraine.calendar, "Retour", event=event, owner=people[Role.ORGANISER])
    organiser = newsroom_client(lorraine, people[Role.ORGANISER])
    edit = reverse("wagtailadmin_pages:edit", args=[recap.pk])
    assert path(recap) in organiser.get(edit).content.decode()

    organiser.post(path(recap))

    assert path(recap) not in organiser.get(edit).content.decode()
