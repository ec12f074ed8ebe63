"""Subscribers can change their preferences, unsubscribe with one click, and export or erase their data."""

import json
from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from portal.newsletter.models import ConsentStep, Rhythm, Subscriber
from portal.newsletter.periodic import ADDRESS_RETENTION, delete_expired_data
from portal.newsletter.subscribers.links import preferences_link, unsubscribe_link
from portal.newsletter.subscribers.subscription import ImportProof, SubscriptionChoice, add_imported, hash_of_address
from tests.builders import make_section, work_off
from tests.newsletter.makers import make_newsletter, make_subscriber

pytestmark = pytest.mark.django_db


@pytest.fixture
def claire(lorraine, newsletter):
    return make_subscriber(lorraine, "claire@reader.example")


def path_of(link: str) -> str:
    return "/" + link.split("/", 3)[3]


def unsubscribe_path(subscriber) -> str:
    return path_of(unsubscribe_link(subscriber.pk, subscriber.site, subscriber.language))


def preferences_path(subscriber) -> str:
    return path_of(preferences_link(subscriber.pk, subscriber.site, subscriber.language))


BODY = '--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n'


@pytest.mark.parametrize(
    ("data", "kind"),
    [("List-Unsubscribe=One-Click", "application/x-www-form-urlencoded"), (BODY, "multipart/form-data; boundary=x")],
)
def test_one_click_unsubscription_of_mail_programs_works(lorraine, claire, data, kind):
    for _ in range(2):
        response = lorraine.reader().post(unsubscribe_path(claire), data, content_type=kind)
        assert response.status_code == 200
        assert not response.cookies

    claire.refresh_from_db()
    assert claire.state == Subscriber.State.LEFT
    assert claire.steps.get().kind == ConsentStep.Kind.LEFT


def test_opening_the_link_unsubscribes_nobody(lorraine, claire):
    for method in ("get", "head"):
        assert getattr(lorraine.reader(), method)(unsubscribe_path(claire)).status_code == 200

    claire.refresh_from_db()
    assert claire.state == Subscriber.State.ACTIVE


def test_link_works_on_its_own_site_only(lorraine, saar, claire):
    make_newsletter(saar, "fr")
    for path in (unsubscribe_path(claire), preferences_path(claire)):
        assert saar.reader().post(path).status_code == 404
    claire.refresh_from_db()
    assert claire.state == Subscriber.State.ACTIVE


def test_unconfirmed_subscriber_of_a_deleted_newsletter_can_unsubscribe(lorraine, newsletter):
    pending = make_subscriber(lorraine, state=Subscriber.State.PENDING, confirmed_at=None)
    newsletter.unpublish()

    assert lorraine.reader().post(unsubscribe_path(pending)).status_code == 200
    pending.refresh_from_db()
    assert pending.state == Subscriber.State.LEFT


def test_preferences_are_shown_and_changed(lorraine, newsletter, claire):
    make_newsletter(lorraine, "de")
    section = make_section(lorraine.home, "Transitions")
    page = lorraine.reader().get(preferences_path(claire))
    assert "c…@reader.example" in page.text
    assert "claire@" not in page.text
    assert not page.cookies

    choice = {"rhythm": "weekly", "sections": [str(section.translation_key)], "language": "de"}
    response = lorraine.reader().post(preferences_path(claire), choice)

    claire = Subscriber.objects.get(pk=claire.pk)
    assert response.status_code == 200
    assert (claire.rhythm, claire.language) == (Rhythm.WEEKLY, "de")
    assert claire.section_keys == {section.translation_key}
    assert claire.steps.get().kind == ConsentStep.Kind.CHANGED


def test_preferences_in_a_language_without_a_newsletter_are_not_found(lorraine, newsletter):
    german = make_subscriber(lorraine, language="de")

    assert lorraine.reader().get(preferences_path(german)).status_code == 404


@pytest.mark.parametrize("choice", [{"rhythm": "hourly"}, {"sections": ["x"]}, {"language": "xx"}, {}])
def test_invalid_choice_is_an_error_and_changes_nothing(lorraine, newsletter, claire, choice):
    make_newsletter(lorraine, "de")
    make_section(lorraine.home, "Transitions")
    response = lorraine.reader().post(preferences_path(claire), choice)

    assert response.status_code == 422
    claire.refresh_from_db()
    assert (claire.rhythm, claire.language) == (Rhythm.ISSUES, "fr")


def test_unsubscribed_person_cannot_change_preferences(lorraine, newsletter):
    left = make_subscriber(lorraine, state=Subscriber.State.LEFT)

    response = lorraine.reader().post(preferences_path(left), {"rhythm": "weekly"})

    assert response.status_code == 200
    left.refresh_from_db()
    assert (left.state, left.rhythm) == (Subscriber.State.LEFT, Rhythm.ISSUES)


def test_stored_data_is_mailed_to_the_subscriber_within_the_rate_limit(lorraine, claire):
    ConsentStep.objects.create(
        subscriber=claire, kind=ConsentStep.Kind.ASKED, at=timezone.now(), details="Je veux bien.", version="ab"
    )

    for _ in range(40):
        response = lorraine.reader().post(preferences_path(claire), {"action": "data"})
    work_off()

    assert "Je veux bien." not in response.text
    assert len(mail.outbox) <= 5
    message = mail.outbox[0]
    assert message.to == [claire.address]
    data = json.loads(message.attachments[0].content)
    assert data["address"] == claire.address
    assert data["steps"][0]["words"] == "Je veux bien."


def test_erased_subscriber_is_deleted(lorraine, claire):
    response = lorraine.reader().post(preferences_path(claire), {"action": "erase"})

    assert response.status_code == 200
    assert not Subscriber.objects.exists()
    assert not ConsentStep.objects.exists()
    assert lorraine.reader().get(preferences_path(claire)).status_code == 404


def test_unsubscribed_address_is_deleted_and_still_not_imported(lorraine, claire):
    lorraine.reader().post(unsubscribe_path(claire))
    later = timezone.now() + ADDRESS_RETENTION + timedelta(days=1)

    delete_expired_data(later)

    claire.refresh_from_db()
    assert claire.address == ""
    assert claire.address_hash == hash_of_address("Claire@Reader.example")
    proof = ImportProof("An old list of ours", later)
    assert add_imported(lorraine.site, "claire@reader.example", SubscriptionChoice("fr"), proof, later) == "left"


def test_new_request_that_is_never_confirmed_stays_unsubscribed(lorraine, newsletter):
    long_ago = timezone.now() - timedelta(days=20)
    again = make_subscriber(lorraine, state=Subscriber.State.PENDING, asked_at=long_ago, confirmed_at=long_ago)

    delete_expired_data(timezone.now())

    again.refresh_from_db()
    assert again.state == Subscriber.State.LEFT
