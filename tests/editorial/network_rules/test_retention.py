"""Periods that the network sets as a default or locks: registrations and messages of forms."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse
from django.utils import translation

from events.models import EventSettings
from events.registration.forms import consent_text
from home.forms.records import FormRecord
from portal.content.network.retention import NetworkRetention
from portal.editorial.roles import Role
from tests.builders import fill_in, make_form_page, newsroom_client
from tests.editorial.network_rules.sending import data_of
from tests.events.registering import book, make_bookable


def set_for_all(**facts):
    NetworkRetention.objects.update_or_create(defaults=facts)


def choose(ground, days):
    settings = EventSettings.for_site(ground.site)
    settings.registration_retention_days, settings.follows_network = days, False
    settings.save()


def days_of_booking(ground):
    event = make_bookable(ground.calendar)
    return (book(event, "anna").delete_at - event.end).days


def settings_of(ground):
    return reverse("wagtailsettings:edit", args=["events", "eventsettings", ground.site.pk])


def test_default_counts_on_a_site_that_has_chosen_nothing(lorraine, saar):
    set_for_all(registration_days=30)
    choose(saar, 365)

    assert days_of_booking(lorraine) == 30
    assert days_of_booking(saar) == 365


def test_without_a_default_a_site_has_its_own_period(lorraine):
    assert days_of_booking(lorraine) == 90


def test_locked_period_overrules_the_choice_of_a_site_until_it_is_unlocked(saar):
    choose(saar, 365)
    set_for_all(registration_days=30, locks_registration_days=True)
    assert days_of_booking(saar) == 30

    set_for_all(registration_days=30, locks_registration_days=False)
    assert EventSettings.for_site(saar.site).registration_days == 365


def test_readers_consent_to_the_locked_period(lorraine):
    choose(lorraine, 365)
    set_for_all(registration_days=30, locks_registration_days=True)

    with translation.override("fr"):
        assert "30 jours" in consent_text(make_bookable(lorraine.calendar))


def test_cached_responses_with_the_former_period_are_no_longer_served(lorraine):
    page = make_form_page(lorraine.home, keep_days=365)
    assert "365 jours" in text_of(lorraine, page)

    set_for_all(form_days=30, locks_form_days=True)

    assert "30 jours" in text_of(lorraine, page)


def text_of(ground, page):
    html = BeautifulSoup(ground.reader().get(ground.address(page)).content, "html.parser")
    return html.get_text().replace("\xa0", " ")


def test_form_of_a_site_shows_the_locked_period_in_words(administrator, lorraine):
    set_for_all(registration_days=30, locks_registration_days=True)

    html = BeautifulSoup(administrator.get(settings_of(lorraine)).content, "html.parser")

    assert "Set for all sites by the network's administrator: 30 days" in html.get_text()
    assert html.select("[name=registration_retention_days], [name=follows_network]") == []
    assert html.select("[name=night_ends]")


def test_form_of_a_site_has_the_field_while_the_period_is_a_default(administrator, lorraine):
    set_for_all(registration_days=30)

    html = BeautifulSoup(administrator.get(settings_of(lorraine)).content, "html.parser")

    assert html.select("[name=registration_retention_days]")
    assert "Set for all sites" not in html.get_text()


def test_forged_request_changes_no_locked_period(administrator, lorraine):
    set_for_all(registration_days=30, locks_registration_days=True)
    sent = data_of(administrator, settings_of(lorraine)) | {"night_ends": "4"}

    administrator.post(settings_of(lorraine), sent | {"registration_retention_days": "365"})

    settings = EventSettings.for_site(lorraine.site)
    assert (settings.night_ends, settings.registration_days) == (4, 30)
    assert settings.registration_retention_days == 90


@pytest.mark.parametrize(("locked", "days"), [(True, 30), (False, 365)])
def test_locked_period_counts_for_messages_of_every_form(lorraine, locked, days):
    page = make_form_page(lorraine.home, keep_days=365)
    set_for_all(form_days=30, locks_form_days=locked)
    fill_in(lorraine.reader(), lorraine.address(page), nom="Anna", adresse="anna@portal.example")

    record = FormRecord.objects.get()
    assert round((record.delete_at - record.submit_time) / timedelta(days=1)) == days
    assert f"{days} jours" in text_of(lorraine, page)


def test_editor_of_a_form_sees_the_locked_period_and_cannot_change_it(lorraine, newsroom):
    page = make_form_page(lorraine.home, keep_days=365)
    set_for_all(form_days=30, locks_form_days=True)
    client = newsroom_client(lorraine, newsroom[Role.EDITOR])

    html = BeautifulSoup(client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content, "html.parser")

    assert "Set for all sites by the network's administrator: 30 days" in html.get_text()
    assert html.select("[name=keep_days]") == []


def test_new_form_begins_with_the_default(lorraine, newsroom):
    set_for_all(form_days=30)
    client = newsroom_client(lorraine, newsroom[Role.EDITOR])
    address = reverse("wagtailadmin_pages:add", args=["home", "formpage", lorraine.home.pk])

    html = BeautifulSoup(client.get(address).content, "html.parser")

    assert html.select_one("[name=keep_days] option[selected]")["value"] == "30"
