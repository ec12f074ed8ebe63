"""The database itself refuses every change of the audit log, except removals that an entry announces."""

from datetime import timedelta

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from portal.audit.chain import chain_pending, hash_of, problems
from portal.audit.log import record
from portal.audit.models import AuditEntry, AuditWords, UnchainedAct
from portal.audit.triggers import ERASED, PRUNED
from tests.audit.acts import remove_all, sql, write_entries

pytestmark = pytest.mark.django_db
TABLES = ["audit_auditentry", "audit_auditwords", "audit_unchainedact"]
EVENT = "(SELECT event FROM audit_auditentry WHERE sequence = 2)"


@pytest.fixture(autouse=True)
def log(db):
    write_entries(3)
    record("portal.test", title="Waits")


def assert_refused(statement: str) -> None:
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        sql(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_auditentry SET action = 'nothing' WHERE sequence = 2",
        "UPDATE audit_auditentry SET hash = hash",
        "DELETE FROM audit_auditentry WHERE sequence = 2",
        "DELETE FROM audit_auditentry WHERE sequence = (SELECT max(sequence) FROM audit_auditentry)",
        "UPDATE audit_auditwords SET text = '{}'",
        f"DELETE FROM audit_auditwords WHERE event = {EVENT}",
        f"INSERT INTO audit_auditwords (event, kind, salt, text) VALUES ({EVENT}, 'what', '', '{{}}')",
        "UPDATE audit_unchainedact SET action = 'nothing'",
        "DELETE FROM audit_unchainedact",
    ],
)
def test_change_is_refused(statement):
    assert_refused(statement)


@pytest.mark.parametrize("table", TABLES)
def test_table_cannot_be_truncated(table):
    assert_refused(f"TRUNCATE {table} CASCADE" if connection.vendor == "postgresql" else f"DELETE FROM {table}")


@pytest.mark.parametrize(("sequence", "removes_to"), [(2, None), (3, None), (7, None), (4, 4), (4, 900)])
def test_entry_is_only_appended_and_permits_no_removal_of_itself(sequence, removes_to):
    entry = AuditEntry.objects.get(sequence=3)
    with pytest.raises(DatabaseError), transaction.atomic():
        AuditEntry.objects.bulk_create(
            [
                AuditEntry(
                    sequence=sequence,
                    removes_to=removes_to,
                    previous=entry.hash,
                    hash="0" * 64,
                    event="f" * 32,
                    at=entry.at,
                    action="portal.test",
                )
            ]
        )


def test_entry_that_does_not_follow_the_head_is_refused():
    entry = AuditEntry.objects.get(sequence=3)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        AuditEntry.objects.bulk_create(
            [
                AuditEntry(
                    sequence=4, previous="0" * 64, hash="0" * 64, event="f" * 32, at=entry.at, action="portal.test"
                )
            ]
        )


def announce(removes_to: int, action: str) -> AuditEntry:
    """Append an entry, as somebody with the database password and the formula could."""
    removed, before = AuditEntry.objects.get(sequence=removes_to), AuditEntry.objects.latest("sequence")
    entry = AuditEntry(
        sequence=before.sequence + 1,
        removes_to=removes_to,
        object_key=removed.hash,
        previous=before.hash,
        event="f" * 32,
        at=timezone.now(),
        action=action,
    )
    entry.hash = hash_of(entry)
    return AuditEntry.objects.bulk_create([entry])[0]


def test_announced_removal_of_recent_entries_is_refused():
    announce(3, PRUNED)

    assert_refused("DELETE FROM audit_auditentry WHERE sequence <= 3")
    assert list(problems()) == ["Entry 4 says that the entries up to 3 were removed, but entry 1 is still there."]


@pytest.mark.parametrize("days", [400, 0])
def test_announced_removal_within_the_retention_is_refused(settings, days):
    settings.AUDIT_DAYS = days
    remove_all()
    with time_machine.travel(timezone.now() - timedelta(days=399)):
        write_entries(3)
    announce(3, PRUNED)

    assert_refused("DELETE FROM audit_auditentry WHERE sequence <= 3")


def test_words_are_not_added_to_an_act_later():
    """New words could permit the erasure of others without an entry about it."""
    record(ERASED, data={"erased": []})
    chain_pending()
    erasure = "(SELECT event FROM audit_auditentry WHERE action = 'portal.audit.erase')"

    assert_refused(f"INSERT INTO audit_auditwords (event, kind, salt, text) VALUES ({erasure}, 'who', '', '{{}}')")


def test_removal_outside_retention_is_refused_and_found():
    remove_all()
    with time_machine.travel(timezone.now() - timedelta(days=100)):
        write_entries(3)
    announce(3, "portal.test")

    assert_refused("DELETE FROM audit_auditentry WHERE sequence <= 3")
    assert list(problems()) == ["Entry 4 announces a removal, but not by the retention."]


def test_row_cannot_be_replaced():
    """SQLite's REPLACE does not fire delete triggers."""
    if connection.vendor == "sqlite":
        columns = "id, event, kind, salt, text"
        assert_refused(
            f"INSERT OR REPLACE INTO audit_auditwords ({columns}) SELECT {columns} FROM audit_auditwords WHERE id = 1"
        )
    assert AuditWords.objects.count() == 7


def test_refused_changes_leave_all_entries():
    assert (AuditEntry.objects.count(), UnchainedAct.objects.count()) == (3, 1)
