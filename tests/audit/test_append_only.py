"""The database itself refuses every change of the audit log, except removals that an entry announces."""

import pytest
from django.db import DatabaseError, connection, transaction

from portal.audit.log import record
from portal.audit.models import AuditEntry, AuditWords, UnchainedAct
from tests.audit.acts import acts, sql

pytestmark = pytest.mark.django_db
TABLES = ["audit_auditentry", "audit_auditwords", "audit_unchainedact"]
EVENT = "(SELECT event FROM audit_auditentry WHERE sequence = 2)"


@pytest.fixture(autouse=True)
def log(db):
    acts(3)
    record("portal.test", title="Waits")


def refused(statement: str) -> None:
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
    refused(statement)


@pytest.mark.parametrize("table", TABLES)
def test_table_cannot_be_truncated(table):
    refused(f"TRUNCATE {table} CASCADE" if connection.vendor == "postgresql" else f"DELETE FROM {table}")


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


def test_row_cannot_be_replaced():
    """SQLite replaces a row without calling the delete triggers."""
    if connection.vendor == "sqlite":
        columns = "id, event, kind, salt, text"
        refused(
            f"INSERT OR REPLACE INTO audit_auditwords ({columns}) SELECT {columns} FROM audit_auditwords WHERE id = 1"
        )
    assert AuditWords.objects.count() == 7


def test_refused_changes_leave_all_entries():
    assert (AuditEntry.objects.count(), UnchainedAct.objects.count()) == (3, 1)
