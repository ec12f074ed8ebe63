"""Those registered are told once of what a publication changes for them, and of nothing else."""

from datetime import timedelta

import pytest
from django.utils import timezone
from icalendar import Calendar
from time_machine import travel

from events.models import AddedDate, ChangedDate, DateSeats, EventPage, Registration
from events.newsroom.splitting import split
from events.recurrence import SINGLE
from portal.core.tasks.periodic import periodic_tasks
from tests.builders import change, make_draft, work_off
from tests.events.registering import WEEKLY, book, date_of, letters, make_bookable


@pytest.fixture
def event(lorraine) -> EventPage:
    """A weekly event; Anna comes to its first two dates, Berta to the second, and all letters about that have left."""
    event = make_bookable(lorraine.calendar, recurrence=WEEKLY)
    book(event, "anna", 0)
    book(event, "anna", 1)
    book(event, "berta", 1)
    letters()
    return event


@pytest.fixture
def meeting(lorraine) -> EventPage:
    """An event of one date, to which Anna comes."""
    event = make_bookable(lorraine.calendar)
    book(event, "anna")
    letters()
    return event


@pytest.fixture
def decoy(saar) -> EventPage:
    event = make_bookable(saar.calendars["fr"])
    book(event, "decoy")
    letters()
    return event


def cancel_date(event: EventPage, number: int, **facts) -> EventPage:
    day = date_of(event, number).first_day
    event = EventPage.objects.get(pk=event.pk)
    facts = {"kind": ChangedDate.Kind.CANCELLED, "reason": "Grève des trains", **facts}
    event.changed_dates = [ChangedDate(day=day, **facts)]
    event.save_revision().publish()
    return event


def to(sent) -> list[str]:
    return sorted(each.to[0].partition("@")[0] for each in sent)


def test_moved_event_tells_those_registered_once(meeting, decoy):
    start = meeting.start + timedelta(days=1, hours=2)
    event = change(meeting, start=start, end=start + timedelta(hours=2), status="moved")
    [letter] = letters()

    assert letter.to == ["anna@portal.example"]
    assert letter.subject == f"Nouvel horaire : {event.title}"
    assert event.when in letter.body
    assert "auparavant" in letter.body
    assert "/_registration/own/" in letter.body
    assert event.when in letter.alternatives[0].content
    [entry] = Calendar.from_ical(letter.attachments[0].content).events
    assert (entry["UID"], entry["DTSTART"].dt, entry["SEQUENCE"]) == (event.calendar_uid, start, 1)

    change(event, title="Autre titre")
    assert letters() == []


def test_cancelled_event_tells_those_registered_and_those_who_wait(meeting, decoy):
    change(meeting, capacity=1, has_waiting_list=True)
    book(meeting, "berta")
    letters()
    event = change(meeting, status="cancelled", status_note="Salle inondée")
    sent = letters()

    assert to(sent) == ["anna", "berta"]
    assert all(each.subject == f"Annulé : {event.title}" for each in sent)
    assert all("Salle inondée" in each.body for each in sent)
    [entry] = Calendar.from_ical(sent[0].attachments[0].content).events
    assert entry["STATUS"] == "CANCELLED"


def test_event_that_takes_place_after_all_says_so(meeting):
    change(meeting, status="cancelled")
    letters()
    event = change(meeting, status="scheduled")

    assert [each.subject for each in letters()] == [f"A finalement lieu : {event.title}"]


def test_other_place_is_told(meeting, decoy):
    event = change(meeting, place="Salle des fêtes")
    [letter] = letters()

    assert letter.subject == f"Nouveau lieu : {event.title}"
    assert "Salle des fêtes" in letter.body


@pytest.mark.parametrize(
    "facts", [{}, {"title": "Autre titre"}, {"price": "12 €"}, {"standfirst": "Autre"}, {"capacity": 50}]
)
def test_change_that_does_not_matter_is_told_to_nobody(meeting, facts):
    change(meeting, **facts)

    assert letters() == []


def test_draft_tells_nobody(meeting):
    page = EventPage.objects.get(pk=meeting.pk)
    page.status = "cancelled"
    page.save_revision()

    assert letters() == []


def test_who_cancelled_is_told_of_nothing_more(meeting):
    Registration.objects.update(state="cancelled")

    change(meeting, status="cancelled")

    assert letters() == []


def test_cancelled_date_of_a_series_tells_those_of_that_date(event):
    cancel_date(event, 0)
    [letter] = letters()

    assert letter.to == ["anna@portal.example"]
    assert "Grève des trains" in letter.body


def test_moved_date_of_a_series_tells_those_of_that_date(event):
    cancel_date(event, 1, kind=ChangedDate.Kind.CHANGED, new_day=date_of(event, 1).first_day + timedelta(days=2))
    sent = letters()

    assert to(sent) == ["anna", "berta"]
    [entry] = Calendar.from_ical(sent[0].attachments[0].content).events
    assert "RECURRENCE-ID" in entry


def test_change_of_the_whole_series_is_one_letter_a_person(event):
    change(event, status="cancelled")
    sent = letters()

    assert to(sent) == ["anna", "berta"]
    [anna] = [each for each in sent if each.to == ["anna@portal.example"]]
    assert anna.body.count("N’a pas lieu") == 2
    assert len(Calendar.from_ical(anna.attachments[0].content).events) == 2


def test_date_that_is_left_out_tells_those_of_that_date(event):
    cancel_date(event, 0, kind=ChangedDate.Kind.REMOVED)

    assert to(letters()) == ["anna"]


def test_date_that_a_new_rule_has_no_more_tells_those_registered_and_keeps_them(event):
    change(event, recurrence="FREQ=WEEKLY;COUNT=1")

    assert to(letters()) == ["anna", "berta"]
    assert Registration.objects.active().count() == 3


def test_change_of_a_date_that_there_is_not_any_more_goes_to_nobody_elses_date(event):
    gone = date_of(event, 1)
    page = EventPage.objects.get(pk=event.pk)
    page.changed_dates = [ChangedDate(day=gone.first_day, kind=ChangedDate.Kind.CANCELLED)]
    page.recurrence = "FREQ=WEEKLY;INTERVAL=2;COUNT=2"
    page.save_revision().publish()
    sent = letters()

    assert to(sent) == ["anna", "berta"]
    anna = next(each for each in sent if each.to == ["anna@portal.example"])
    assert anna.body.count("N’a pas lieu") == 1
    assert {each.date.date_key for each in Registration.objects.of_person("anna@portal.example")} == {
        date_of(event, 0).key,
        gone.key,
    }


def test_new_rule_leaves_those_registered_for_the_past_alone(event):
    first = date_of(event, 0)
    with travel(first.end + timedelta(days=1)):
        change(event, recurrence="FREQ=WEEKLY;INTERVAL=3;COUNT=3")
        sent = letters()

    assert to(sent) == ["anna", "berta"]
    assert Registration.objects.filter(date=first.seats).count() == 1
    assert date_of(event, 0).seats_id == first.seats_id
    assert "N’a pas lieu" in sent[0].body


def test_change_of_what_is_over_is_told_to_nobody(meeting):
    with travel(meeting.end + timedelta(days=1)):
        change(meeting, place="Salle des fêtes")

        assert letters() == []


def test_event_that_becomes_a_series_keeps_its_people(meeting):
    assert DateSeats.objects.get().date_key == SINGLE
    event = change(meeting, recurrence=WEEKLY)

    assert letters() == []
    assert DateSeats.objects.get().date_key == date_of(event, 0).key
    assert date_of(event, 0).seats.taken == 1
    assert date_of(event, 1).seats is None


def test_added_date_does_not_touch_the_others(event):
    page = EventPage.objects.get(pk=event.pk)
    page.added_dates = [AddedDate(day=event.start.date() + timedelta(days=2))]
    page.save_revision().publish()

    assert letters() == []


def test_deleted_event_tells_those_registered_and_keeps_them_until_their_time(meeting, decoy):
    meeting.delete()
    [letter] = letters()

    assert letter.to == ["anna@portal.example"]
    assert letter.subject.startswith("Annulé")
    assert Registration.objects.get(event=None).notified["is_off"]


def test_deleted_section_tells_those_registered_below_it(lorraine, meeting):
    lorraine.section.delete()

    assert to(letters()) == ["anna"]


def test_deleted_event_of_the_past_tells_nobody(meeting):
    with travel(meeting.end + timedelta(days=1)):
        meeting.delete()

        assert letters() == []


def test_other_language_of_a_deleted_event_takes_its_people_over(lorraine, meeting):
    german = make_bookable(
        lorraine.calendars["de"], start=meeting.start, place="Holzhaus", translation_key=meeting.translation_key
    )
    meeting.delete()

    assert letters() == []
    assert Registration.objects.get().event == german
    change(german, status="cancelled")
    assert to(letters()) == ["anna"]


def test_page_that_is_taken_down_tells_nobody_until_it_is_back_otherwise(meeting):
    make_draft(meeting)
    assert letters() == []

    change(meeting, status="cancelled")

    assert to(letters()) == ["anna"]


def test_languages_are_told_by_the_page_that_they_registered_by(lorraine, meeting):
    german = make_bookable(
        lorraine.calendars["de"], start=meeting.start, place="Holzhaus", translation_key=meeting.translation_key
    )
    book(german, "berta")
    letters()

    change(meeting, place="Salle des fêtes")
    assert to(letters()) == ["anna"]
    change(german, place="Festsaal")
    [letter] = letters()
    assert (letter.to, letter.subject) == (["berta@portal.example"], f"Neuer Ort: {german.title}")


def test_letter_that_could_not_be_written_is_written_later(meeting, monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError("broken")

    with monkeypatch.context() as context:
        context.setattr("events.registration.notify._letter", broken)
        change(meeting, status="cancelled")
        assert letters() == []

    work_off(pauses=True)
    work_off(pauses=True)

    assert not Registration.objects.filter(told__is_off=False).exists()


def test_later_part_of_a_split_series_takes_its_people_over(lorraine, event):
    second = date_of(event, 1)
    page = EventPage.objects.get(pk=event.pk)
    follower = split(page, second.key, None)

    page.get_latest_revision().publish()
    assert letters() == []
    follower.get_latest_revision().publish()

    assert letters() == []
    assert date_of(follower, 0).seats.taken == 2
    assert Registration.objects.filter(event=follower).count() == 2


def test_those_of_a_later_part_that_was_given_up_are_told_in_the_end(event):
    second = date_of(event, 1)
    page = EventPage.objects.get(pk=event.pk)
    follower = split(page, second.key, None)
    page.get_latest_revision().publish()
    assert letters() == []

    follower.delete()
    for task in periodic_tasks():
        if task.name.endswith("look_after_registrations"):
            task.run(timezone.now())

    assert to(letters()) == ["anna", "berta"]


def test_moved_date_moves_the_day_of_deletion(meeting):
    before = Registration.objects.get().delete_at
    change(meeting, start=meeting.start + timedelta(days=7), end=meeting.end + timedelta(days=7))
    letters()

    assert Registration.objects.get().delete_at == before + timedelta(days=7)
