"""One of many simultaneous requests for the last seat succeeds, and the waiting list stays in order.

The requests run in threads with a connection each, to a separate database: a file, or a PostgreSQL database.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone
from time_machine import travel

from events.models import Registration
from events.registration import booking
from tests.builders import SampleSite, make_site
from tests.events.registering import book, date_of, form_path, html, make_bookable
from tests.own_database import connected_to, copied_database

CROWD = 8
COMES, WAITS = Registration.State.CONFIRMED, Registration.State.WAITING


@pytest.fixture(scope="module")
def own_database(light_settings, django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[str]:
    with django_db_blocker.unblock(), copied_database(tmp_path_factory.mktemp("seats")) as name:
        yield name


@pytest.fixture(scope="module")
def built(own_database) -> SampleSite:
    with connected_to(own_database):
        return make_site("crowd.localhost", ("fr",))


@pytest.fixture
def ground(db, own_database, built) -> Iterator[SampleSite]:
    with connected_to(own_database):
        yield built


def run_concurrently(actions: list[Callable[[], Any]]) -> list[Any]:
    """Run the actions in threads that start at the same time; return their results."""
    ready = Barrier(len(actions))

    def do(action: Callable[[], Any]) -> Any:
        try:
            ready.wait(timeout=60)
            return action()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(actions)) as crowd:
        return list(crowd.map(do, actions))


def send(ground: SampleSite, event: Any) -> list[int]:
    """Let many readers submit the form at the same time; return the status codes."""
    path = form_path(ground, event)
    ready = []
    for number in range(CROWD):
        reader = ground.reader()
        form = html(reader.get(path)).select_one("form[method=post]")
        sent = {field["name"]: field.get("value", "") for field in form.select("input[type=hidden]")}
        facts = {"name": f"N{number}", "address": f"reader{number}@portal.example", "consent": "on"}
        ready.append(lambda reader=reader, facts=sent | facts: reader.post(path, facts).status_code)
    with travel(timezone.now() + timedelta(seconds=5)):
        return run_concurrently(ready)


def count_in_state(event: Any, state: str) -> int:
    return Registration.objects.of_event(event).filter(state=state).count()


def test_last_seat_is_taken_once(ground):
    event = make_bookable(ground.calendar, capacity=3)
    book(event, "anna")
    book(event, "berta")

    codes = send(ground, event)

    assert sorted(codes)[0] == 303
    assert set(codes) <= {303, 409, 422}
    assert codes.count(303) == 1
    assert count_in_state(event, COMES) == 3
    assert date_of(event).seats.taken == 3


def test_first_registrations_of_a_date_do_not_conflict(ground):
    event = make_bookable(ground.calendar, capacity=2)

    codes = send(ground, event)

    assert codes.count(303) == 2
    assert count_in_state(event, COMES) == 2


def test_everybody_else_gets_a_distinct_waiting_position(ground):
    event = make_bookable(ground.calendar, capacity=1, has_waiting_list=True)

    codes = send(ground, event)

    assert codes == [303] * CROWD
    assert (count_in_state(event, COMES), count_in_state(event, WAITS)) == (1, CROWD - 1)
    places = [each.waiting_position for each in Registration.objects.of_event(event).waiting()]
    assert places == list(range(1, CROWD))
    seats = date_of(event).seats
    assert (seats.taken, seats.waiting) == (1, CROWD - 1)


def test_same_address_registers_once(ground):
    event = make_bookable(ground.calendar, capacity=5)

    made = run_concurrently([lambda: book(event, "anna")] * CROWD)

    assert len({each.pk for each in made}) == 1
    assert date_of(event).seats.taken == 1


def test_each_cancelled_seat_promotes_one_person(ground):
    event = make_bookable(ground.calendar, capacity=4, has_waiting_list=True)
    come = [book(event, f"comes{number}") for number in range(4)]
    wait = [book(event, f"waits{number}") for number in range(6)]

    run_concurrently([lambda each=each: booking.cancel(each, timezone.now()) for each in come])

    assert (count_in_state(event, COMES), count_in_state(event, WAITS)) == (4, 2)
    moved = Registration.objects.of_event(event).confirmed().values_list("pk", flat=True)
    assert sorted(moved) == sorted(each.pk for each in wait[:4])


def test_seat_cancelled_during_other_requests_is_taken_once(ground):
    event = make_bookable(ground.calendar, capacity=1)
    anna = book(event, "anna")

    def try_(number: int) -> bool:
        try:
            return book(event, f"tries{number}").state == Registration.State.CONFIRMED
        except booking.NoPlaceError:
            return False

    results = run_concurrently(
        [lambda: booking.cancel(anna, timezone.now()), *(lambda n=n: try_(n) for n in range(CROWD - 1))]
    )

    assert count_in_state(event, COMES) <= 1
    assert count_in_state(event, COMES) == sum(results[1:])
    assert date_of(event).seats.taken == sum(results[1:])
