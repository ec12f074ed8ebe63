"""The database triggers that make the audit log append-only.

A row may be deleted only if a chained entry permits it. Entries older than AUDIT_DAYS need a retention entry with
`removes_to`; words need the entry about their erasure. An unchained act may be deleted once it is chained. Words are
written before their act; no words can be added to an existing act.
"""

from collections.abc import Iterator
from hashlib import blake2b
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connections, transaction
from django.db.models.signals import post_migrate

PREFIX = "portal_audit_"
CHAIN, WAITING, WORDS = "audit_auditentry", "audit_unchainedact", "audit_auditwords"
ERASED, PRUNED = "portal.audit.erase", "portal.audit.prune"
LEAST_DAYS = 90
# The condition for a minimum age. It is an hour less, because the clocks of the portal and the database can differ.
OLD = {
    "sqlite": "OLD.at < datetime('now', '-{hours} hours')",
    "postgresql": "OLD.at < now() - interval '{hours} hours'",
}
# The condition under which an operation is permitted, by table and event; both databases understand this SQL. `{old}`
# is replaced by the condition above for the retention days.
NEVER = "1 = 0"
PERMITTED: dict[tuple[str, str], str] = {
    (CHAIN, "UPDATE"): NEVER,
    (CHAIN, "DELETE"): f"""{{old}} AND EXISTS (
        SELECT 1 FROM {CHAIN} e WHERE e.removes_to >= OLD.sequence AND e.action = '{PRUNED}')""",  # noqa: S608 - names
    (CHAIN, "INSERT"): f"""coalesce(NEW.removes_to, 0) < NEW.sequence
        AND NOT EXISTS (SELECT 1 FROM {CHAIN} e WHERE e.event = NEW.event) AND (
        NOT EXISTS (SELECT 1 FROM {CHAIN}) OR EXISTS (
            SELECT 1 FROM {CHAIN} e WHERE e.sequence = (SELECT max(sequence) FROM {CHAIN})
            AND NEW.sequence = e.sequence + 1 AND NEW.previous = e.hash))""",  # noqa: S608 - names
    (WAITING, "UPDATE"): NEVER,
    (WAITING, "DELETE"): f"EXISTS (SELECT 1 FROM {CHAIN} e WHERE e.event = OLD.event)",  # noqa: S608 - names
    (WORDS, "UPDATE"): NEVER,
    (WORDS, "DELETE"): f"""EXISTS (
        SELECT 1 FROM {WORDS} w WHERE w.kind = 'what' AND w.text LIKE '%' || OLD.event || ':' || OLD.kind || '%'
        AND w.event IN (
            SELECT e.event FROM {CHAIN} e WHERE e.action = '{ERASED}'
            UNION SELECT a.event FROM {WAITING} a WHERE a.action = '{ERASED}')
        ) OR NOT EXISTS (SELECT 1 FROM {CHAIN} e WHERE e.event = OLD.event)
        AND NOT EXISTS (SELECT 1 FROM {WAITING} a WHERE a.event = OLD.event)""",  # noqa: S608 - names
    # SQLite's REPLACE does not fire delete triggers.
    (WORDS, "INSERT"): f"""NOT EXISTS (
        SELECT 1 FROM {WORDS} w WHERE w.event = NEW.event AND w.kind = NEW.kind)
        AND NOT EXISTS (SELECT 1 FROM {CHAIN} e WHERE e.event = NEW.event)
        AND NOT EXISTS (SELECT 1 FROM {WAITING} a WHERE a.event = NEW.event)""",  # noqa: S608 - names
}
SQLITE = """
    CREATE TRIGGER {name} BEFORE {event} ON {table} WHEN NOT ({permitted})
    BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END
"""
POSTGRESQL = """
    CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql
    -- A restored dump has no search path.
    SET search_path FROM CURRENT AS $$
    BEGIN
        IF TG_OP = 'TRUNCATE' OR NOT ({permitted}) THEN RAISE EXCEPTION 'the audit log is append-only'; END IF;
        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
        RETURN NEW;
    END $$;
    DROP TRIGGER IF EXISTS {name} ON {table};
    CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH {level} EXECUTE FUNCTION {name}()
"""


class Guard(NamedTuple):
    table: str
    name: str
    sql: str


def guards(vendor: str) -> Iterator[Guard]:
    """The triggers for a retention of AUDIT_DAYS. With 0, no entry can be removed."""
    days = max(settings.AUDIT_DAYS, LEAST_DAYS) if settings.AUDIT_DAYS else 0
    old = OLD[vendor].format(hours=days * 24 - 1) if days else NEVER
    wanted = [(*place, permitted.format(old=old), "ROW") for place, permitted in PERMITTED.items()]
    if vendor == "postgresql":
        wanted += [(table, "TRUNCATE", NEVER, "STATEMENT") for table in (CHAIN, WAITING, WORDS)]
    template = POSTGRESQL if vendor == "postgresql" else SQLITE
    for table, event, permitted, level in wanted:
        facts = {"table": table, "event": event, "permitted": permitted, "level": level}
        digest = blake2b(template.format(name="", **facts).encode(), digest_size=4).hexdigest()
        name = f"{PREFIX}{table.removeprefix('audit_')}_{event.lower()}_{digest}"
        yield Guard(table, name, template.format(name=name, **facts))


def definition() -> str:
    """A string that changes if any trigger changes."""
    return repr([*guards("sqlite"), *guards("postgresql")])


def missing(database: Any) -> list[Guard]:
    """The triggers that a database lacks or has disabled."""
    existing = _existing(database, "t.tgenabled <> 'D'")
    return [guard for guard in guards(database.vendor) if guard.name not in existing]


def install(database: Any) -> None:
    """Create the triggers that are missing, and drop those of another version."""
    with database.cursor() as cursor:
        if CHAIN not in database.introspection.table_names(cursor):
            return
    wanted = missing(database)
    names = {guard.name for guard in guards(database.vendor)}
    needless = sorted(_existing(database) - names)
    with transaction.atomic(using=database.alias), database.cursor() as cursor:
        for name in needless:
            is_function = database.vendor == "postgresql"
            cursor.execute(f"DROP FUNCTION {name}() CASCADE" if is_function else f"DROP TRIGGER {name}")
        for guard in wanted:
            cursor.execute(guard.sql)


def _existing(database: Any, condition: str = "true") -> set[str]:
    catalogue = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE %s"
        if database.vendor == "sqlite"
        else f"SELECT t.tgname FROM pg_trigger t WHERE t.tgname LIKE %s AND {condition}"  # noqa: S608 - ours
    )
    with database.cursor() as cursor:
        cursor.execute(catalogue, [f"{PREFIX}%"])
        return {name for (name,) in cursor.fetchall()}


def _migrations_end(sender: Any, using: str, **kwargs: Any) -> None:
    install(connections[using])


def connect_triggers(app: Any) -> None:
    """Install the triggers after every `migrate`; SQLite drops those of a table that a migration alters."""
    post_migrate.connect(_migrations_end, sender=app, dispatch_uid="audit_triggers")
