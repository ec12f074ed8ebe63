"""Only the event's organiser and the managers of the site's reader data see its registrations."""

import csv
from copy import deepcopy
from datetime import timedelta
from io import BytesIO, StringIO

import pytest
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook
from time_machine import travel
from wagtail.models import ModelLogEntry

from events.models import DateSeats, EventSettings, Registration
from portal.content.personal_data import erase, export
from portal.editorial.roles import Role, section_group
from portal.platform.tasks.periodic import run_due
from tests.builders import content_of, make_member, make_section, newsroom_client
from tests.checkers.refusals import is_refused
from tests.events.registering import QUESTIONS, WEEKLY, book, date_of, html, make_bookable, sent_mails

FORMULA = "=1+1"


@pytest.fixture(scope="module")
def module_event(module_network, module_newsrooms):
    """The organiser's event, with registrations by Anna and Berta."""
    organiser = module_newsrooms.lorraine[Role.ORGANISER]
    event = make_bookable(
        module_network.lorraine.calendar, owner=organiser, recurrence=WEEKLY, questions=QUESTIONS, most_seats=3
    )
    book(event, "anna", 0, answers=[["Entreprise", FORMULA], ["Repas", ""]], seats=2)
    book(event, "berta", 1, answers=[["Entreprise", "Menuiserie"], ["Repas", "Viande"]])
    sent_mails()
    return event


@pytest.fixture
def event(module_event, newsrooms):
    return deepcopy(module_event)


@pytest.fixture
def others(lorraine, saar, newsroom):
    """Another organiser's event in the same calendar, and one of another site."""
    colleague = make_member("colleague", section_group(lorraine.site, Role.ORGANISER, lorraine.section))
    beside = make_bookable(lorraine.calendar, "À côté", owner=colleague)
    book(beside, "beside")
    foreign = make_bookable(saar.calendars["fr"], "Ailleurs")
    book(foreign, "foreign")
    sent_mails()
    return beside, foreign


def client(ground, newsroom, role):
    return newsroom_client(ground, newsroom[role])


def list_of(event) -> str:
    return reverse("registrations:list", args=[event.pk])


def pages_of(event) -> list[str]:
    return [
        list_of(event),
        reverse("registrations:results", args=[event.pk]),
        reverse("registrations:add", args=[event.pk]),
        reverse("registrations:check_in", args=[event.pk]),
        f"{list_of(event)}?export=csv",
    ]


@pytest.mark.parametrize("role", [Role.ORGANISER, Role.SITE_ADMINISTRATOR])
def test_organiser_and_data_manager_see_registrations(lorraine, newsroom, event, role):
    page = client(lorraine, newsroom, role).get(list_of(event))

    assert page.status_code == 200
    assert "anna@portal.example" in page.content.decode()
    assert "berta@portal.example" in page.content.decode()


@pytest.mark.parametrize("role", [Role.EDITOR, Role.APPROVER])
def test_editor_and_approver_see_no_registrations(lorraine, newsroom, event, role):
    person = client(lorraine, newsroom, role)

    assert all(is_refused(person.get(path)) for path in pages_of(event))
    assert is_refused(person.get(reverse("registrations:events")))


def test_organiser_sees_only_their_own_events(lorraine, newsroom, event, others):
    organiser = client(lorraine, newsroom, Role.ORGANISER)

    for other in others:
        assert all(is_refused(organiser.get(path)) for path in pages_of(other))
    overview = organiser.get(reverse("registrations:events")).content.decode()
    assert event.title in overview
    assert "À côté" not in overview
    assert "Ailleurs" not in overview


def test_staff_of_another_site_sees_nothing(saar, newsrooms, event):
    for role in (Role.SITE_ADMINISTRATOR, Role.ORGANISER, Role.EDITOR):
        person = client(saar, newsrooms.saar, role)
        assert all(is_refused(person.get(path)) for path in pages_of(event))
        assert event.title not in person.get(reverse("registrations:events")).content.decode()


def test_alias_on_another_site_gives_its_staff_no_access(lorraine, saar, newsrooms, event):
    alias = event.create_alias(parent=saar.calendars["fr"]).specific
    keeper = client(saar, newsrooms.saar, Role.SITE_ADMINISTRATOR)

    assert all(is_refused(keeper.get(path)) for path in pages_of(alias))


def test_former_organiser_sees_no_registrations(lorraine, newsroom, event):
    newsroom[Role.ORGANISER].groups.clear()
    newsroom[Role.ORGANISER].groups.add(section_group(lorraine.site, Role.REVIEWER, make_section(lorraine.home)))

    assert is_refused(client(lorraine, newsroom, Role.ORGANISER).get(list_of(event)))


@pytest.mark.parametrize("action", ["cancel", "admit", "erase"])
def test_nobody_acts_on_the_registrations_of_others(lorraine, saar, newsrooms, newsroom, event, others, action):
    beside = Registration.objects.get(name="Beside")
    path = reverse("registrations:act", args=[beside.pk, action])

    for person in (
        client(lorraine, newsroom, Role.ORGANISER),
        client(lorraine, newsroom, Role.EDITOR),
        client(saar, newsrooms.saar, Role.SITE_ADMINISTRATOR),
    ):
        assert person.post(path).status_code == 404
    assert Registration.objects.get(pk=beside.pk).state == Registration.State.CONFIRMED


def test_search_and_filters_narrow_the_list(lorraine, newsroom, event):
    organiser = client(lorraine, newsroom, Role.ORGANISER)
    results = reverse("registrations:results", args=[event.pk])
    second = date_of(event, 1).seats_id

    for query, found in [
        ({"q": "anna"}, ["anna"]),
        ({"q": "MENUIS"}, ["berta"]),
        ({"q": "zzz"}, []),
        ({"date": second}, ["berta"]),
        ({"state": "confirmed"}, ["anna", "berta"]),
        ({"state": "waiting"}, []),
        ({"date": "x", "state": "y", "p": "z"}, ["anna", "berta"]),
    ]:
        response = organiser.get(results, query)
        assert response.status_code == 200
        shown = [who for who in ("anna", "berta") if f"{who}@portal.example" in response.content.decode()]
        assert shown == found, query


def test_export_has_a_column_for_each_answer_and_no_formulas(lorraine, newsroom, event, others):
    organiser = client(lorraine, newsroom, Role.ORGANISER)
    response = organiser.get(list_of(event), {"export": "csv"})
    rows = list(csv.DictReader(StringIO(content_of(response).decode("utf-8-sig"))))

    assert [row["Name"] for row in rows] == ["Anna", "Berta"]
    assert rows[0]["Entreprise"] == f"'{FORMULA}"
    assert rows[1]["Repas"] == "Viande"
    assert rows[0]["Places"] == "2"
    assert "no-store" in response["Cache-Control"]

    sheet = load_workbook(BytesIO(organiser.get(list_of(event), {"export": "xlsx"}).content)).active
    assert FORMULA in [cell.value for cell in sheet[2]]
    assert all(cell.data_type != "f" for row in sheet for cell in row)


def test_check_in_list_has_the_confirmed_people_of_one_date(lorraine, newsroom, event):
    organiser = client(lorraine, newsroom, Role.ORGANISER)
    path = reverse("registrations:check_in", args=[event.pk])

    first = html(organiser.get(path))
    second = html(organiser.get(path, {"date": date_of(event, 1).key}))

    assert [row.get_text(strip=True) for row in first.select("tbody th")] == ["Anna"]
    assert "0 of 2 here" in first.get_text()
    assert [row.get_text(strip=True) for row in second.select("tbody th")] == ["Berta"]
    assert not first.select("script:not([src]), style, [style]")
    assert organiser.get(path, {"date": "x"}).status_code == 200


def test_error_in_the_organisers_form_loses_no_input(lorraine, newsroom, event):
    organiser = client(lorraine, newsroom, Role.ORGANISER)
    path = reverse("registrations:add", args=[event.pk])
    response = organiser.post(path, {"date": "x", "name": "Carla", "address": "carla@", "seats": "99"})

    assert response.status_code == 422
    assert html(response).select_one("#id_name")["value"] == "Carla"


def test_erased_registration_leaves_no_trace(lorraine, newsroom, event):
    anna = Registration.objects.get(name="Anna")

    client(lorraine, newsroom, Role.ORGANISER).post(reverse("registrations:act", args=[anna.pk, "erase"]))

    assert not Registration.objects.filter(name="Anna").exists()
    assert date_of(event, 0).seats.taken == 0
    assert not ModelLogEntry.objects.filter(label__contains="Anna").exists()


def test_button_is_shown_to_those_who_may_see_registrations(lorraine, newsroom, event):
    path = reverse("wagtailadmin_pages:edit", args=[event.pk])

    assert list_of(event) in client(lorraine, newsroom, Role.ORGANISER).get(path).content.decode()
    assert list_of(event) not in client(lorraine, newsroom, Role.EDITOR).get(path).content.decode()


# Retention


def test_registrations_are_deleted_after_the_promised_retention(event, others):
    EventSettings.objects.filter(site=event.get_site()).update(registration_retention_days=30)
    last = Registration.objects.order_by("-delete_at").first()
    with travel(last.delete_at - timedelta(minutes=1)):
        run_due(timezone.now())
        assert Registration.objects.filter(pk=last.pk).exists()
    with travel(last.delete_at + timedelta(hours=7)):
        run_due(timezone.now())
        assert not Registration.objects.exists()
        assert not DateSeats.objects.exists()


def test_data_of_one_person_is_exported_and_erased(lorraine, saar, event, others):
    exported = export("ANNA@portal.example", [lorraine.site])["Inscriptions"]

    assert [each["name"] for each in exported] == ["Anna"]
    assert exported[0]["answers"]["Entreprise"] == FORMULA
    assert export("anna@portal.example", [saar.site])["Inscriptions"] == []

    assert erase("anna@portal.example", [saar.site])["Inscriptions"] == 0
    assert erase("anna@portal.example", [lorraine.site])["Inscriptions"] == 1
    assert date_of(event, 0).seats.taken == 0
    assert Registration.objects.filter(name="Berta").exists()
