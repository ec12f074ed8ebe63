"""The check-in list is sorted by surname; a check-in happens once and can be undone."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.models import ModelLogEntry

from events.models import Occurrence, Registration
from events.newsroom.check_in import name_order
from portal.content.personal_data import erase, export
from portal.editorial.roles import Role
from portal.editorial.sharing.shares import accept, offer
from tests.builders import newsroom_client
from tests.checkers.refusals import is_refused
from tests.events.registering import book, html, make_bookable

SCRIPT = {"Accept": "application/json"}


@pytest.fixture
def event(lorraine, newsroom):
    event = make_bookable(lorraine.calendar, owner=newsroom[Role.ORGANISER])
    book(event, "anna", name="Anna Weber", seats=2)
    book(event, "odile", name="Odile Élan")
    book(event, "zoe", name="Zoé Abel")
    return event


@pytest.fixture
def organiser(lorraine, newsroom):
    return newsroom_client(lorraine, newsroom[Role.ORGANISER])


@pytest.fixture
def door(event):
    return reverse("registrations:check_in", args=[event.pk])


def anna() -> Registration:
    return Registration.objects.get(name="Anna Weber")


def test_names_are_sorted_by_surname_as_in_a_dictionary():
    names = ["Éva Zola", "Zoé Abel", "Weber, Anna", "Jean Élan", "Jörg Müller", "Jörg Muller", "Emil Edel", "Cher"]

    assert sorted(names, key=name_order) == [
        "Zoé Abel",
        "Cher",
        "Emil Edel",
        "Jean Élan",
        "Jörg Muller",
        "Jörg Müller",
        "Weber, Anna",
        "Éva Zola",
    ]


def test_check_in_can_be_undone(organiser, door):
    organiser.post(door, {"in": anna().pk})
    page = html(organiser.get(door))

    assert [row.label.get_text(strip=True) for row in page.select("tbody th")] == ["ZoéAbel", "OdileÉlan", "AnnaWeber"]
    assert page.select_one(".present").get_text() == "2 of 4 here"
    assert [button["value"] for button in page.select("[aria-pressed=true]")] == [str(anna().pk)]

    organiser.post(door, {"out": anna().pk})

    assert html(organiser.get(door)).select_one(".present").get_text() == "0 of 4 here"


def test_second_of_two_simultaneous_check_ins_changes_nothing(lorraine, newsroom, organiser, door):
    administrator = newsroom_client(lorraine, newsroom[Role.SITE_ADMINISTRATOR])
    organiser.post(door, {"in": anna().pk})
    first = anna()

    state = administrator.post(door, {"in": anna().pk}, headers=SCRIPT).json()

    assert (anna().checked_in_at, anna().checked_in_by) == (first.checked_in_at, newsroom[Role.ORGANISER])
    assert state["found"]
    assert state["present"] == "2 of 4 here"
    assert list(state["here"]) == [str(first.pk)]


def test_person_without_a_place_is_not_checked_in(organiser, door):
    gone = anna()
    Registration.objects.filter(pk=gone.pk).update(state=Registration.State.CANCELLED)

    state = organiser.post(door, {"in": gone.pk}, headers=SCRIPT).json()

    assert not state["found"]
    assert state["present"] == "0 of 2 here"
    assert anna().checked_in_at is None


@pytest.mark.parametrize("sent", [{}, {"in": "x"}, {"out": ""}])
def test_malformed_check_in_is_refused(organiser, door, sent):
    assert organiser.post(door, sent).status_code == 400
    assert not Registration.objects.exclude(checked_in_at=None).exists()


def test_check_in_of_an_unknown_registration_returns_to_the_list(organiser, door):
    response = organiser.post(door, {"in": "9" * 30})

    assert response.status_code == 302
    assert not Registration.objects.exclude(checked_in_at=None).exists()


def test_check_in_requires_permission_and_a_registration_of_the_event(
    lorraine, saar, newsrooms, newsroom, organiser, door
):
    foreign = book(make_bookable(saar.calendars["fr"], "Ailleurs"), "foreign")
    others = newsrooms.saar

    assert not organiser.post(door, {"in": foreign.pk}, headers=SCRIPT).json()["found"]
    for ground, person in (
        (lorraine, newsroom[Role.EDITOR]),
        (saar, others[Role.SITE_ADMINISTRATOR]),
        (saar, others[Role.ORGANISER]),
    ):
        assert is_refused(newsroom_client(ground, person).post(door, {"in": anna().pk}))
    assert not Registration.objects.exclude(checked_in_at=None).exists()


def test_check_in_is_logged_without_a_name_and_is_personal_data(organiser, door):
    organiser.post(door, {"in": anna().pk})
    organiser.post(door, {"out": anna().pk})
    organiser.post(door, {"in": anna().pk})

    logged = ModelLogEntry.objects.filter(object_id=str(anna().pk), action__startswith="events.check_in")
    assert [entry.action for entry in logged.order_by("pk")] == [
        "events.check_in",
        "events.check_in.undo",
        "events.check_in",
    ]
    assert "Anna" not in "".join(entry.label for entry in logged)
    came = anna().checked_in_at.isoformat()
    assert came in str(export("anna@portal.example"))

    erase("anna@portal.example")

    assert came not in str(export("anna@portal.example"))


def test_query_count_does_not_grow_with_the_people(organiser, event, door):
    few = queries(organiser, door)
    for number in range(4):
        book(event, f"guest{number}")

    assert queries(organiser, door) <= few


def queries(person, path) -> int:
    with CaptureQueriesContext(connection) as found:
        person.get(path)
    return len(found)


def test_converting_a_shared_event_reveals_no_earlier_registrations(lorraine, saar, newsrooms, newsroom, event):
    theirs = newsrooms.saar
    [share] = offer(event, [saar.site], newsroom[Role.APPROVER])
    accept(share, saar.calendars["fr"], theirs[Role.APPROVER], timezone.now(), timezone.now())
    share.refresh_from_db()
    client = newsroom_client(saar, theirs[Role.APPROVER])

    client.post(reverse("wagtailadmin_pages:convert_alias", args=[share.alias_id]))

    assert "Anna" not in html(client.get(reverse("registrations:check_in", args=[share.alias_id]), follow=True)).text
    assert not Occurrence.objects.filter(event=share.alias_id, seats__isnull=False).exists()
