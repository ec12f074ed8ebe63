"""Messages about readers' actions name the page and the number, and never the reader."""

import pytest
from django.utils import timezone

from portal.newsletter.models import Subscriber
from portal.newsletter.subscribers.subscription import confirm
from tests.builders import (
    fill_in,
    make_form_page,
    make_gated_document,
    make_private,
    make_settings,
    make_sheet_page,
    sheet_block,
)
from tests.events.registering import book, make_bookable
from tests.newsletter.makers import make_subscriber

pytestmark = pytest.mark.usefixtures("webhook")


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def of_readers(receiver):
    return [message for message in receiver.messages() if not message["type"].startswith("page.")]


def subscribe(ground):
    subscriber = make_subscriber(ground, "lectrice@reader.example", state=Subscriber.State.PENDING)
    confirm(subscriber, timezone.now())
    return subscriber


def request_sheet(ground):
    document = make_gated_document(ground, "Fiche", b"%PDF-1.4 fiche")
    block = sheet_block(document, questions=[])
    page = make_sheet_page(ground.home, block)
    path = f"/{ground.language}/_sheets/{page.pk}/{block['id']}/"
    assert fill_in(ground.reader(), path, address="lectrice@reader.example", purpose="on").status_code == 303
    return page


def send_form(ground, page=None):
    page = page or make_form_page(ground.home, fields=[("Nom", "singleline")])
    response = fill_in(ground.reader(), ground.address(page), nom="Claire Humbert")
    assert response.status_code == 303
    return page


def test_registration_is_reported_with_its_seats(lorraine, receiver):
    event = make_bookable(lorraine.calendar)

    registration = book(event, "anna", seats=2)

    message = of_readers(receiver)[0]
    assert message["type"] == "registration.made"
    assert message["data"]["page"]["id"] == event.pk
    assert (message["data"]["id"], message["data"]["seats"]) == (str(registration.pk), 2)


def test_confirmed_subscription_is_reported(lorraine, receiver):
    subscriber = subscribe(lorraine)

    message = of_readers(receiver)[0]
    assert message["type"] == "subscription.confirmed"
    assert message["data"]["id"] == str(subscriber.pk)


def test_request_of_a_sheet_is_reported(lorraine, receiver):
    page = request_sheet(lorraine)

    message = of_readers(receiver)[0]
    assert (message["type"], message["data"]["page"]["id"]) == ("sheet.requested", page.pk)


def test_form_is_reported(lorraine, receiver):
    page = send_form(lorraine)

    message = of_readers(receiver)[0]
    assert (message["type"], message["data"]["page"]["id"]) == ("form.sent", page.pk)


def test_no_message_says_who_the_reader_is(lorraine, receiver):
    book(make_bookable(lorraine.calendar), "anna")
    subscribe(lorraine)
    request_sheet(lorraine)
    send_form(lorraine)

    sent = " ".join(map(str, of_readers(receiver)))
    assert len(of_readers(receiver)) == 4
    assert not {name for name in ("anna", "Anna", "lectrice", "Claire", "@") if name in sent}


def test_act_on_a_private_page_is_not_reported(lorraine, receiver):
    event = make_bookable(lorraine.calendar)
    make_private(event, "secret")

    book(event, "anna")

    assert of_readers(receiver) == []


def test_acts_on_another_site_are_not_reported(saar, receiver):
    book(make_bookable(saar.calendar), "anna")
    subscribe(saar)
    send_form(saar)

    assert of_readers(receiver) == []


def test_act_on_a_site_that_is_not_open_is_not_reported(lorraine, receiver):
    make_settings(lorraine, is_unlisted=True)

    subscribe(lorraine)

    assert of_readers(receiver) == []


def test_act_on_a_page_that_is_not_in_lists_is_not_reported(lorraine, receiver):
    send_form(lorraine, make_form_page(lorraine.home, fields=[("Nom", "singleline")], is_unlisted=True))

    assert of_readers(receiver) == []
