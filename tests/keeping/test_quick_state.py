"""The state of the content is asked for quickly, and nobody waits for it without an end."""

import threading
from time import monotonic

import pytest
from django.db import OperationalError, connection, transaction

from portal.content.records.people import Person
from portal.platform.caching.quick_state import quick_state
from portal.platform.operation.changes import present_state


def written(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def test_it_is_that_of_the_present_after_each_change(installation, db):
    with installation.here():
        seen = set()
        for number in range(3):
            Person.objects.create(name="Claire", slug=f"claire-{number}")
            assert quick_state(5) == present_state()
            seen.add(quick_state(5).mark)

        assert len(seen) == 3


def test_it_sees_what_an_open_transaction_has_changed(installation, db):
    with installation.here():
        before = quick_state(5).mark
        with transaction.atomic():
            Person.objects.create(name="Claire", slug="claire")

            assert quick_state(5).mark != before


if connection.vendor == "postgresql":

    def test_connection_that_has_forgotten_its_statements_is_asked_all_the_same(installation, db):
        with installation.here():
            quick_state(5)
            written("DISCARD ALL")

            assert quick_state(5) == present_state()

    def test_connection_that_was_closed_is_opened(installation, db):
        with installation.here():
            quick_state(5)
            connection.close()

            assert quick_state(5) == present_state()

    def test_server_that_does_not_answer_is_not_waited_for(installation, db):
        with installation.here():
            quick_state(5)
            locked, asked_of = threading.Event(), threading.Event()

            def lock() -> None:
                with transaction.atomic():
                    written("LOCK TABLE core_contentchange IN ACCESS EXCLUSIVE MODE")
                    locked.set()
                    asked_of.wait(30)
                connection.close()

            other = threading.Thread(target=lock)
            other.start()
            assert locked.wait(30)
            began = monotonic()
            try:
                with pytest.raises(OperationalError):
                    quick_state(0.2)
                assert monotonic() - began < 5
            finally:
                asked_of.set()
                other.join()

            connection.close()
            assert quick_state(5) == present_state()
