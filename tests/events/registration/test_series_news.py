"""People registered for dates in a series are notified of changes to their dates, and of nothing else."""

from copy import deepcopy
from datetime import timedelta

import pytest
from django.utils import timezone
from icalendar import Calendar
from time_machine import travel

from events.models import AddedDate, ChangedDate, EventPage, Registration
from events.newsroom.dates_view import split_series
from portal.platform.tasks.periodic import periodic_tasks
from tests.builders import change
from tests.events.registering import WEEKLY, book, date_of, make_bookable, sent_mails


@pytest.fixture(scope="module")
def module_event(module_network) -> EventPage:
    """A weekly event; Anna comes to its first two dates, Berta to the second, and all earlier emails are sent."""
    event = make_bookable(module_network.lorraine.calendar, recurrence=WEEKLY)
    book(event, "anna", 0)
    book(event, "anna", 1)
    book(event, "berta", 1)
    sent_mails()
    return event


@pytest.fixture
def event(module_event, network) -> EventPage:
    return deepcopy(module_event)


def cancel_date(event: EventPage, number: int, **facts) -> EventPage:
    day = date_of(event, number).first_day
    event = EventPage.objects.get(pk=event.pk)
    facts = {"kind": ChangedDate.Kind.CANCELLED, "reason": "Grève des trains", **facts}
    event.changed_dates = [ChangedDate(day=day, **facts)]
    event.save_revision().publish()
    return event


def to(sent) -> list[str]:
    return sorted(each.to[0].partition("@")[0] for each in sent)


def test_cancelled_date_of_a_series_notifies_people_of_that_date(event):
    cancel_date(event, 0)
    [message] = sent_mails()

    assert message.to == ["anna@portal.example"]
    assert "Grève des trains" in message.body


def test_moved_date_of_a_series_notifies_people_of_that_date(event):
    cancel_date(event, 1, kind=ChangedDate.Kind.CHANGED, new_day=date_of(event, 1).first_day + timedelta(days=2))
    sent = sent_mails()

    assert to(sent) == ["anna", "berta"]
    [entry] = Calendar.from_ical(sent[0].attachments[0].get_content()).events
    assert "RECURRENCE-ID" in entry


def test_change_of_the_whole_series_is_one_mail_for_each_person(event):
    change(event, status="cancelled")
    sent = sent_mails()

    assert to(sent) == ["anna", "berta"]
    [anna] = [each for each in sent if each.to == ["anna@portal.example"]]
    assert anna.body.count("N’a pas lieu") == 2
    assert len(Calendar.from_ical(anna.attachments[0].get_content()).events) == 2


def test_removed_date_notifies_people_of_that_date(event):
    cancel_date(event, 0, kind=ChangedDate.Kind.REMOVED)

    assert to(sent_mails()) == ["anna"]


def test_date_dropped_by_a_new_rule_keeps_and_notifies_its_people(event):
    change(event, recurrence="FREQ=WEEKLY;COUNT=1")

    assert to(sent_mails()) == ["anna", "berta"]
    assert Registration.objects.active().count() == 3


def test_change_of_a_dropped_date_does_not_affect_another_date(event):
    gone = date_of(event, 1)
    page = EventPage.objects.get(pk=event.pk)
    page.changed_dates = [ChangedDate(day=gone.first_day, kind=ChangedDate.Kind.CANCELLED)]
    page.recurrence = "FREQ=WEEKLY;INTERVAL=2;COUNT=2"
    page.save_revision().publish()
    sent = sent_mails()

    assert to(sent) == ["anna", "berta"]
    anna = next(each for each in sent if each.to == ["anna@portal.example"])
    assert anna.body.count("N’a pas lieu") == 1
    assert {each.date.date_key for each in Registration.objects.of_person("anna@portal.example")} == {
        date_of(event, 0).key,
        gone.key,
    }


def test_new_rule_does_not_notify_people_of_past_dates(event):
    first = date_of(event, 0)
    with travel(first.end + timedelta(days=1)):
        change(event, recurrence="FREQ=WEEKLY;INTERVAL=3;COUNT=3")
        sent = sent_mails()

    assert to(sent) == ["anna", "berta"]
    assert Registration.objects.filter(date=first.seats).count() == 1
    assert date_of(event, 0).seats_id == first.seats_id
    assert "N’a pas lieu" in sent[0].body


def test_added_date_does_not_affect_the_others(event):
    page = EventPage.objects.get(pk=event.pk)
    page.added_dates = [AddedDate(day=event.start.date() + timedelta(days=2))]
    page.save_revision().publish()

    assert sent_mails() == []


def test_later_part_of_a_split_series_takes_over_its_registrations(lorraine, event):
    second = date_of(event, 1)
    page = EventPage.objects.get(pk=event.pk)
    follower = split_series(page, second.key, None)

    page.get_latest_revision().publish()
    assert sent_mails() == []
    follower.get_latest_revision().publish()

    assert sent_mails() == []
    assert date_of(follower, 0).seats.taken == 2
    assert Registration.objects.filter(event=follower).count() == 2


def test_people_of_a_discarded_successor_are_notified_in_the_end(event):
    second = date_of(event, 1)
    page = EventPage.objects.get(pk=event.pk)
    follower = split_series(page, second.key, None)
    page.get_latest_revision().publish()
    assert sent_mails() == []

    follower.delete()
    for task in periodic_tasks():
        if task.name.endswith("reconcile_registrations"):
            task.run(timezone.now())

    assert to(sent_mails()) == ["anna", "berta"]
