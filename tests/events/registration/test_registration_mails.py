"""Emails about registrations, and their links to change or cancel."""

import pytest
from django.utils import timezone
from icalendar import Calendar

from events.models import Registration
from events.registration import booking
from tests.events.registering import (
    QUESTIONS,
    WEEKLY,
    apply,
    book,
    date_of,
    html,
    link_in,
    make_bookable,
    sent_mails,
    states,
)

# The message and its link


def test_confirmation_has_text_html_and_a_calendar_file(lorraine):
    event = make_bookable(
        lorraine.calendar, online_url="https://visio.example/bois", contact_email="orga@portal.example"
    )
    apply(lorraine, event, "anna")
    [message] = sent_mails()

    assert message.to == ["anna@portal.example"]
    assert message.reply_to == ["orga@portal.example"]
    assert "Vous êtes inscrit" in message.subject
    assert "Maison du bois" in message.body
    assert "Maison du bois" in message.alternatives[0].content
    [attachment] = message.attachments
    assert attachment.get_content_type() == "text/calendar"
    [entry] = Calendar.from_ical(attachment.get_content()).events
    assert entry["UID"] == event.calendar_uid
    assert entry["DTSTART"].dt == event.start
    assert str(entry["URL"]) == f"http://{lorraine.host}{lorraine.address(event)}"


def test_mail_is_in_the_page_language(lorraine):
    event = make_bookable(lorraine.calendars["de"], "Holztreffen")
    apply(lorraine, event, "anna")
    [message] = sent_mails()

    assert message.subject == "Sie sind angemeldet: Holztreffen"
    assert "/de/_registration/own/" in message.body


def test_mail_about_one_date_of_a_series_has_that_date(lorraine):
    event = make_bookable(lorraine.calendar, recurrence=WEEKLY)
    second = date_of(event, 1)
    apply(lorraine, event, "anna", second.key)
    [message] = sent_mails()

    [entry] = Calendar.from_ical(message.attachments[0].get_content()).events
    assert entry["DTSTART"].dt == second.start
    assert entry["RECURRENCE-ID"].dt == second.start


def test_opening_the_link_changes_nothing(lorraine, reader):
    event = make_bookable(lorraine.calendar)
    apply(lorraine, event, "anna")
    path = link_in(sent_mails()[0])

    response = reader.get(path)

    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]
    assert response["Referrer-Policy"] == "no-referrer"
    assert not response.cookies
    assert reader.head(path).status_code == 200
    assert states() == {"anna": "confirmed"}


def test_link_cancels_and_the_next_on_the_waiting_list_is_notified(lorraine, reader):
    event = make_bookable(lorraine.calendar, capacity=1, has_waiting_list=True)
    apply(lorraine, event, "anna")
    apply(lorraine, event, "berta")
    path = link_in(sent_mails("anna")[0])

    response = reader.post(path, {"action": "cancel"})
    again = reader.post(path, {"action": "cancel"})

    assert response.status_code == 303
    assert again.status_code == 409
    assert "annulée" in html(reader.get(response["Location"])).select_one(".own-state").get_text()
    assert states() == {"anna": "cancelled", "berta": "confirmed"}
    assert [each.to for each in sent_mails()] == [["berta@portal.example"]]


def test_link_changes_name_answers_and_seats(lorraine, reader):
    event = make_bookable(lorraine.calendar, capacity=4, most_seats=3, questions=QUESTIONS)
    apply(lorraine, event, "anna", seats=1, **{"answer-0": "Scierie"})
    path = link_in(sent_mails()[0])
    facts = {"action": "change", "name": "Anna B.", "answer-0": "Menuiserie", "answer-1": "Viande"}

    assert reader.post(path, {**facts, "seats": "3"}).status_code == 303
    found = Registration.objects.get()
    assert (found.name, found.seats) == ("Anna B.", 3)
    assert found.answers_text == "Entreprise: Menuiserie; Repas: Viande"
    assert date_of(event).seats.taken == 3


def test_link_cannot_exceed_the_free_seats(lorraine, reader):
    event = make_bookable(lorraine.calendar, capacity=2, most_seats=3)
    apply(lorraine, event, "anna", seats=1)
    path = link_in(sent_mails()[0])

    response = reader.post(path, {"action": "change", "name": "Anna", "seats": "3"})

    assert response.status_code == 422
    assert "2" in html(response).select_one(".errorlist").get_text()
    assert Registration.objects.get().seats == 1


def test_link_returns_seats_to_the_waiting_list(lorraine, reader):
    event = make_bookable(lorraine.calendar, capacity=2, most_seats=2, has_waiting_list=True)
    apply(lorraine, event, "anna", seats=2)
    path = link_in(sent_mails()[0])
    book(event, "berta")

    reader.post(path, {"action": "change", "name": "Anna", "seats": "1"})

    assert states() == {"anna": "confirmed", "berta": "confirmed"}


def test_consent_to_news_of_the_recap_is_withdrawn_and_given_again(lorraine, reader):
    event = make_bookable(lorraine.calendar, offers_recap_news=True)
    apply(lorraine, event, "anna", recap="on")
    path = link_in(sent_mails()[0])
    assert Registration.objects.to_notify_of_recap(event).count() == 1

    reader.post(path, {"action": "recap"})
    assert Registration.objects.to_notify_of_recap(event).count() == 0

    reader.post(path, {"action": "recap", "recap": "on"})
    assert Registration.objects.to_notify_of_recap(event).count() == 1


def test_only_confirmed_people_with_consent_are_notified_of_the_recap_once(lorraine, saar):
    event = make_bookable(lorraine.calendar, capacity=3, has_waiting_list=True)
    agreed = {"recap_consent": "Écrivez-moi.", "wants_recap": True}
    anna = book(event, "anna", **agreed)
    book(event, "berta", recap_consent="Écrivez-moi.")
    booking.cancel(book(event, "carla", **agreed), timezone.now())
    book(event, "dora", **agreed)
    book(event, "emma", **agreed)
    book(make_bookable(saar.calendars["fr"]), "decoy", **agreed)

    found = Registration.objects.to_notify_of_recap(event)
    assert [each.name for each in found] == ["Anna", "Dora"]

    anna.recap_notified_at = timezone.now()
    anna.save()
    assert [each.name for each in found.all()] == ["Dora"]


@pytest.mark.parametrize("spoil", ["x{}", "{}x", "abc", "WzEsMV0.x"])
def test_forged_link_is_not_found(lorraine, reader, spoil):
    apply(lorraine, make_bookable(lorraine.calendar), "anna")
    path, token = link_in(sent_mails()[0])[:-1].rsplit("/", 1)

    assert reader.get(f"{path}/{spoil.format(token)}/").status_code == 404


def test_link_outlives_the_event(lorraine, reader):
    event = make_bookable(lorraine.calendar)
    apply(lorraine, event, "anna")
    path = link_in(sent_mails()[0])
    event.delete()

    assert reader.get(path).status_code == 200
    assert reader.post(path, {"action": "cancel"}).status_code == 409


def test_calendar_attachment_is_seven_bit(lorraine):
    event = make_bookable(lorraine.calendar, "Fête des arbres, à l’été")
    apply(lorraine, event, "anna")
    [message] = sent_mails()
    [part] = [part for part in message.message().walk() if part.get_content_type() == "text/calendar"]

    assert part["Content-Transfer-Encoding"] == "base64"
    assert part.as_bytes().isascii()
    assert max(len(line) for line in part.as_bytes().splitlines()) < 998
    assert "Fête des arbres" in part.get_content()
    assert "METHOD:PUBLISH" in part.get_content()


@pytest.mark.parametrize(
    ("zone_name", "named"),
    [
        ("Pacific/Auckland", "Auckland"),
        ("Etc/GMT+1", "UTC\N{MINUS SIGN}1"),
        ("Europe/Berlin", ""),
        ("Asia/Tokyo", "Tokyo"),
    ],
)
def test_mail_names_a_foreign_time_zone(lorraine, zone_name, named):
    event = make_bookable(lorraine.calendar, time_zone=zone_name)
    apply(lorraine, event, "anna")
    [message] = sent_mails()

    assert named in message.body
    assert "/" not in message.body.partition("http")[0]
    assert "Berlin" not in message.body
