"""A reader signs up and confirms; other people can neither do it for them nor find out."""

import re
from copy import deepcopy
from datetime import timedelta

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.core import mail
from django.utils import timezone

from portal.content.readers.form_guard import FORM_TOKEN, HONEYPOT
from portal.newsletter.models import ConsentStep, Rhythm, Subscriber
from portal.newsletter.periodic import delete_expired_data
from portal.newsletter.subscribers.links import unsubscribe_link
from portal.platform.rate_limits import MAIL_LIMITS
from tests.builders import change, make_article, make_draft, make_section, work_off
from tests.content.readers.test_reader_addresses import SPELLINGS
from tests.events.registering import apply, make_bookable
from tests.newsletter.makers import link_to, links_in, make_newsletter, make_subscriber, sent_mails

pytestmark = pytest.mark.django_db

SIGN_UP = "/fr/_newsletter/sign-up/"


@pytest.fixture(scope="module")
def module_newsletter(module_network):
    make_newsletter(module_network.lorraine, "de")
    return make_newsletter(module_network.lorraine, "fr", consent="Je veux bien cette lettre.")


@pytest.fixture
def newsletter(module_newsletter, network):
    return deepcopy(module_newsletter)


@pytest.fixture
def clock():
    with time_machine.travel(timezone.now(), tick=False) as clock:
        yield clock


def sign_up(ground, clock, address="claire@reader.example", source="192.0.2.1", **fields):
    """Open the form, wait as a person would, and send it."""
    reader = ground.reader()
    reader.defaults["REMOTE_ADDR"] = source
    form = reader.get(SIGN_UP).context["form"]
    clock.shift(20)
    data = {"address": address, "rhythm": "issues", "consent": "on", FORM_TOKEN: form.guard.new_token, HONEYPOT: ""}
    return reader.post(SIGN_UP, {**data, **fields})


def test_one_source_can_cause_few_mails_to_strangers(lorraine, clock, newsletter):
    event = make_bookable(lorraine.calendar, capacity=None)
    for number in range(6):
        apply(lorraine, event, f"inconnu{number}")
    home = "127.0.0.1"
    answers = [sign_up(lorraine, clock, f"inconnu{number}@reader.example", home) for number in range(12)]
    work_off()

    assert len(mail.outbox) == 10
    assert answers[-1].status_code == 422
    assert answers[-1].context["form"].errors
    # A reader who follows a mailed link owns the mailbox, and may request another.
    lorraine.reader().post(re.search(r"https?://[^/\s]+(/\S+/confirm/\S+)", mail.outbox[-1].body)[1])
    assert sign_up(lorraine, clock, "claire@reader.example", home).status_code == 303


def test_box_in_the_footer_leads_to_the_form_with_the_address_filled_in(lorraine, saar, newsletter):
    page = lorraine.reader().get("/fr/").text
    assert f'action="{SIGN_UP}"' in page
    for language in ("fr", "de"):
        assert "sign-up" not in saar.reader().get(f"/{language}/").text

    form = lorraine.reader().post(SIGN_UP, {"begin": "1", "address": "claire@reader.example"})

    assert 'value="claire@reader.example"' in form.text
    assert "Je veux bien cette lettre." in form.text
    assert Subscriber.objects.count() == len(sent_mails()) == 0
    assert not form.cookies
    assert "no-store" in form["Cache-Control"]

    make_draft(newsletter)
    assert "sign-up" not in lorraine.reader().get("/fr/").text
    assert lorraine.reader().get(SIGN_UP).status_code == 404


def test_sign_up_beside_a_section_is_for_its_newsletter(lorraine, saar, newsletter):
    other = make_section(lorraine.home, "Ailleurs")
    story = make_article(lorraine.section)
    for path in (lorraine.address(lorraine.section), lorraine.address(story)):
        form = BeautifulSoup(lorraine.reader().get(path).content, "html.parser").select_one("aside form")
        fields = {field["name"]: field.get("value", "") for field in form.select("[name]")}
        assert fields["section"] == str(lorraine.section.translation_key)

    page = lorraine.reader().post(form["action"], {**fields, "address": "claire@reader.example"}).content

    boxes = BeautifulSoup(page, "html.parser").select("input[name=sections]")
    assert {box["value"]: box.has_attr("checked") for box in boxes} == {
        str(lorraine.section.translation_key): True,
        str(other.translation_key): False,
    }
    assert not BeautifulSoup(saar.reader().get(saar.address(saar.section)).content, "html.parser").select("aside form")


def test_person_signs_up_and_confirms(lorraine, newsletter, clock):
    response = sign_up(lorraine, clock)

    assert response.status_code == 303
    assert lorraine.reader().get(response["Location"]).status_code == 200
    subscriber = Subscriber.objects.get()
    assert (subscriber.state, subscriber.site, subscriber.language) == ("pending", lorraine.site, "fr")
    message = sent_mails()[0]
    assert message.to == ["claire@reader.example"]
    assert message.extra_headers["Auto-Submitted"] == "auto-generated"
    assert all(link.startswith("http://lorraine.localhost/") for link in links_in(message.body))
    link = link_to(message.body, "confirm")

    opened = lorraine.reader().get(link)
    subscriber.refresh_from_db()
    assert subscriber.state == "pending", "a mail program that opens the link confirms nothing"

    confirmed = lorraine.reader().post(link)
    subscriber.refresh_from_db()
    for page in (opened, confirmed):
        assert page.status_code == 200
        assert not page.cookies
        assert "no-store" in page["Cache-Control"]
    assert subscriber.state == "active"
    assert [step.kind for step in subscriber.steps.all()] == ["asked", "confirmed"]
    request = subscriber.steps.first()
    assert request.details == "Je veux bien cette lettre."
    assert request.version == newsletter.consent_version
    assert request.at <= timezone.now()


def test_confirming_twice_causes_no_error_and_outdated_links_are_ignored(lorraine, newsletter, clock):
    sign_up(lorraine, clock)
    first = link_to(sent_mails()[0].body, "confirm")
    sign_up(lorraine, clock)
    second = link_to(sent_mails()[1].body, "confirm")

    assert lorraine.reader().post(first).status_code == 404
    assert lorraine.reader().post(second).status_code == 200
    assert lorraine.reader().post(second).status_code == 200
    assert lorraine.reader().get(second).status_code == 200
    assert Subscriber.objects.get().steps.filter(kind=ConsentStep.Kind.CONFIRMED).count() == 1


def test_replayed_confirmation_does_not_undo_an_unsubscription(lorraine, newsletter, clock):
    sign_up(lorraine, clock)
    link = link_to(sent_mails()[0].body, "confirm")
    lorraine.reader().post(link)
    subscriber = Subscriber.objects.get()
    leave = unsubscribe_link(subscriber.pk, lorraine.site, "fr")
    lorraine.reader().post("/" + leave.split("/", 3)[3])

    assert lorraine.reader().post(link).status_code == 404
    subscriber.refresh_from_db()
    assert subscriber.state == "left"
    # A link is valid for its own purpose only.
    token = leave.rstrip("/").rsplit("/", 1)[1]
    for purpose in ("preferences", "confirm"):
        assert lorraine.reader().get(f"/fr/_newsletter/{purpose}/{token}/").status_code == 404


def test_choice_of_sections_and_rhythm_is_saved(lorraine, newsletter, clock):
    other = make_section(lorraine.home, "Transitions")
    keys = [str(section.translation_key) for section in (lorraine.section, other)]

    sign_up(lorraine, clock, rhythm="weekly", sections=keys[1:])
    sign_up(lorraine, clock, "all@reader.example", sections=keys)

    everything, one = Subscriber.objects.order_by("address")
    assert one.rhythm == Rhythm.WEEKLY
    assert one.section_keys == {other.translation_key}
    assert everything.section_keys == set(), "all sections include future ones"


@pytest.mark.parametrize(
    "fields",
    [
        {"address": "nobody"},
        {"address": "a@b.example, c@d.example"},
        {"address": "a@b.example\r\nBcc: all@b.example"},
        {"address": "a" * 300 + "@b.example"},
        {"address": ""},
        {"consent": ""},
        {"rhythm": "hourly"},
        {"sections": ["nonsense"]},
        {"address": "a\0@b.example"},
    ],
)
def test_invalid_input_is_an_error_and_subscribes_nobody(lorraine, newsletter, clock, fields):
    make_section(lorraine.home, "Transitions")
    response = sign_up(lorraine, clock, **{"sections": [str(lorraine.section.translation_key)], **fields})

    assert response.status_code == 422
    assert response.context["form"].errors
    assert Subscriber.objects.count() == len(sent_mails()) == 0


def test_robot_gets_the_same_response_and_nothing_happens(lorraine, newsletter, clock):
    response = sign_up(lorraine, clock, **{HONEYPOT: "https://spam.example"})

    assert (response.status_code, response["Location"]) == (303, "/fr/_newsletter/thanks/")
    assert Subscriber.objects.count() == len(sent_mails()) == 0


def test_response_is_the_same_for_known_and_unknown_addresses(lorraine, newsletter, clock):
    known = make_subscriber(lorraine, "known@reader.example")
    left = make_subscriber(lorraine, "left@reader.example", state=Subscriber.State.LEFT)
    addresses = (known.address, left.address, "new@reader.example")
    responses = [sign_up(lorraine, clock, address, rhythm="alerts") for address in addresses]

    assert len({(response.status_code, response["Location"], response.content) for response in responses}) == 1
    bodies = {message.to[0]: message.body for message in sent_mails()}
    assert "/confirm/" not in bodies[known.address]
    assert "/preferences/" in bodies[known.address]
    assert "/confirm/" in bodies[left.address]
    known.refresh_from_db()
    assert (known.state, known.rhythm) == ("active", Rhythm.ISSUES)


def test_fifty_spellings_of_a_mailbox_share_its_rate_limit(lorraine, newsletter, clock):
    hourly = MAIL_LIMITS[0].most
    assert len(SPELLINGS) >= 50
    responses = set()
    for number, spelling in enumerate(SPELLINGS):
        clock.shift(120)
        responses.add(sign_up(lorraine, clock, spelling, f"192.0.2.{number}")["Location"])

    assert responses == {"/fr/_newsletter/thanks/"}
    assert len(sent_mails()) <= MAIL_LIMITS[1].most
    assert len(sent_mails()) >= hourly


def test_same_address_on_two_sites_are_two_subscribers(lorraine, saar, newsletter, clock):
    make_newsletter(saar, "fr")
    sign_up(lorraine, clock)
    sign_up(saar, clock)

    assert set(Subscriber.objects.values_list("site", flat=True)) == {lorraine.site.pk, saar.site.pk}
    link = link_to(sent_mails()[0].body, "confirm")
    assert saar.reader().post(link).status_code == 404
    assert Subscriber.objects.filter(state="active").count() == 0


def test_each_text_of_consent_has_a_version(lorraine, newsletter, clock):
    sign_up(lorraine, clock, "one@reader.example")
    change(newsletter, consent="Autre accord, plus précis.")
    sign_up(lorraine, clock, "two@reader.example")

    versions = ConsentStep.objects.filter(kind=ConsentStep.Kind.ASKED).values_list("version", flat=True)
    assert len(set(versions)) == 2


@pytest.mark.parametrize("token", ["", "x", "1-1:abc", "1:abc", "é", "../", "a" * 3000, "1-1:" + "A" * 43])
def test_forged_links_are_not_found(lorraine, newsletter, token):
    subscriber = make_subscriber(lorraine)
    for purpose in ("confirm", "preferences", "leave"):
        for method in ("get", "post"):
            assert getattr(lorraine.reader(), method)(f"/fr/_newsletter/{purpose}/{token}/").status_code == 404
    subscriber.refresh_from_db()
    assert subscriber.state == "active"


def test_unconfirmed_requests_are_deleted(lorraine, newsletter, clock):
    sign_up(lorraine, clock)
    confirmed = make_subscriber(lorraine)
    delete_expired_data(timezone.now() + timedelta(days=6))
    assert Subscriber.objects.count() == 2

    delete_expired_data(timezone.now() + timedelta(days=8))

    assert list(Subscriber.objects.all()) == [confirmed]
