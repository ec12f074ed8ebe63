"""Concurrent transactions append to one chain: no entry is lost, and none waits for another transaction."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection, transaction

from portal.audit.chain import chain_pending, problems
from portal.audit.log import record
from portal.audit.models import AuditEntry, UnchainedAct
from tests.own_database import connected_to, copied_database

CROWD, EACH = 4, 5


@pytest.fixture(scope="module")
def own_database(light_settings, django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[str]:
    with django_db_blocker.unblock(), copied_database(tmp_path_factory.mktemp("own")) as name:
        yield name


@pytest.fixture
def log(db, own_database) -> Iterator[None]:
    with connected_to(own_database):
        yield


def concurrently(act) -> None:
    start = Barrier(CROWD)

    def work(number: int) -> None:
        start.wait(30)
        try:
            act(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(CROWD) as crowd:
        list(crowd.map(work, range(CROWD)))


def test_concurrent_acts_form_one_chain(log):
    def act(number: int) -> None:
        for each in range(EACH):
            with transaction.atomic():
                record("portal.crowd", title=f"{number} {each}")

    concurrently(act)
    chain_pending()

    assert AuditEntry.objects.filter(action="portal.crowd").count() == CROWD * EACH
    assert not UnchainedAct.objects.exists()
    assert list(problems()) == []


def test_long_transaction_delays_no_other_entry(log):
    """On SQLite, a transaction has exclusive access to the database."""
    if connection.vendor == "sqlite":
        record("portal.other")
    else:
        with transaction.atomic(), ThreadPoolExecutor(1) as other:
            record("portal.long")
            other.submit(record_in_another_connection).result(timeout=20)

    assert AuditEntry.objects.filter(action="portal.other").exists()


def record_in_another_connection() -> None:
    try:
        record("portal.other")
    finally:
        connection.close()


def test_entries_of_a_killed_process_are_chained_by_the_next(log):
    with transaction.atomic():
        record("portal.left")
        # The test simulates a process that ended with its transaction.
        connection.run_on_commit.clear()
    assert not AuditEntry.objects.filter(action="portal.left").exists()

    chain_pending()

    assert AuditEntry.objects.filter(action="portal.left").exists()
