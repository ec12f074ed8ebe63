"""Saving an imported event unchanged does not make an author; the review names the person who requested it."""

from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse
from lxml import html
from wagtail.models import TaskState
from wagtail.test.utils.form_data import nested_form_data, rich_text, streamfield

from events.models import EventPage, ImportedEvent, Subscription
from portal.content.publication import PublicationRefusedError
from portal.editorial.approval.authorship import authors_among
from portal.editorial.roles import Role
from tests.builders import newsroom_client
from tests.events.importing.test_imported_reviews import approve, members  # noqa: F401
from tests.events.partners import NOW, basic, complete, import_events

FROZEN_AT = NOW

LONG = "Une <strong>visite</strong><br>de <a href='https://partner.example/a'>x</a><ul><li>a</li></ul>" + " mot" * 120


@pytest.fixture
def approver(members):  # noqa: F811
    return members[Role.APPROVER]


@pytest.fixture
def partner(lorraine, members):  # noqa: F811
    owner = members[Role.SITE_ADMINISTRATOR]
    return Subscription.objects.create(
        calendar=lorraine.calendar, name="Office du bois", url="https://partner.example/a.ics", owner=owner
    )


def save(client, page: EventPage, **changes: str) -> None:
    """Post the form of the draft as a browser that shows it would: lines, line breaks and paragraphs included."""
    path = reverse("wagtailadmin_pages:edit", args=[page.pk])
    [form] = html.fromstring(client.get(path).content.decode()).xpath("//form[@id='page-edit-form']")
    one_line = {field.get("name") for field in form.xpath(".//input")}
    data: dict[str, Any] = {}
    for name, value in form.form_values():
        if not name.startswith("action-"):
            typed = value.replace("\r\n", "\n")
            data.setdefault(name, []).append(typed.replace("\n", "" if name in one_line else "\r\n"))
    # lxml sends "on" for a radio button whose value is empty.
    if data["recurrence-period"] == ["on"]:
        data["recurrence-period"] = [""]
    draft = EventPage.objects.get(pk=page.pk).get_latest_revision_as_object()
    for stream in form.xpath(".//*[@data-block]/@id"):
        blocks = [(block.block_type, rich_text(block.value.source)) for block in getattr(draft, stream)]
        data |= nested_form_data({stream: streamfield(blocks)})
        data |= {f"{stream}-{number}-id": block.id for number, block in enumerate(getattr(draft, stream))}
    response = client.post(path, data | changes)
    assert response.status_code == 302, response.context


@pytest.mark.parametrize(
    "facts",
    [
        {},
        {"DESCRIPTION": LONG},
        {"DESCRIPTION": "Une visite\\nde l’atelier", "LOCATION": "Halle\\n12 rue du Port\\nMetz"},
        {"RDATE": "20260401T090000,20260408T090000", "DTEND;TZID=Europe/Paris": "20260310T235959"},
        {"RRULE": "FREQ=WEEKLY;COUNT=6", "EXDATE;TZID=Europe/Paris": "20260317T090000"},
    ],
    ids=["plain", "html", "lines", "dates", "series"],
)
def test_saving_an_unchanged_import_makes_no_author(lorraine, partner, approver, facts):
    import_events(partner, complete(**facts))
    page = ImportedEvent.objects.get().event
    save(newsroom_client(lorraine, approver), page)

    saved = EventPage.objects.get(pk=page.pk)
    assert saved.get_latest_revision().user == approver
    assert not authors_among(saved, {approver.pk})


def test_changing_an_import_makes_an_author(lorraine, partner, approver):
    import_events(partner, complete())
    save(newsroom_client(lorraine, approver), ImportedEvent.objects.get().event, title="Visite guidée")

    with pytest.raises(PublicationRefusedError):
        approve(approver)


def test_source_still_updates_a_text_that_was_saved_unchanged(lorraine, partner, approver):
    import_events(partner, complete(DESCRIPTION=LONG))
    page = ImportedEvent.objects.get().event
    save(newsroom_client(lorraine, approver), page)
    report = import_events(partner, complete(DESCRIPTION=LONG + " nouveau"))

    assert report.conflicts == []


# The page of the review


def review_of(lorraine, page: EventPage, user) -> BeautifulSoup:
    state = TaskState.objects.get(workflow_state__object_id=str(page.pk), status="in_progress")
    response = newsroom_client(lorraine, user).get(reverse("editorial:answer", args=[state.pk]))
    return BeautifulSoup(response.content.decode(), "html.parser")


def test_review_links_to_the_waiver_if_something_is_missing(lorraine, partner, approver):
    import_events(partner, basic())
    page = ImportedEvent.objects.get().event

    links = {link["href"] for link in review_of(lorraine, page, approver).select(".help-warning a")}
    assert links == {reverse("checklist", args=[page.pk])}


def requested_by(lorraine, page, approver) -> str:
    return review_of(lorraine, page, approver).select_one(".answer__facts").get_text(" ", strip=True)


def test_review_names_the_calendar_that_requested_it(lorraine, partner, approver):
    import_events(partner, complete())

    assert requested_by(lorraine, ImportedEvent.objects.get().event, approver).startswith(
        "The calendar “Office du bois”"
    )


def test_review_names_the_person_who_submitted_the_event(lorraine, partner, approver):
    import_events(partner, complete())
    page = EventPage.objects.get(pk=ImportedEvent.objects.get().event_id)
    page.current_workflow_state.cancel(user=partner.owner)
    save(newsroom_client(lorraine, partner.owner), page, title="Visite guidée", **{"action-submit": "1"})

    assert requested_by(lorraine, page, approver).startswith(f"{partner.owner.username} asked")
