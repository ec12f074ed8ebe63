"""The private address of the calendar: what its owner may see now, until it is replaced or revoked."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse
from icalendar import Calendar

from portal.editorial.models import CalendarAddress, PlannedItem
from portal.editorial.roles import Role
from tests.builders import make_event, newsroom_client
from tests.editorial.drafts import draft

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def noon(time_machine):
    time_machine.move_to(NOW, tick=False)


def address_of(user) -> str:
    address, _is_new = CalendarAddress.objects.get_or_create(user=user)
    return reverse("planning_feed", args=[address.token])


def summaries(ground, path: str, **params) -> list[str]:
    response = ground.reader().get(path, params)
    assert response.status_code == 200
    found = [str(event["summary"]) for event in Calendar.from_ical(response.content).walk("VEVENT")]
    return [each for each in found if "lorrain" not in each]


def test_address_needs_no_sign_in_and_shows_the_calendar(lorraine, saar, newsrooms, editor):
    draft(lorraine, editor, "Datée", go_live_at=NOW + DAY)
    page = draft(lorraine, editor, "Prévue")
    PlannedItem.objects.create(page=page.page_ptr, day=date(2026, 12, 8), person=editor)
    make_event(lorraine.calendar, "Nuit des forges", start=NOW + 2 * DAY)
    draft(saar, newsrooms.saar[Role.EDITOR], "Fremd", go_live_at=NOW + DAY)

    found = [each for each in summaries(lorraine, address_of(editor)) if "publié" not in each]

    assert found == ["Datée (brouillon)", "Nuit des forges (a lieu)", "Prévue (brouillon)"]


def test_planned_day_is_a_whole_day_and_keeps_its_identity(lorraine, editor):
    page = draft(lorraine, editor, "Prévue")
    item = PlannedItem.objects.create(page=page.page_ptr, day=date(2026, 12, 8), person=editor)

    def event():
        response = lorraine.reader().get(address_of(editor), {"state": "draft"})
        [found] = Calendar.from_ical(response.content).walk("VEVENT")
        return found["dtstart"].dt, str(found["uid"])

    before = event()
    item.day = date(2026, 12, 9)
    item.save()
    after = event()

    assert (before[0], after[0]) == (date(2026, 12, 8), date(2026, 12, 9))
    assert before[1] == after[1]


def test_address_has_the_filters_of_the_calendar(lorraine, editor, approver):
    draft(lorraine, editor, "La mienne", go_live_at=NOW + DAY)
    draft(lorraine, approver, "La sienne", go_live_at=NOW + DAY)

    assert summaries(lorraine, address_of(editor), person="me", state="draft") == ["La mienne (brouillon)"]


def test_calendar_shows_the_address_with_its_filters(lorraine, editor):
    client = newsroom_client(lorraine, editor)
    client.post(reverse("planning_address"))

    html = client.get(reverse("planning"), {"person": "me"}).content.decode()

    assert f"{address_of(editor)}?person=me" in html


@pytest.mark.parametrize("change", [{}, {"revoke": "1"}])
def test_replaced_and_revoked_address_is_not_found(lorraine, editor, change):
    old = address_of(editor)
    newsroom_client(lorraine, editor).post(reverse("planning_address"), change)

    assert lorraine.reader().get(old).status_code == 404
    assert CalendarAddress.objects.exists() is not bool(change)


def test_address_of_a_closed_account_is_not_found(lorraine, editor):
    path = address_of(editor)
    editor.is_active = False
    editor.save()

    assert lorraine.reader().get(path).status_code == 404


def test_address_of_somebody_without_a_role_is_not_found(lorraine, editor):
    path = address_of(editor)
    editor.groups.clear()

    assert lorraine.reader().get(path).status_code == 404


def test_address_survives_a_new_secret_key(lorraine, editor, settings):
    path = address_of(editor)
    settings.SECRET_KEY = "another-key-for-the-tests-that-signs-nothing-of-value"

    assert lorraine.reader().get(path).status_code == 200


@pytest.mark.parametrize("token", ["x", "WzEsIngiXQ:forged", "é", "1:2:3", "%00"])
def test_forged_address_is_not_found(lorraine, editor, token):
    address_of(editor)

    assert lorraine.reader().get(f"/admin/planning/{token}.ics").status_code == 404


def test_shared_caches_do_not_store_the_file(lorraine, editor):
    response = lorraine.reader().get(address_of(editor))

    assert "no-store" in response["Cache-Control"]
    assert "private" in response["Cache-Control"]


def test_address_is_changed_by_post_only(lorraine, editor):
    path = address_of(editor)

    assert newsroom_client(lorraine, editor).get(reverse("planning_address")).status_code == 405
    assert lorraine.reader().get(path).status_code == 200
