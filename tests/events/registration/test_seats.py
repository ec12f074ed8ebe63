"""The people who get a seat for a date, and those on the waiting list."""

from datetime import timedelta

import pytest
from django.utils import timezone
from time_machine import travel

from events.models import DateSeats, Registration
from events.registration import booking
from tests.builders import change
from tests.events.registering import (
    WEEKLY,
    apply,
    book,
    date_of,
    form_path,
    html,
    make_bookable,
    sent_mails,
    states,
)

# Seats


def test_last_seat_is_taken_once_and_the_second_reader_sees_why(lorraine, reader):
    event = make_bookable(lorraine.calendar, capacity=1)
    apply(lorraine, event, "anna")

    response = reader.get(form_path(lorraine, event))

    assert response.status_code == 200
    assert not html(response).select("form[method=post]")
    assert "plus de places" in html(response).h1.get_text()
    with pytest.raises(booking.NoPlaceError):
        book(event, "berta")


def test_form_opened_before_the_last_seat_was_taken_is_explained(lorraine, reader):
    event = make_bookable(lorraine.calendar, capacity=1)
    path = form_path(lorraine, event)
    form = html(reader.get(path)).select_one("form[method=post]")
    sent = {field["name"]: field.get("value", "") for field in form.select("input[type=hidden]")}
    book(event, "anna")

    with travel(timezone.now() + timedelta(seconds=5)):
        response = reader.post(path, {**sent, "name": "B", "address": "berta@portal.example", "consent": "on"})

    assert response.status_code == 409
    assert states() == {"anna": "confirmed"}


def test_group_gets_no_more_seats_than_there_are(lorraine, reader):
    event = make_bookable(lorraine.calendar, capacity=3, most_seats=5)
    book(event, "anna")

    options = html(reader.get(form_path(lorraine, event))).select("select[name=seats] option")
    response = apply(lorraine, event, "berta", seats=3)

    assert [option["value"] for option in options] == ["1", "2"]
    assert response.status_code == 422
    assert apply(lorraine, event, "berta", seats=2).status_code == 303
    assert date_of(event).seats.taken == 3


def test_group_that_lost_the_race_sees_how_many_seats_are_left(lorraine, monkeypatch):
    event = make_bookable(lorraine.calendar, capacity=3, most_seats=3)

    def overtaken(date, booking, now):
        book(event, "anna")
        monkeypatch.setattr("events.registration.booking.register", register)
        return register(date, booking, now)

    register = booking.register
    monkeypatch.setattr("events.registration.booking.register", overtaken)
    response = apply(lorraine, event, "berta", seats=3)

    assert response.status_code == 422
    assert "2 places" in html(response).select_one("[role=alert]").get_text()


def test_everybody_gets_a_seat_without_a_capacity(lorraine, reader):
    event = make_bookable(lorraine.calendar, capacity=None)
    for who in ("anna", "berta", "carla"):
        apply(lorraine, event, who)

    assert set(states().values()) == {"confirmed"}
    assert not html(reader.get(lorraine.address(event))).select(".seating__words")


def test_capacity_of_zero_is_full_from_the_start(lorraine, reader):
    event = make_bookable(lorraine.calendar, capacity=0)

    assert "plus de places" in html(reader.get(lorraine.address(event))).select_one(".seating").get_text()
    with pytest.raises(booking.NoPlaceError):
        book(event, "anna")


def test_each_date_of_a_series_has_its_own_seats(lorraine, reader):
    event = make_bookable(lorraine.calendar, capacity=1, recurrence=WEEKLY)
    first, second = date_of(event, 0), date_of(event, 1)
    apply(lorraine, event, "anna", first.key)

    assert "plus de places" in html(reader.get(form_path(lorraine, event, first.key))).h1.get_text()
    assert apply(lorraine, event, "anna", second.key).status_code == 303
    assert DateSeats.objects.count() == 2
    page = html(reader.get(f"{lorraine.address(event)}{second.key}/"))
    assert page.select_one(".event-status--full")
    assert "Complet" in page.select_one(".dates").get_text()


def test_languages_of_an_event_share_its_seats(lorraine):
    event = make_bookable(lorraine.calendars["fr"], capacity=1)
    german = make_bookable(
        lorraine.calendars["de"], capacity=1, start=event.start, translation_key=event.translation_key
    )
    apply(lorraine, event, "anna")

    with pytest.raises(booking.NoPlaceError):
        book(german, "berta")
    later = make_bookable(lorraine.calendars["de"], start=event.start)
    assert book(later, "berta").state == Registration.State.CONFIRMED


def test_alias_links_to_the_registration_of_its_original(lorraine, saar):
    event = make_bookable(lorraine.calendar, capacity=1)
    alias = event.create_alias(parent=saar.calendars["fr"]).specific
    response = apply(saar, alias, "anna")

    assert response.status_code == 303
    registration = Registration.objects.get()
    assert (registration.event, registration.site) == (event, lorraine.site)
    with pytest.raises(booking.NoPlaceError):
        book(event, "berta")


# Full, closed, cancelled


def test_list_marks_a_full_event(lorraine, saar, reader):
    event = make_bookable(lorraine.calendar, capacity=1)
    make_bookable(lorraine.calendar, "Encore libre", capacity=1)
    decoy = make_bookable(saar.calendars["fr"], capacity=1)
    book(decoy, "anna")
    path = f"{lorraine.address(lorraine.calendar)}"
    assert not html(reader.get(path)).select(".event-status--full")

    book(event, "anna")

    [row] = html(reader.get(path)).select(".event-row:has(.event-status--full)")
    assert event.title in row.get_text()


def test_month_marks_a_full_event(lorraine, reader):
    event = make_bookable(lorraine.calendar, capacity=1)
    address, month = lorraine.address(lorraine.calendar), {"month": f"{event.start:%Y-%m}"}
    assert not html(reader.get(address, month)).select(".month__status")

    book(event, "anna")

    assert "Complet" in html(reader.get(address, month)).select_one(".month__status").get_text()


def test_structured_data_has_the_availability(lorraine, reader):
    event = make_bookable(lorraine.calendar, capacity=1)
    assert "schema.org/InStock" in reader.get(lorraine.address(event)).content.decode()

    book(event, "anna")

    assert "schema.org/SoldOut" in reader.get(lorraine.address(event)).content.decode()


def test_full_set_by_the_organiser_takes_precedence_over_the_count(lorraine):
    event = make_bookable(lorraine.calendar, capacity=5, status="full")

    with pytest.raises(booking.NoPlaceError):
        book(event, "anna")


def test_registration_ends_when_the_date_begins(lorraine, reader):
    event = make_bookable(lorraine.calendar)
    with travel(event.start - timedelta(minutes=1), tick=False):
        assert html(reader.get(form_path(lorraine, event))).select("form[method=post]")
    with travel(event.start, tick=False):
        assert not html(reader.get(form_path(lorraine, event))).select("form[method=post]")
        with pytest.raises(booking.NoPlaceError):
            book(event, "anna")


def test_registration_ends_some_hours_before_or_with_the_last_day(lorraine):
    event = make_bookable(lorraine.calendar, registration_lead=24)
    assert date_of(event).availability.closes_at == event.start - timedelta(hours=24)

    last = (event.start - timedelta(days=3)).date()
    event = change(event, registration_until=last)

    closes_at = date_of(event).availability.closes_at.astimezone(event.zone)
    assert (closes_at.date(), closes_at.hour) == (last + timedelta(days=1), 0)


def test_cancelled_date_takes_no_registration(lorraine, reader):
    event = make_bookable(lorraine.calendar, status="cancelled")

    assert not html(reader.get(lorraine.address(event))).select(".seating")
    with pytest.raises(booking.NoPlaceError):
        book(event, "anna")


# Waiting


def test_waiting_list_is_promoted_in_its_order(lorraine):
    event = make_bookable(lorraine.calendar, capacity=1, has_waiting_list=True)
    anna = book(event, "anna")
    book(event, "berta")
    carla = book(event, "carla")
    assert [each.body.count("numéro 1 ") for each in sent_mails("berta")] == [1]

    booking.cancel(anna, timezone.now())

    assert states() == {"anna": "cancelled", "berta": "confirmed", "carla": "waiting"}
    [message] = sent_mails()
    assert message.to == ["berta@portal.example"]
    assert "maintenant une place" in message.subject
    assert message.attachments
    assert carla.waiting_position == 1


def test_nobody_overtakes_the_waiting_list(lorraine):
    event = make_bookable(lorraine.calendar, capacity=3, has_waiting_list=True, most_seats=2)
    anna, berta = book(event, "anna", seats=2), book(event, "berta")
    book(event, "carla", seats=2)
    booking.cancel(berta, timezone.now())
    book(event, "dora")

    assert states() == {"anna": "confirmed", "berta": "cancelled", "carla": "waiting", "dora": "waiting"}

    booking.cancel(anna, timezone.now())

    assert states()["carla"] == "confirmed"
    assert states()["dora"] == "confirmed"


def test_group_that_can_never_fit_does_not_block_the_waiting_list(lorraine, reader):
    event = make_bookable(lorraine.calendar, capacity=2, has_waiting_list=True, most_seats=5)
    anna = book(event, "anna", seats=2)
    book(event, "berta", seats=2)
    carla = book(event, "carla")
    options = html(reader.get(form_path(lorraine, event))).select("select[name=seats] option")
    assert [option["value"] for option in options] == ["1", "2"]
    with pytest.raises(booking.NoPlaceError):
        book(event, "dora", seats=3)
    change(event, capacity=1)

    booking.cancel(anna, timezone.now())

    carla.refresh_from_db()
    assert carla.state == Registration.State.CONFIRMED
    assert states()["berta"] == "waiting"


def test_larger_capacity_promotes_the_waiting_list(lorraine):
    event = make_bookable(lorraine.calendar, capacity=1, has_waiting_list=True)
    book(event, "anna")
    book(event, "berta")
    sent_mails()

    change(event, capacity=2)

    assert [each.to for each in sent_mails()] == [["berta@portal.example"]]
    assert states()["berta"] == "confirmed"


def test_smaller_capacity_cancels_no_registration(lorraine):
    event = make_bookable(lorraine.calendar, capacity=2)
    book(event, "anna")
    book(event, "berta")

    event = change(event, capacity=1)

    assert set(states().values()) == {"confirmed"}
    assert date_of(event).availability.left == 0


def test_nobody_is_promoted_after_the_start(lorraine):
    event = make_bookable(lorraine.calendar, capacity=1, has_waiting_list=True)
    anna = book(event, "anna")
    book(event, "berta")

    with travel(event.start):
        booking.cancel(anna, timezone.now())

    assert states()["berta"] == "waiting"
