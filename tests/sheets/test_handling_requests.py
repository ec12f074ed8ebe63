"""Requests for sheets have a status and a person in charge, as messages of forms have."""

import csv
from io import StringIO

import pytest
from bs4 import BeautifulSoup
from django.core import mail
from django.urls import reverse
from wagtail.models import ModelLogEntry

from portal.editorial.assignments.records import Progress
from portal.editorial.roles import Role, group_of
from portal.sheets.handling import handle
from portal.sheets.models import SheetRequest
from tests.builders import content_of, make_member, newsroom_client, work_off

CHANGE = "sheet_requests:change"


@pytest.fixture
def own(sheet):
    sheet.request("lectrice@portal.example")
    return SheetRequest.objects.get(site=sheet.ground.site)


@pytest.fixture
def foreign(decoy):
    decoy.request("leser@portal.example")
    return SheetRequest.objects.get(site=decoy.ground.site)


@pytest.fixture
def colleague(lorraine, newsroom):
    group = group_of(lorraine.site, Role.SITE_ADMINISTRATOR)
    return make_member("colleague", group, first_name="Léa", last_name="Colin")


def shown(client, address, **query):
    return BeautifulSoup(client.get(address, query).content, "html.parser")


def change(client, *requests, **values):
    keys = "&".join(f"selected-submissions={each.pk}" for each in requests)
    return client.post(f"{reverse(CHANGE)}?{keys}", {"status": "", "assigned_to": "", **values})


def test_selected_requests_change_together_with_one_mail(sheet, administrator, colleague, own, foreign):
    sheet.request("autre@portal.example")
    other = SheetRequest.objects.exclude(pk=own.pk).get(site=sheet.ground.site)
    work_off()
    mail.outbox.clear()

    change(administrator, own, other, foreign, status="progress", assigned_to=str(colleague.pk))
    work_off()

    found = SheetRequest.objects.filter(status=Progress.IN_PROGRESS, assigned_to=colleague)
    assert {each.pk for each in found} == {own.pk, other.pk}
    [message] = mail.outbox
    assert message.to == ["colleague@portal.example"]
    assert "2 demandes de fiches" in message.body
    # The mail has no reader's address.
    assert "lectrice" not in message.message().as_string()


def test_log_says_what_changed_but_not_who_asked(administrator, colleague, own):
    change(administrator, own, status="done", assigned_to=str(colleague.pk))

    entry = ModelLogEntry.objects.get(action="sheets.request.handle")
    assert entry.formatter.format_message(entry) == "Status: New → Done; Assigned to Léa Colin"
    assert "lectrice" not in f"{entry.label} {entry.data}"


def test_list_is_filtered_by_status_and_person(administrator, colleague, own, foreign, list_url):
    change(administrator, own, status="progress", assigned_to=str(colleague.pk))

    for query, is_found in [
        ({"status": "progress"}, True),
        ({"status": "done"}, False),
        ({"assigned_to": colleague.pk}, True),
        ({"assigned_to": "null"}, False),
    ]:
        found = shown(administrator, list_url, **query)
        assert ("lectrice@portal.example" in found.text) is is_found, query
        assert "leser@portal.example" not in found.text


def test_list_shows_and_exports_status_and_person(administrator, colleague, own, foreign, list_url):
    change(administrator, own, status="progress", assigned_to=str(colleague.pk))

    row = shown(administrator, list_url).select_one("table.listing tbody tr")
    assert "In progress" in row.text
    assert "Léa Colin" in row.text
    [exported] = csv.DictReader(
        StringIO(content_of(administrator.get(list_url, {"export": "csv"})).decode("utf-8-sig"))
    )
    assert (exported["Status"], exported["Assigned to"]) == ("In progress", "Léa Colin")


def test_each_request_can_still_be_erased_from_the_list(administrator, own, list_url):
    links = [link["href"] for link in shown(administrator, list_url).select("table.listing a[href]")]

    assert any(link.startswith(reverse("sheet_requests:delete", args=[own.pk])) for link in links)


def test_requests_of_another_site_cannot_be_changed(administrator, colleague, foreign):
    assert change(administrator, foreign, status="done").status_code == 404
    assert SheetRequest.objects.get(pk=foreign.pk).status == Progress.NEW


@pytest.mark.parametrize("selected", ["", "1", "é", "00000000-0000-0000-0000-000000000000"])
def test_selection_of_nothing_is_not_found(administrator, selected):
    assert administrator.get(reverse(CHANGE), {"selected-submissions": selected}).status_code == 404


def test_only_those_who_read_the_requests_may_be_in_charge(newsroom, administrator, own):
    change(administrator, own, assigned_to=str(newsroom[Role.EDITOR].pk))
    handle([own.pk], newsroom[Role.SITE_ADMINISTRATOR], assigned_to=newsroom[Role.EDITOR])

    assert SheetRequest.objects.get(pk=own.pk).assigned_to is None


def test_editors_change_nothing(lorraine, newsroom, own):
    editor = newsroom[Role.EDITOR]

    change(newsroom_client(lorraine, editor), own, status="done")

    assert handle([own.pk], editor, status=Progress.DONE) == 0
    assert SheetRequest.objects.get(pk=own.pk).status == Progress.NEW


def test_requests_go_to_whoever_takes_over(lorraine, administrator, colleague, own, foreign):
    heir = make_member("heir", group_of(lorraine.site, Role.SITE_ADMINISTRATOR))
    SheetRequest.objects.update(assigned_to=colleague)

    administrator.post(reverse("site_accounts_leave", args=[colleague.pk]), {f"holder_{lorraine.site.pk}": heir.pk})

    assert SheetRequest.objects.get(pk=own.pk).assigned_to == heir
    assert SheetRequest.objects.get(pk=foreign.pk).assigned_to == colleague
