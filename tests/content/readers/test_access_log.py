"""The site history records who viewed, exported or erased readers' data, without naming the readers."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from time_machine import travel
from wagtail.models import ModelLogEntry, Site

from events.models import Registration
from home.forms.records import FormRecord
from portal.editorial.roles import Role
from tests.builders import make_form_page, make_member, newsroom_client
from tests.events.registering import book, make_bookable, sent_mails
from tests.newsletter.makers import make_newsletter, make_subscriber

pytestmark = pytest.mark.django_db
ADDRESS = "anna@portal.example"


@pytest.fixture
def event(lorraine):
    event = make_bookable(lorraine.calendar, "Salon du bois")
    book(event, "anna")
    sent_mails()
    return event


@pytest.fixture
def message(lorraine):
    page = make_form_page(lorraine.home, "Écrivez-nous")
    answers = {"nom": "Anna", "adresse": ADDRESS}
    later = timezone.now() + timedelta(days=30)
    return FormRecord.objects.create(page=page, site=lorraine.site, language="fr", form_data=answers, delete_at=later)


@pytest.fixture
def subscriber(lorraine, newsletter):
    return make_subscriber(lorraine, ADDRESS)


@pytest.fixture
def newsletter(lorraine):
    return make_newsletter(lorraine)


@pytest.fixture
def history(lorraine):
    """The rows of the site history about readers' data, as a network administrator sees them."""
    network = newsroom_client(lorraine, make_member("network", is_superuser=True))
    return lambda: history_of(network)


def history_of(client) -> str:
    shown = BeautifulSoup(client.get(reverse("wagtailadmin_reports:site_history")).content, "html.parser")
    rows = [row.get_text(" ", strip=True) for row in shown.select("table tbody tr")]
    return "\n".join(row for row in rows if "Readers' data" in row)


def entries(site: Site) -> int:
    return ModelLogEntry.objects.filter(action__startswith="portal.personal_data.", object_id=str(site.pk)).count()


@pytest.mark.parametrize(
    ("query", "words"), [("", "looked at"), ("?export=csv", "exported"), ("?export=xlsx", "exported")]
)
def test_list_of_registrations_is_logged(history, administrator, event, query, words):
    administrator.get(reverse("registrations:list", args=[event.pk]) + query)

    assert f"Readers' data {words}: Registrations, “Salon du bois”" in history()


def test_check_in_list_is_logged(history, administrator, event):
    administrator.get(reverse("registrations:check_in", args=[event.pk]))

    assert "Readers' data looked at: Registrations, “Salon du bois”" in history()


def test_erased_registration_is_logged(history, administrator, event):
    registration = Registration.objects.of_event(event).get()
    administrator.post(reverse("registrations:act", args=[registration.pk, "erase"]))

    assert "Readers' data erased: Registrations, “Salon du bois”" in history()


@pytest.mark.parametrize(("query", "words"), [("", "looked at"), ("?export=csv", "exported")])
def test_messages_of_a_form_are_logged(history, administrator, message, query, words):
    administrator.get(reverse("wagtailforms:list_submissions", args=[message.page_id]) + query)

    assert f"Readers' data {words}: Messages of a form, “Écrivez-nous”" in history()


def test_single_message_is_logged(history, administrator, message):
    administrator.get(reverse("form_record", args=[message.page_id, message.pk]))

    assert "Readers' data looked at: Messages of a form, “Écrivez-nous”" in history()


def test_erased_message_is_logged(history, administrator, message):
    address = reverse("wagtailforms:delete_submissions", args=[message.page_id])
    administrator.post(f"{address}?selected-submissions={message.pk}")

    assert not FormRecord.objects.exists()
    assert "Readers' data erased: Messages of a form, “Écrivez-nous”" in history()


@pytest.mark.parametrize(("query", "words"), [("", "looked at"), ("?export=csv", "exported")])
def test_requests_for_sheets_are_logged(history, administrator, query, words):
    administrator.get(reverse("sheet_requests:index") + query)

    assert f"Readers' data {words}: Requests for sheets" in history()


@pytest.mark.parametrize(
    ("view", "query", "words"),
    [
        ("newsletter_subscriber", "", "looked at"),
        ("newsletter_subscriber_data", "", "exported"),
        ("newsletter_subscribers", "", "looked at"),
        ("newsletter_subscribers", "?export=csv", "exported"),
    ],
)
def test_subscribers_are_logged(history, administrator, subscriber, view, query, words):
    keys = [] if view == "newsletter_subscribers" else [subscriber.pk]
    administrator.get(reverse(view, args=keys) + query)

    assert f"Readers' data {words}: Subscribers" in history()


@pytest.mark.parametrize(("action", "words"), [("show", "looked at"), ("export", "exported"), ("erase", "erased")])
def test_data_of_a_person_is_logged_on_the_administrators_site_without_a_name(
    history, lorraine, saar, administrator, event, action, words
):
    administrator.post(reverse("personal_data"), {"address": ADDRESS, "action": action})

    shown = history()
    assert f"Readers' data {words}: Data of one person" in shown
    assert "anna" not in shown
    assert (entries(lorraine.site), entries(saar.site)) == (1, 0)


@pytest.mark.parametrize(("action", "words"), [("export", "exported"), ("erase", "erased")])
def test_command_is_logged_in_the_site_history(history, lorraine, saar, administrator, capsys, action, words):
    call_command("personal_data", action, ADDRESS, site=lorraine.site.hostname)

    assert f"Readers' data {words}: Data of one person" in history()
    assert entries(saar.site) == 0


def test_views_within_an_hour_are_one_entry_and_exports_one_each(lorraine, administrator, event):
    address = reverse("registrations:list", args=[event.pk])
    with travel(timezone.now(), tick=False) as clock:
        for _ in range(2):
            administrator.get(address)
        assert entries(lorraine.site) == 1
        for _ in range(2):
            administrator.get(f"{address}?export=csv")
        assert entries(lorraine.site) == 3
        clock.shift(timedelta(hours=2))
        administrator.get(address)
    assert entries(lorraine.site) == 4


def test_refused_view_leaves_no_entry(lorraine, newsroom, event):
    newsroom_client(lorraine, newsroom[Role.EDITOR]).get(reverse("registrations:list", args=[event.pk]))

    assert entries(lorraine.site) == 0
