"""Organisers register people, cancel registrations and admit people out of turn. The site sets the retention."""

from datetime import timedelta

from django.urls import reverse

from events.models import EventSettings, Registration
from portal.editorial.roles import Role
from tests.builders import newsroom_client
from tests.events.registering import book, date_of, make_bookable, sent_mails, states


def client(ground, newsroom, role):
    return newsroom_client(ground, newsroom[role])


def test_organiser_may_exceed_the_capacity(lorraine, newsroom):
    event = make_bookable(lorraine.calendar, owner=newsroom[Role.ORGANISER], capacity=1)
    book(event, "anna")
    sent_mails()
    organiser = client(lorraine, newsroom, Role.ORGANISER)
    facts = {"date": "single", "name": "Carla", "address": "carla@portal.example", "seats": "2"}

    response = organiser.post(reverse("registrations:add", args=[event.pk]), facts)

    assert response.status_code == 302
    assert states()["carla"] == "confirmed"
    assert Registration.objects.get(name="Carla").added_by == newsroom[Role.ORGANISER]
    [message] = sent_mails()
    assert message.to == ["carla@portal.example"]
    assert date_of(event).seats.taken == 3


def test_organiser_cancels_and_the_next_on_the_waiting_list_is_promoted(lorraine, newsroom):
    event = make_bookable(lorraine.calendar, owner=newsroom[Role.ORGANISER], capacity=1, has_waiting_list=True)
    anna = book(event, "anna")
    book(event, "berta")
    sent_mails()
    organiser = client(lorraine, newsroom, Role.ORGANISER)
    path = reverse("registrations:act", args=[anna.pk, "cancel"])

    assert organiser.get(path).status_code == 200
    assert states()["anna"] == "confirmed"
    organiser.post(path)

    assert states() == {"anna": "cancelled", "berta": "confirmed"}
    sent = {each.to[0]: each.subject for each in sent_mails()}
    assert "was cancelled" in sent["anna@portal.example"] or "annulée" in sent["anna@portal.example"]
    assert "place" in sent["berta@portal.example"]


def test_organiser_admits_a_waiting_person(lorraine, newsroom):
    event = make_bookable(lorraine.calendar, owner=newsroom[Role.ORGANISER], capacity=0, has_waiting_list=True)
    book(event, "anna")
    berta = book(event, "berta")

    client(lorraine, newsroom, Role.ORGANISER).post(reverse("registrations:act", args=[berta.pk, "admit"]))

    assert states() == {"anna": "waiting", "berta": "confirmed"}


def test_site_sets_the_retention(lorraine):
    settings = EventSettings.for_site(lorraine.site)
    settings.registration_retention_days = 30
    settings.save()
    event = make_bookable(lorraine.calendar)

    assert book(event, "anna").delete_at == event.end + timedelta(days=30)
