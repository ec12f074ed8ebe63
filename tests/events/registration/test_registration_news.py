"""Registered people are notified once of published changes that affect them, and of nothing else."""

from copy import deepcopy
from datetime import timedelta

import pytest
from icalendar import Calendar
from time_machine import travel

from events.models import DateSeats, EventPage, Registration
from events.recurrence import SINGLE
from events.registration import notify
from tests.builders import change, make_draft, work_off
from tests.events.registering import WEEKLY, book, date_of, make_bookable, sent_mails


@pytest.fixture(scope="module")
def module_meeting(module_network) -> EventPage:
    """An event with one date, for which Anna is registered."""
    event = make_bookable(module_network.lorraine.calendar)
    book(event, "anna")
    sent_mails()
    return event


@pytest.fixture
def meeting(module_meeting, network) -> EventPage:
    return deepcopy(module_meeting)


@pytest.fixture
def decoy(saar) -> EventPage:
    event = make_bookable(saar.calendars["fr"])
    book(event, "decoy")
    sent_mails()
    return event


def to(sent) -> list[str]:
    return sorted(each.to[0].partition("@")[0] for each in sent)


def test_moved_event_notifies_registered_people_once(meeting, decoy):
    start = meeting.start + timedelta(days=1, hours=2)
    event = change(meeting, start=start, end=start + timedelta(hours=2), status="moved")
    [message] = sent_mails()

    assert message.to == ["anna@portal.example"]
    assert message.subject == f"Nouvel horaire : {event.title}"
    assert event.when in message.body
    assert "auparavant" in message.body
    assert "/_registration/own/" in message.body
    assert event.when in message.alternatives[0].content
    [entry] = Calendar.from_ical(message.attachments[0].get_content()).events
    assert (entry["UID"], entry["DTSTART"].dt, entry["SEQUENCE"]) == (event.calendar_uid, start, 1)

    change(event, title="Autre titre")
    assert sent_mails() == []


def test_concurrent_publications_send_no_outdated_time(meeting, decoy, monkeypatch):
    """The second publication and its whole task happen while the task of the first one is running."""
    notify_person = notify._notify_person
    start = meeting.start + timedelta(days=1)

    def come_between(*args, **facts) -> bool:
        monkeypatch.setattr(notify, "_notify_person", notify_person)
        change(meeting, start=start + timedelta(days=1), end=start + timedelta(days=1, hours=2), status="moved")
        work_off()
        return notify_person(*args, **facts)

    monkeypatch.setattr(notify, "_notify_person", come_between)
    change(meeting, start=start, end=start + timedelta(hours=2), status="moved")
    [message] = sent_mails()

    assert EventPage.objects.get(pk=meeting.pk).when in message.body


def test_cancelled_event_notifies_registered_and_waiting_people(meeting, decoy):
    change(meeting, capacity=1, has_waiting_list=True)
    book(meeting, "berta")
    sent_mails()
    event = change(meeting, status="cancelled", status_note="Salle inondée")
    sent = sent_mails()

    assert to(sent) == ["anna", "berta"]
    assert all(each.subject == f"Annulé : {event.title}" for each in sent)
    assert all("Salle inondée" in each.body for each in sent)
    [entry] = Calendar.from_ical(sent[0].attachments[0].get_content()).events
    assert entry["STATUS"] == "CANCELLED"


def test_reinstated_event_notifies_its_people(meeting):
    change(meeting, status="cancelled")
    sent_mails()
    event = change(meeting, status="scheduled")

    assert [each.subject for each in sent_mails()] == [f"A finalement lieu : {event.title}"]


def test_changed_place_is_sent(meeting, decoy):
    event = change(meeting, place="Salle des fêtes")
    [message] = sent_mails()

    assert message.subject == f"Nouveau lieu : {event.title}"
    assert "Salle des fêtes" in message.body


@pytest.mark.parametrize(
    "facts", [{}, {"title": "Autre titre"}, {"price": "12 €"}, {"standfirst": "Autre"}, {"capacity": 50}]
)
def test_change_that_does_not_matter_is_not_sent(meeting, facts):
    change(meeting, **facts)

    assert sent_mails() == []


def test_draft_notifies_nobody(meeting):
    page = EventPage.objects.get(pk=meeting.pk)
    page.status = "cancelled"
    page.save_revision()

    assert sent_mails() == []


def test_person_who_cancelled_is_not_notified(meeting):
    Registration.objects.update(state="cancelled")

    change(meeting, status="cancelled")

    assert sent_mails() == []


def test_change_of_a_past_date_is_not_sent(meeting):
    with travel(meeting.end + timedelta(days=1)):
        change(meeting, place="Salle des fêtes")

        assert sent_mails() == []


def test_event_that_becomes_a_series_keeps_its_people(meeting):
    assert DateSeats.objects.get().date_key == SINGLE
    event = change(meeting, recurrence=WEEKLY)

    assert sent_mails() == []
    assert DateSeats.objects.get().date_key == date_of(event, 0).key
    assert date_of(event, 0).seats.taken == 1
    assert date_of(event, 1).seats is None


def test_deleted_event_notifies_its_people_and_keeps_them_until_retention_ends(meeting, decoy):
    meeting.delete()
    [message] = sent_mails()

    assert message.to == ["anna@portal.example"]
    assert message.subject.startswith("Annulé")
    assert Registration.objects.get(event=None).notified["is_off"]


def test_deleted_section_notifies_people_of_events_below_it(lorraine, meeting):
    lorraine.section.delete()

    assert to(sent_mails()) == ["anna"]


def test_deleted_past_event_notifies_nobody(meeting):
    with travel(meeting.end + timedelta(days=1)):
        meeting.delete()

        assert sent_mails() == []


def test_translation_of_a_deleted_event_takes_over_its_registrations(lorraine, meeting):
    german = make_bookable(
        lorraine.calendars["de"], start=meeting.start, place="Holzhaus", translation_key=meeting.translation_key
    )
    meeting.delete()

    assert sent_mails() == []
    assert Registration.objects.get().event == german
    change(german, status="cancelled")
    assert to(sent_mails()) == ["anna"]


def test_unpublished_page_notifies_nobody_until_it_is_republished_changed(meeting):
    make_draft(meeting)
    assert sent_mails() == []

    change(meeting, status="cancelled")

    assert to(sent_mails()) == ["anna"]


def test_people_are_notified_of_changes_in_their_language_only(lorraine, meeting):
    german = make_bookable(
        lorraine.calendars["de"], start=meeting.start, place="Holzhaus", translation_key=meeting.translation_key
    )
    book(german, "berta")
    sent_mails()

    change(meeting, place="Salle des fêtes")
    assert to(sent_mails()) == ["anna"]
    change(german, place="Festsaal")
    [message] = sent_mails()
    assert (message.to, message.subject) == (["berta@portal.example"], f"Neuer Ort: {german.title}")


def test_failed_mail_is_sent_later(meeting, monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError("broken")

    with monkeypatch.context() as context:
        context.setattr("events.registration.notify._message", broken)
        change(meeting, status="cancelled")
        assert sent_mails() == []

    work_off(pauses=True)
    work_off(pauses=True)

    assert not Registration.objects.filter(notified__is_off=False).exists()


def test_moved_date_moves_the_day_of_deletion(meeting):
    before = Registration.objects.get().delete_at
    change(meeting, start=meeting.start + timedelta(days=7), end=meeting.end + timedelta(days=7))
    sent_mails()

    assert Registration.objects.get().delete_at == before + timedelta(days=7)
