"""A seat is held until its link is followed; neither one source nor one address can use up an event's seats."""

from datetime import timedelta

import pytest
import time_machine
from django.core.cache import caches
from django.urls import reverse
from django.utils import timezone

from events.models import DateSeats, Registration
from events.periodic import free_seats_that_were_not_confirmed
from events.records.registrable import Confirmation
from events.registration.booking import HELD_FOR, MAX_HELD, MAX_PER_DAY, delete_expired
from events.registration.notify import notify_registered
from portal.editorial.models import Role
from tests.builders import fill_in, make_draft, make_private, newsroom_client
from tests.events.registering import book, date_of, form_path, html, link_in, make_bookable, sent_mails, states

pytestmark = pytest.mark.django_db


@pytest.fixture
def event(lorraine):
    return make_bookable(lorraine.calendar, confirmation=Confirmation.BY_MAIL, capacity=20, most_seats=5)


def send(ground, event, who: str, source: str = "192.0.2.1", **answers):
    """Fill in the form and send it from an address."""
    reader = ground.reader()
    reader.defaults["REMOTE_ADDR"] = source
    answers = {"name": who.title(), "address": f"{who}@portal.example", "seats": "1", "consent": "on", **answers}
    return fill_in(reader, form_path(ground, event), **answers)


def taken(event) -> int:
    return DateSeats.objects.get(event_key=event.event_key).taken


def later(delta: timedelta):
    return time_machine.travel(timezone.now() + delta, tick=True)


def lapse() -> None:
    with later(HELD_FOR + timedelta(minutes=1)):
        free_seats_that_were_not_confirmed(timezone.now())


def test_registration_holds_its_seats_until_the_link_is_followed(lorraine, event):
    assert send(lorraine, event, "anna", seats="2", name="Gewinnen Sie jetzt").status_code == 303
    assert (states(), taken(event)) == ({"anna": "held"}, 2)
    (message,) = sent_mails("anna")
    assert "Gewinnen" not in message.body + message.alternatives[0].content
    assert message.attachments == []
    path = link_in(message)

    reader = lorraine.reader()
    assert html(reader.get(path)).select("button[value=confirm]")
    assert states() == {"anna": "held"}
    response = reader.post(path, {"action": "confirm"})

    assert response.status_code == 303
    assert (states(), taken(event)) == ({"anna": "confirmed"}, 2)
    (message,) = sent_mails("anna")
    assert [part.get_filename() for part in message.attachments] == [f"{event.slug}.ics"]


def test_reader_is_asked_to_check_their_mailbox(lorraine, event):
    response = send(lorraine, event, "anna")

    assert "30 minutes" in lorraine.reader().get(response["Location"]).content.decode()


def test_unconfirmed_seat_goes_to_the_waiting_list(lorraine):
    event = make_bookable(lorraine.calendar, confirmation=Confirmation.BY_MAIL, capacity=1, has_waiting_list=True)
    send(lorraine, event, "anna", "192.0.2.1")
    send(lorraine, event, "berta", "192.0.2.2")
    lorraine.reader().post(link_in(sent_mails("berta")[0]), {"action": "confirm"})
    assert states() == {"anna": "held", "berta": "waiting"}

    lapse()

    assert states() == {"anna": "lapsed", "berta": "confirmed"}
    assert [message.to for message in sent_mails()] == [["berta@portal.example"], ["berta@portal.example"]]


def test_position_on_the_waiting_list_is_confirmed_by_mail_as_well(lorraine):
    event = make_bookable(lorraine.calendar, confirmation=Confirmation.BY_MAIL, capacity=1, has_waiting_list=True)
    send(lorraine, event, "anna", "192.0.2.1")
    send(lorraine, event, "berta", "192.0.2.2")
    lorraine.reader().post(link_in(sent_mails("anna")[0]), {"action": "confirm"})

    assert (states(), taken(event)) == ({"anna": "confirmed", "berta": "held"}, 1)
    lapse()
    assert states() == {"anna": "confirmed", "berta": "lapsed"}


def test_late_confirmation_is_refused_if_the_seat_is_taken(lorraine, event):
    send(lorraine, event, "anna")
    path = link_in(sent_mails("anna")[0])
    lapse()
    with later(HELD_FOR + timedelta(minutes=2)):
        reader = lorraine.reader()
        assert reader.post(path, {"action": "confirm"}).status_code == 409
        page = html(reader.get(path))
        assert page.select_one(f"a[href='{form_path(lorraine, event)}']")
        assert send(lorraine, event, "anna").status_code == 303

    assert taken(event) == 1


def test_lapsed_registration_is_deleted_after_a_day(lorraine, event):
    send(lorraine, event, "anna")
    lapse()

    delete_expired(timezone.now() + timedelta(days=1, hours=1))

    assert not Registration.objects.exists()


def test_late_confirmation_is_valid_while_the_seat_is_free(lorraine, event):
    send(lorraine, event, "anna")
    path = link_in(sent_mails("anna")[0])
    with later(HELD_FOR + timedelta(seconds=20)):
        lorraine.reader().post(path, {"action": "confirm"})

    assert states() == {"anna": "confirmed"}


def test_one_source_cannot_exhaust_an_event(lorraine, event):
    codes = [send(lorraine, event, f"nom{number}", seats="5").status_code for number in range(8)]

    assert codes == [303] + [422] * 7
    assert taken(event) == 5
    assert send(lorraine, event, "anna", "203.0.113.9", seats="2").status_code == 303


def test_one_source_cannot_mail_many_strangers(lorraine):
    event = make_bookable(lorraine.calendar, confirmation=Confirmation.BY_MAIL, capacity=None)
    for number in range(25):
        send(lorraine, event, f"inconnu{number}")
    assert len(sent_mails()) == MAX_HELD

    for attempt in range(5):
        lapse()
        # Reset the limit of forms by source.
        caches["limits"].clear()
        for number in range(5):
            send(lorraine, event, f"autre{attempt}{number}")
    assert len(sent_mails()) == MAX_PER_DAY - MAX_HELD


def test_group_behind_one_address_can_register(lorraine, event):
    for number in range(10):
        who = f"eleve{number}"
        assert send(lorraine, event, who).status_code == 303
        lorraine.reader().post(link_in(sent_mails(who)[0]), {"action": "confirm"})

    assert send(lorraine, event, "encore").status_code == 422
    assert taken(event) == 10
    with later(timedelta(days=1, hours=3)):
        assert send(lorraine, event, "encore").status_code == 303


def test_one_source_cannot_exhaust_an_event_without_confirmation(lorraine):
    event = make_bookable(lorraine.calendar, capacity=8, most_seats=8)
    options = html(lorraine.reader().get(form_path(lorraine, event))).select("select[name=seats] option")
    assert options[-1]["value"] == "4"

    for number in range(4):
        send(lorraine, event, f"nom{number}", seats="4")

    assert taken(event) == 4
    assert send(lorraine, event, "anna", "203.0.113.9", seats="4").status_code == 303


def test_one_source_cannot_exhaust_an_event_by_changes(lorraine):
    event = make_bookable(lorraine.calendar, capacity=6, most_seats=3)
    links = []
    for who in ("anna", "berta"):
        assert send(lorraine, event, who).status_code == 303
        links.append(link_in(sent_mails(who)[0]))

    for link in links:
        change = {"action": "change", "name": "Nom", "seats": "3"}
        lorraine.reader().post(link, change, REMOTE_ADDR="192.0.2.1")

    assert taken(event) <= 3


def test_one_mailbox_cannot_exhaust_an_event(lorraine, event):
    codes = []
    for number in range(4):
        response = send(lorraine, event, "x", f"192.0.2.{number}", address=f"anna+{number}@portal.example", seats="5")
        codes.append(response.status_code)

    assert codes == [303, 303, 422, 422]


def test_source_is_deleted_at_confirmation(lorraine, event):
    send(lorraine, event, "anna")
    assert "192.0.2.1" not in Registration.objects.get().held_by
    lorraine.reader().post(link_in(sent_mails("anna")[0]), {"action": "confirm"})

    assert Registration.objects.get().held_by == ""


def test_link_of_one_site_confirms_nothing_at_another(lorraine, saar, event):
    send(lorraine, event, "anna")
    path = link_in(sent_mails("anna")[0])

    assert saar.reader().post(path, {"action": "confirm"}).status_code == 404
    assert states() == {"anna": "held"}


def test_unconfirmed_person_is_not_notified_of_changes(lorraine, event):
    send(lorraine, event, "anna")
    sent_mails()
    date = date_of(event)
    date.place = "Salle des fêtes"
    date.save()

    notify_registered(event, timezone.now())

    assert sent_mails() == []


def test_organiser_approves_each_registration(lorraine, newsroom):
    people = newsroom
    event = make_bookable(
        lorraine.calendar, confirmation=Confirmation.BY_APPROVAL, capacity=1, owner=people[Role.ORGANISER]
    )
    for who, source in (("anna", "192.0.2.1"), ("berta", "192.0.2.2")):
        assert send(lorraine, event, who, source).status_code == 303
        lorraine.reader().post(link_in(sent_mails(who)[0]), {"action": "confirm"})
    assert (states(), taken(event)) == ({"anna": "waiting", "berta": "waiting"}, 0)

    berta = Registration.objects.get(same_address="berta@portal.example")
    newsroom_client(lorraine, people[Role.ORGANISER]).post(reverse("registrations:act", args=[berta.pk, "admit"]))

    assert states() == {"anna": "waiting", "berta": "confirmed"}


def test_organiser_sees_held_registrations_and_no_lapsed_ones(lorraine, newsroom):
    people = newsroom
    event = make_bookable(lorraine.calendar, confirmation=Confirmation.BY_MAIL, owner=people[Role.ORGANISER])
    send(lorraine, event, "anna", "192.0.2.1")
    lapse()
    send(lorraine, event, "berta", "192.0.2.2")

    organiser = newsroom_client(lorraine, people[Role.ORGANISER])
    page = organiser.get(reverse("registrations:list", args=[event.pk])).content.decode()

    assert "berta@portal.example" in page
    assert "anna@portal.example" not in page


def test_registration_by_hand_is_valid_at_once(lorraine, event, newsroom):
    assert book(event, "anna", added_by=newsroom[Role.ORGANISER]).state == "confirmed"


# Events that are no longer public


def expire_section(page):
    section = page.get_parent().get_parent().specific
    section.expire_at = timezone.now() - timedelta(minutes=1)
    section.save()


WAYS = [(make_draft, 410), (lambda page: make_private(page, password="sésame"), 404), (expire_section, 404)]


@pytest.mark.parametrize(("take_down", "status"), WAYS, ids=["unpublished", "private", "expired section"])
def test_held_registration_is_not_confirmed_after_its_event_was_taken_down(lorraine, take_down, status):
    event = make_bookable(lorraine.calendar, confirmation=Confirmation.BY_MAIL)
    path = form_path(lorraine, event)
    send(lorraine, event, "anna")
    link = link_in(sent_mails("anna")[0])
    take_down(event)
    assert lorraine.reader().get(path).status_code == status

    lorraine.reader().post(link, {"action": "confirm"})

    assert states() == {"anna": "held"}
    assert sent_mails("anna") == []
