"""Writes audit entries, and tampers with the log as the database's owner could."""

import json
from typing import Any

from django.db import connection

from portal.audit import triggers
from portal.audit.chain import chain_pending, hash_of, problems
from portal.audit.log import record
from portal.audit.models import AuditEntry, AuditWords


def write_entries(count: int = 5) -> None:
    for number in range(1, count + 1):
        record("portal.test", who={"name": f"Person {number}"}, title=f"Act {number}")
    chain_pending()


def last(action: str) -> AuditEntry:
    """The newest entry of an action."""
    chain_pending()
    return AuditEntry.objects.filter(action=action).latest("sequence")


def actions() -> list[str]:
    chain_pending()
    return list(AuditEntry.objects.order_by("sequence").values_list("action", flat=True))


def words(entry: AuditEntry, kind: str = "what") -> dict[str, Any]:
    found = AuditWords.objects.filter(event=entry.event, kind=kind).first()
    return json.loads(found.text) if found else {}


def sql(statement: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values or None)


def drop_triggers() -> None:
    """Drop the triggers, as the tables' owner can. The database then permits any change."""
    for name in triggers._existing(connection):
        sql(f"DROP FUNCTION {name}() CASCADE" if connection.vendor == "postgresql" else f"DROP TRIGGER {name}")


def remove_all() -> None:
    """Empty the log, for a test that writes older entries."""
    chain_pending()
    drop_triggers()
    AuditEntry.objects.all().delete()
    AuditWords.objects.all().delete()
    triggers.install(connection)


def found_problems(**options: Any) -> list[str]:
    """The problems that verification finds, apart from the triggers that a test has dropped."""
    return [problem for problem in problems(**options) if "lacks the trigger" not in problem]


def rechain_all() -> None:
    """Recalculate all hashes, as an attacker who has read our code would do after a change."""
    previous = ""
    for entry in AuditEntry.objects.order_by("sequence"):
        entry.previous = previous
        entry.hash = previous = hash_of(entry)
        AuditEntry.objects.filter(pk=entry.pk).update(previous=entry.previous, hash=entry.hash)
