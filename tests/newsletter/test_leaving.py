"""Readers change what they receive, leave by one click, learn what is kept of them, and are forgotten."""

import json
from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from portal.newsletter.models import ConsentStep, Rhythm, Subscriber
from portal.newsletter.periodic import REMEMBERED, forget_what_is_no_longer_needed
from portal.newsletter.subscribers.links import leave_link, preferences_link
from portal.newsletter.subscribers.subscription import SubscriptionChoice, add_imported, digest_of
from tests.builders import make_section, work_off
from tests.newsletter.makers import make_newsletter, make_subscriber

pytestmark = pytest.mark.django_db


@pytest.fixture
def newsletter(lorraine):
    return make_newsletter(lorraine)


@pytest.fixture
def claire(lorraine, newsletter):
    return make_subscriber(lorraine, "claire@reader.example")


def path_of(link: str) -> str:
    return "/" + link.split("/", 3)[3]


def leaving(subscriber) -> str:
    return path_of(leave_link(subscriber.pk, subscriber.site, subscriber.language))


def choosing(subscriber) -> str:
    return path_of(preferences_link(subscriber.pk, subscriber.site, subscriber.language))


def test_one_click_of_a_mail_program_unsubscribes(lorraine, claire):
    answer = lorraine.reader().post(leaving(claire), {"List-Unsubscribe": "One-Click"})

    claire.refresh_from_db()
    assert answer.status_code == 200
    assert not answer.cookies
    assert claire.state == Subscriber.State.LEFT
    assert claire.steps.get().kind == ConsentStep.Kind.LEFT


def test_one_click_as_it_is_posted_in_parts_unsubscribes(lorraine, claire):
    body = '--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n'
    lorraine.reader().post(leaving(claire), body, content_type="multipart/form-data; boundary=x")

    claire.refresh_from_db()
    assert claire.state == Subscriber.State.LEFT


@pytest.mark.parametrize("method", ["get", "head"])
def test_opening_the_link_unsubscribes_nobody(lorraine, claire, method):
    answer = getattr(lorraine.reader(), method)(leaving(claire))

    claire.refresh_from_db()
    assert answer.status_code == 200
    assert claire.state == Subscriber.State.ACTIVE


def test_leaving_twice_is_no_error(lorraine, claire):
    for _ in range(2):
        assert lorraine.reader().post(leaving(claire)).status_code == 200

    assert claire.steps.count() == 1


def test_who_had_not_confirmed_leaves_as_well(lorraine, newsletter):
    pending = make_subscriber(lorraine, state=Subscriber.State.PENDING, confirmed_at=None)
    lorraine.reader().post(leaving(pending))

    pending.refresh_from_db()
    assert pending.state == Subscriber.State.LEFT


def test_link_works_on_its_own_site_only(lorraine, saar, claire):
    make_newsletter(saar, "fr")
    for path in (leaving(claire), choosing(claire)):
        assert saar.reader().post(path).status_code == 404
    claire.refresh_from_db()
    assert claire.state == Subscriber.State.ACTIVE


def test_link_still_works_when_the_newsletter_is_gone(lorraine, newsletter, claire):
    newsletter.unpublish()

    assert lorraine.reader().post(leaving(claire)).status_code == 200
    claire.refresh_from_db()
    assert claire.state == Subscriber.State.LEFT


def test_preferences_are_shown_and_changed(lorraine, newsletter, claire):
    make_newsletter(lorraine, "de")
    section = make_section(lorraine.home, "Transitions")
    page = lorraine.reader().get(choosing(claire))
    assert "c…@reader.example" in page.text
    assert "claire@" not in page.text
    assert not page.cookies

    choice = {"rhythm": "weekly", "sections": [str(section.translation_key)], "language": "de"}
    answer = lorraine.reader().post(choosing(claire), choice)

    claire = Subscriber.objects.get(pk=claire.pk)
    assert answer.status_code == 200
    assert (claire.rhythm, claire.language) == (Rhythm.WEEKLY, "de")
    assert claire.section_keys == {section.translation_key}
    assert claire.steps.get().kind == ConsentStep.Kind.CHANGED


def test_preferences_in_the_one_language_that_is_left(lorraine, saar, newsletter):
    german = make_subscriber(lorraine, language="de")

    answer = lorraine.reader().get(choosing(german))

    assert answer.status_code in (200, 404)


@pytest.mark.parametrize("choice", [{"rhythm": "hourly"}, {"sections": ["x"]}, {"language": "xx"}, {}])
def test_wrong_choice_is_named_and_changes_nothing(lorraine, newsletter, claire, choice):
    make_newsletter(lorraine, "de")
    make_section(lorraine.home, "Transitions")
    answer = lorraine.reader().post(choosing(claire), choice)

    assert answer.status_code == 422
    claire.refresh_from_db()
    assert (claire.rhythm, claire.language) == (Rhythm.ISSUES, "fr")


def test_who_receives_nothing_has_nothing_to_choose(lorraine, newsletter):
    left = make_subscriber(lorraine, state=Subscriber.State.LEFT)

    answer = lorraine.reader().post(choosing(left), {"rhythm": "weekly"})

    assert answer.status_code == 200
    left.refresh_from_db()
    assert (left.state, left.rhythm) == (Subscriber.State.LEFT, Rhythm.ISSUES)


def test_what_is_kept_goes_to_the_address_itself(lorraine, claire):
    ConsentStep.objects.create(
        subscriber=claire, kind=ConsentStep.Kind.ASKED, at=timezone.now(), words="Je veux bien.", version="ab"
    )

    answer = lorraine.reader().post(choosing(claire), {"wish": "data"})
    work_off()

    assert "Je veux bien." not in answer.text
    message = mail.outbox[0]
    assert message.to == [claire.address]
    data = json.loads(message.attachments[0].content)
    assert data["address"] == claire.address
    assert data["steps"][0]["words"] == "Je veux bien."


def test_data_is_not_mailed_without_end(lorraine, claire):
    for _ in range(40):
        lorraine.reader().post(choosing(claire), {"wish": "data"})
    work_off()

    assert len(mail.outbox) <= 5


def test_erased_person_is_gone(lorraine, claire):
    answer = lorraine.reader().post(choosing(claire), {"wish": "erase"})

    assert answer.status_code == 200
    assert not Subscriber.objects.exists()
    assert not ConsentStep.objects.exists()
    assert lorraine.reader().get(choosing(claire)).status_code == 404


def test_address_of_who_has_left_is_forgotten_and_still_not_brought_back(lorraine, claire):
    lorraine.reader().post(leaving(claire))
    later = timezone.now() + REMEMBERED + timedelta(days=1)

    forget_what_is_no_longer_needed(later)

    claire.refresh_from_db()
    assert claire.address == ""
    assert claire.digest == digest_of("Claire@Reader.example")
    brought = add_imported(
        lorraine.site, "claire@reader.example", SubscriptionChoice("fr"), "An old list of ours", later, later
    )
    assert brought == "left"


def test_changed_mind_after_leaving_that_was_never_confirmed_stays_left(lorraine, newsletter):
    long_ago = timezone.now() - timedelta(days=20)
    again = make_subscriber(lorraine, state=Subscriber.State.PENDING, asked_at=long_ago, confirmed_at=long_ago)

    forget_what_is_no_longer_needed(timezone.now())

    again.refresh_from_db()
    assert again.state == Subscriber.State.LEFT
