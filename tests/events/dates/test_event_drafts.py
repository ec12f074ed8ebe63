"""Event drafts in the preview, and events whose dates are completed, hidden or shown elsewhere."""

from datetime import UTC, date, datetime

from bs4 import BeautifulSoup
from django.urls import reverse

from events.models import CalendarEntry, ChangedDate, EventPage
from events.occurrences import extend_horizon
from portal.content.records.topics import PageTopic
from portal.editorial.roles import Role
from tests.builders import make_event, make_topic, newsroom_client
from tests.events.forms import event_form

NOW = FROZEN_AT = datetime(2026, 3, 1, 8, tzinfo=UTC)
START = datetime(2026, 3, 3, 9, tzinfo=UTC)


def test_preview_shows_the_dates_of_the_draft(lorraine, newsroom):
    client = newsroom_client(lorraine, newsroom[Role.EDITOR])
    address = reverse("wagtailadmin_pages:preview_on_add", args=["events", "eventpage", lorraine.calendar.pk])
    client.post(address, event_form(recurrence="FREQ=WEEKLY;COUNT=3"))

    response = client.get(f"{address}?mode=")

    assert response.status_code == 200
    html = BeautifulSoup(response.content, "html.parser")
    assert html.h1.get_text(strip=True) == "Rencontre du bois"
    assert len(html.select(".dates li")) == 3


def test_preview_shows_the_topics_of_the_draft(lorraine):
    draft = make_event(lorraine.calendar, start=START).get_latest_revision_as_object()
    draft.page_topics = [PageTopic(topic=make_topic("Bois", slug="bois"))]

    html = BeautifulSoup(draft.save_revision().as_object().make_preview_request().content, "html.parser")

    assert [link.get_text(strip=True) for link in html.select("nav.topics a")] == ["Bois"]


def test_preview_of_a_draft_without_a_date(lorraine, newsroom):
    client = newsroom_client(lorraine, newsroom[Role.EDITOR])
    page = EventPage(title="Sans date", slug="sans-date", live=False, locale=lorraine.home.locale)
    lorraine.calendar.add_child(instance=page)
    page.save_revision(clean=False)

    response = client.get(reverse("wagtailadmin_pages:view_draft", args=[page.pk]))

    assert response.status_code == 200


def test_entry_without_a_text_is_completed_by_the_daily_task(lorraine):
    event = make_event(lorraine.calendar, "Ancienne", start=START, place="Halle")
    CalendarEntry.objects.filter(event=event).update(text="")
    assert "Ancienne" not in lorraine.reader().get("/fr/rubrique/agenda.ics").content.decode()

    extend_horizon(NOW)

    assert "Ancienne" in lorraine.reader().get("/fr/rubrique/agenda.ics").content.decode()
    assert CalendarEntry.objects.get(event=event).sequence == 0


def test_alias_has_the_dates_of_its_source(lorraine):
    event = make_event(
        lorraine.calendar,
        "Café",
        start=START,
        recurrence="FREQ=WEEKLY;COUNT=3",
        changed_dates=[ChangedDate(day=date(2026, 3, 10), kind="removed")],
    )
    alias = event.create_alias(parent=lorraine.home.get_children().first(), update_slug="cafe-alias")

    assert alias.occurrences.not_withdrawn().count() == 2
    assert alias.calendar_uid == event.calendar_uid
