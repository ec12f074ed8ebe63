"""A reader registers for a date: the event's page, and the form."""

from datetime import timedelta

import pytest

from events.models import EventConsent, Registration
from portal.platform.rate_limits import MAIL_LIMITS
from tests.builders import change, fill_in, make_draft, make_private
from tests.events.registering import (
    QUESTIONS,
    WEEKLY,
    apply,
    book,
    date_of,
    form_path,
    html,
    link_in,
    make_bookable,
    sent_mails,
)

# The page of the event


def test_page_links_to_the_form_and_shows_the_places_left(lorraine, reader):
    event = make_bookable(lorraine.calendar, capacity=3)
    book(event, "berta")

    response = reader.get(lorraine.address(event))
    seating = html(response).select_one(".seating")

    assert seating.select_one("a.button")["href"] == form_path(lorraine, event)
    assert "2 places" in seating.get_text()


def test_public_page_has_no_cookie_and_no_form_token(lorraine, reader):
    event = make_bookable(lorraine.calendar)

    response = reader.get(lorraine.address(event))

    assert not response.cookies
    assert response["Vary"] == "Accept-Encoding"
    assert "no-store" not in response.get("Cache-Control", "")
    assert "csrfmiddlewaretoken" not in response.content.decode()
    assert "form-token" not in response.content.decode()


@pytest.mark.parametrize("facts", [{}, {"recurrence": WEEKLY}])
def test_page_with_registration_takes_as_few_queries_as_without(lorraine, reader, django_assert_max_num_queries, facts):
    event = make_bookable(lorraine.calendar, **facts)
    book(event, "anna")
    reader.get(lorraine.address(event))

    with django_assert_max_num_queries(8):
        reader.get(lorraine.address(event))


def test_event_without_registration_has_no_form(lorraine, reader):
    event = make_bookable(lorraine.calendar, takes_registrations=False, registration_url="https://elsewhere.example/")

    assert reader.get(form_path(lorraine, event)).status_code == 404
    assert (
        html(reader.get(lorraine.address(event))).select_one(".practical__action a")["href"]
        == "https://elsewhere.example/"
    )


def test_own_registration_takes_precedence_over_an_external_one(lorraine, reader):
    event = make_bookable(lorraine.calendar, registration_url="https://elsewhere.example/")

    assert "elsewhere.example" not in reader.get(lorraine.address(event)).content.decode().split("<main")[1]


@pytest.mark.parametrize("key", ["2027-03-02", "x", "single' OR 1=1"])
def test_form_of_an_unknown_date_is_not_found(lorraine, reader, key):
    event = make_bookable(lorraine.calendar)

    assert reader.get(form_path(lorraine, event, key)).status_code == 404


def test_form_of_a_hidden_event_is_not_found(lorraine, saar, reader):
    draft, private = make_bookable(lorraine.calendar), make_bookable(lorraine.calendar)
    make_draft(draft)
    make_private(private, password="sésame")
    foreign = make_bookable(saar.calendars["fr"])

    assert reader.get(form_path(lorraine, draft)).status_code == 410
    assert reader.get(form_path(lorraine, private)).status_code == 404
    assert reader.get(form_path(lorraine, foreign)).status_code == 404


# The form


def test_form_is_not_cached_for_other_readers(lorraine, reader):
    response = reader.get(form_path(lorraine, make_bookable(lorraine.calendar)))

    assert "no-store" in response["Cache-Control"]
    assert not response.cookies
    assert 'content="noindex"' in response.content.decode()


def test_registration_stores_the_consent_text_that_was_shown(lorraine):
    event = make_bookable(lorraine.calendar, questions=QUESTIONS, offers_recap_news=True)
    response = apply(lorraine, event, **{"answer-0": "Scierie Anna", "answer-1": "Légumes", "recap": "on"})

    assert response.status_code == 303
    found = Registration.objects.get()
    assert (found.name, found.address, found.language) == ("Anna", "anna@portal.example", "fr")
    assert found.answers == [["Entreprise", "Scierie Anna"], ["Repas", "Légumes"]]
    assert found.site == lorraine.site
    assert "90 jours" in found.consent.text
    assert found.recap_agreed_at is not None
    assert found.delete_at == event.end + timedelta(days=90)


def test_each_version_of_the_consent_is_stored(lorraine):
    event = make_bookable(lorraine.calendar, consent="J’accepte la première version.")
    apply(lorraine, event, "anna")
    event = change(event, consent="J’accepte la seconde version.")
    apply(lorraine, event, "berta")

    texts = {each.name: each.consent.text for each in Registration.objects.all()}
    assert texts["Anna"].startswith("J’accepte la première version.")
    assert texts["Berta"].startswith("J’accepte la seconde version.")
    assert EventConsent.objects.count() == 2


def test_nobody_is_registered_without_consent_and_no_input_is_lost(lorraine, reader):
    event = make_bookable(lorraine.calendar, questions=QUESTIONS)
    response = fill_in(reader, form_path(lorraine, event), name="Anna", address="anna@", **{"answer-1": "Viande"})

    page = html(response)
    assert response.status_code == 422
    links = [link["href"] for link in page.select("[role=alert] a")]
    assert links == ["#id_address", "#id_answer-0", "#id_consent"]
    assert page.select_one("#id_name")["value"] == "Anna"
    assert page.select_one("option[selected]")["value"] == "Viande"
    assert not Registration.objects.exists()


def test_repeated_registration_has_the_same_response_and_no_second_seat(lorraine):
    event = make_bookable(lorraine.calendar)
    first = apply(lorraine, event, "anna")
    second = apply(lorraine, event, "anna", name="Quelqu’un d’autre", address="ANNA@portal.example")

    assert (first.status_code, first["Location"]) == (second.status_code, second["Location"])
    assert Registration.objects.get().name == "Anna"
    assert date_of(event).seats.taken == 1
    one, other = sent_mails()
    assert link_in(one) == link_in(other)


def test_mail_repeats_nothing_that_was_entered_in_the_form(lorraine):
    event = make_bookable(lorraine.calendar, questions=QUESTIONS)
    apply(lorraine, event, name="Achetez ici", **{"answer-0": "Offre unique"})
    [message] = sent_mails()

    assert "Achetez" not in message.body + message.alternatives[0].content
    assert "Offre unique" not in message.body + message.alternatives[0].content


def test_robots_get_the_usual_response_and_no_seat(lorraine):
    event = make_bookable(lorraine.calendar)

    response = apply(lorraine, event, **{"web-site": "https://robot.example"})

    assert response.status_code == 303
    assert not Registration.objects.exists()


def test_address_over_its_rate_limit_gets_no_seat_and_no_mail(lorraine):
    events = [make_bookable(lorraine.calendar) for _number in range(MAIL_LIMITS[0].most + 1)]

    codes = [apply(lorraine, event, "anna").status_code for event in events]

    assert codes == [303] * MAIL_LIMITS[0].most + [422]
    assert len(sent_mails("anna")) == MAIL_LIMITS[0].most
