"""People with a place are reminded before the event, once for each time of its date."""

from datetime import timedelta

import pytest
from time_machine import travel

from events.models import Registration
from events.registration import booking, reminders
from portal.content.personal_data import export
from portal.platform.tasks.pause import resume
from tests.builders import change, make_draft
from tests.events.registering import WEEKLY, book, date_of, link_in, make_bookable, sent_mails

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def event(lorraine, saar):
    """An event in Auckland with Anna, Berta on its waiting list and Carla, who cancelled; and one of another site."""
    event = make_bookable(
        lorraine.calendar,
        time_zone="Pacific/Auckland",
        reminder_note="Prenez des bottes.",
        capacity=1,
        has_waiting_list=True,
        contact_email="orga@portal.example",
    )
    booking.cancel(book(event, "carla"), event.start - 14 * DAY)
    book(event, "anna")
    book(event, "berta")
    book(make_bookable(saar.calendars["de"], "Holztreffen", start=event.start + 2 * DAY), "dora")
    sent_mails()
    return event


def reminded_at(now) -> list[str]:
    """Run the periodic task at this time; return who gets a mail."""
    with travel(now, tick=False):
        reminders.send_reminders(now)
        return sorted(message.to[0].partition("@")[0] for message in sent_mails())


def test_reminder_has_time_place_note_calendar_and_link_to_cancel(event, lorraine):
    assert reminded_at(event.start - DAY - HOUR) == []
    with travel(event.start - DAY, tick=False):
        reminders.send_reminders(event.start - DAY)
        [message] = sent_mails()

    assert message.to == ["anna@portal.example"]
    assert message.reply_to == ["orga@portal.example"]
    for text in (message.body, message.alternatives[0].content):
        assert event.when in text
        assert "Auckland" in text
        assert "Maison du bois" in text
        assert "Prenez des bottes." in text
        assert f"http://{lorraine.host}{lorraine.address(event).rstrip('/')}.ics" in text
    assert link_in(message).startswith("/fr/")
    assert reminded_at(event.start - HOUR) == []


def test_reminder_is_in_the_language_of_the_registration(saar, event):
    with travel(event.start + DAY, tick=False):
        reminders.send_reminders(event.start + DAY)
        [message] = sent_mails()

    assert message.to == ["dora@portal.example"]
    assert "/de/_registration/own/" in message.body


def test_organiser_sets_the_hours_or_none(event):
    event = change(event, reminder_hours=72)
    assert reminded_at(event.start - 3 * DAY) == ["anna"]

    Registration.objects.update(last_mailed_at=None)
    event = change(event, reminder_hours=0)
    assert reminded_at(event.start - HOUR) == []


@pytest.mark.parametrize("status", ["cancelled", "unpublished", "over"])
def test_nobody_is_reminded_of_an_event_that_does_not_take_place(event, status):
    if status == "cancelled":
        change(event, status="cancelled")
    elif status == "unpublished":
        make_draft(event)
    sent_mails()

    assert reminded_at(event.start + (HOUR if status == "over" else -HOUR)) == []


def test_moved_event_reminds_again_before_its_new_date(event):
    assert reminded_at(event.start - DAY) == ["anna"]
    moved = change(event, start=event.start + 7 * DAY, end=event.end + 7 * DAY, status="moved")
    sent_mails()

    assert reminded_at(event.start - HOUR) == []
    assert reminded_at(moved.start - DAY) == ["anna"]


def test_mail_about_a_move_within_the_hours_replaces_the_reminder(event):
    """The publication's own task has not run yet."""
    change(event, start=event.start + HOUR, end=event.end + HOUR, status="moved")
    with travel(event.start - 2 * HOUR, tick=False):
        reminders.send_reminders(event.start - 2 * HOUR)
        subjects = {message.to[0]: message.subject for message in sent_mails()}

    assert subjects["anna@portal.example"].startswith("Nouvel horaire")
    assert len(subjects) == 2


def test_late_registration_gets_no_reminder_after_its_confirmation(lorraine):
    event = make_bookable(lorraine.calendar)
    with travel(event.start - 3 * HOUR, tick=False):
        book(event, "anna")
        sent_mails()

    assert reminded_at(event.start - 2 * HOUR) == []


def test_dates_of_a_series_remind_separately(lorraine):
    event = make_bookable(lorraine.calendar, recurrence=WEEKLY)
    for number in (0, 1):
        book(event, "anna", number)
    sent_mails()
    first, second = date_of(event, 0), date_of(event, 1)

    assert reminded_at(first.start - DAY) == ["anna"]
    assert reminded_at(second.start - DAY - HOUR) == []
    assert reminded_at(second.start - DAY) == ["anna"]


def test_all_day_event_reminds_in_the_morning(lorraine):
    event = make_bookable(lorraine.calendar, is_all_day=True)
    book(event, "anna")
    sent_mails()

    assert reminded_at(event.start - DAY + 8 * HOUR) == []
    assert reminded_at(event.start - DAY + 9 * HOUR) == ["anna"]


def test_two_workers_send_one_reminder(event, monkeypatch):
    now, message_of = event.start - DAY, reminders._message

    def come_between(*args):
        monkeypatch.setattr(reminders, "_message", message_of)
        reminders.remind_of_event.func(event.pk)
        return message_of(*args)

    monkeypatch.setattr(reminders, "_message", come_between)

    assert reminded_at(now) == ["anna"]


def test_reminder_that_failed_is_sent_by_the_next_run(event, monkeypatch):
    def broken(*args):
        raise RuntimeError("broken")

    with monkeypatch.context() as context:
        context.setattr(reminders, "enqueue", broken)
        assert reminded_at(event.start - DAY) == []

    assert reminded_at(event.start - DAY) == ["anna"]


def test_changes_that_cannot_be_mailed_do_not_stop_reminders(event, lorraine, monkeypatch):
    book(make_bookable(lorraine.calendar, start=event.start), "emil")
    sent_mails()
    monkeypatch.setattr(reminders, "notify_registered", lambda page, now: 1 / 0)

    assert reminded_at(event.start - DAY) == ["anna", "emil"]


def test_changes_are_looked_for_once_for_all_dates_of_an_event(lorraine, monkeypatch):
    event = make_bookable(lorraine.calendar, recurrence=WEEKLY, reminder_hours=8 * 24)
    for number in (0, 1):
        book(event, "anna", number)
    sent_mails()
    checked = []
    monkeypatch.setattr(reminders, "notify_registered", lambda page, now: checked.append(page.pk))

    assert reminded_at(event.start - HOUR) == ["anna", "anna"]
    assert checked == [event.pk]


def test_restore_without_mails_sends_no_reminder_twice(event):
    with travel(event.start - HOUR, tick=False):
        resume(without_mail=True)

    assert reminded_at(event.start - HOUR) == []


def test_export_names_the_last_mail(event):
    reminded_at(event.start - DAY)

    assert (event.start - DAY).isoformat() in str(export("anna@portal.example", None))
