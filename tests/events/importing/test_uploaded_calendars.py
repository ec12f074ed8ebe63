"""A partner's calendar is read when its subscription is saved: a URL in the background, a file at once."""

import pytest
from django.urls import reverse
from django.utils.html import escape

from events.importing import subscriptions
from events.importing.fetch import MAX_BYTES, Fetched
from events.models import ImportedEvent, Subscription
from portal.editorial.roles import Role
from tests.builders import newsroom_client, work_off
from tests.events.forms import subscription_form
from tests.events.partners import LATE, basic, file, uploaded

ADD = "subscribed_calendars:add"


@pytest.fixture
def client(lorraine, newsroom):
    return newsroom_client(lorraine, newsroom[Role.SITE_ADMINISTRATOR])


def test_uploaded_file_is_read_at_once_and_its_report_is_shown(lorraine, client):
    broken = basic("b@partner", DTSTART="21000310T090000Z", DTEND="21000309T090000Z")
    content = uploaded(file(basic(**LATE), broken))

    shown = client.post(
        reverse(ADD), subscription_form(lorraine.calendar, url="", file=content), follow=True
    ).content.decode()

    assert [each.uid for each in ImportedEvent.objects.all()] == ["a@partner"]
    assert "the end is before the start" in shown
    assert "the end is before the start" in Subscription.objects.get().report


def test_corrected_file_adds_only_the_missing_event(lorraine, client):
    client.post(reverse(ADD), subscription_form(lorraine.calendar, url="", file=uploaded(file(basic(**LATE)))))
    address = reverse("subscribed_calendars:edit", args=[Subscription.objects.get().pk])
    content = uploaded(file(basic(**LATE), basic("b@partner", **LATE)))

    client.post(address, subscription_form(lorraine.calendar, url="", file=content))

    assert sorted(ImportedEvent.objects.values_list("uid", flat=True)) == ["a@partner", "b@partner"]
    assert Subscription.objects.get().report.startswith("new: 1, changed: 0, unchanged: 1")


def test_text_of_a_file_is_escaped_in_the_newsroom(lorraine, client):
    script = "<script>alert(1)</script>"
    content = uploaded(file(basic(**LATE), head=f"X-WR-TIMEZONE:{script}\r\n"))

    shown = client.post(
        reverse(ADD), subscription_form(lorraine.calendar, url="", file=content), follow=True
    ).content.decode()

    assert escape(script) in shown
    assert script not in shown


@pytest.mark.parametrize(
    "facts",
    [
        {"url": ""},
        {"file": uploaded(b"BEGIN:VCALENDAR")},
        {"url": "", "file": uploaded(b"x" * (MAX_BYTES + 1))},
    ],
    ids=["neither", "both", "too large"],
)
def test_source_is_an_address_or_a_file(lorraine, client, facts):
    client.post(reverse(ADD), subscription_form(lorraine.calendar, **facts))

    assert not Subscription.objects.exists()


def test_file_that_is_not_a_calendar_is_reported(lorraine, client):
    shown = client.post(reverse(ADD), subscription_form(lorraine.calendar, url="", file=uploaded(b"PK")), follow=True)

    assert "This is not a calendar file." in shown.content.decode()
    assert Subscription.objects.get().is_failing


def test_address_is_imported_as_soon_as_it_is_saved(lorraine, client, monkeypatch):
    files = [file(basic(**LATE)), file(basic(**LATE), basic("b@partner", **LATE))]
    monkeypatch.setattr(subscriptions, "fetch_in_time", lambda *_args: Fetched(files.pop(0)))
    client.post(reverse(ADD), subscription_form(lorraine.calendar))
    work_off()
    assert ImportedEvent.objects.count() == 1

    client.post(
        reverse("subscribed_calendars:edit", args=[Subscription.objects.get().pk]), subscription_form(lorraine.calendar)
    )
    work_off()
    assert ImportedEvent.objects.count() == 2


def test_inactive_subscription_is_not_imported(lorraine, client, monkeypatch):
    monkeypatch.setattr(subscriptions, "fetch_in_time", lambda *_args: Fetched(file(basic(**LATE))))
    client.post(reverse(ADD), subscription_form(lorraine.calendar, is_active=""))
    work_off()

    assert not ImportedEvent.objects.exists()
