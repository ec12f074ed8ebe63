"""The connection options of each kind of database."""

import os
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from portal import env, listening

SQLITE, POSTGRESQL = "django.db.backends.sqlite3", "django.db.backends.postgresql"
OPTIONS: dict[str, dict[str, Any]] = {
    SQLITE: {
        "transaction_mode": "IMMEDIATE",
        # Seconds. SQLite has no queue, so with thirty writers, one of them may wait very long.
        "timeout": 60,
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;"
            "PRAGMA cache_size=-32000; PRAGMA mmap_size=268435456;"
        ),
    },
    # Seconds (`tcp_user_timeout`: milliseconds); they limit the wait for a server that is down or unreachable.
    POSTGRESQL: {
        "connect_timeout": 3,
        "keepalives_idle": 30,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        "tcp_user_timeout": 15_000,
    },
}


def options(database: dict[str, Any]) -> dict[str, Any]:
    """The options of a database; those of its URL take precedence."""
    if database["ENGINE"] not in OPTIONS:
        raise ImproperlyConfigured(
            "DATABASE_URL must be the URL of an SQLite (sqlite:///…) or PostgreSQL (postgres://…) database."
        )
    return {**OPTIONS[database["ENGINE"]], **database.get("OPTIONS", {})}


def for_this_process(direct: dict[str, Any]) -> dict[str, Any]:
    """The way to the database: through a pooler in transaction mode only for the web server.

    There, two transactions of a client may use two connections of the server, so nothing may depend on a session.
    Commands and the scheduler need sessions: locks of upgrades and imports, time limits, backups, migrations.
    """
    pooler = env.second_database(
        "DATABASE_POOLER_URL", "PgBouncer, through which the web server connects: postgres://…; empty: directly."
    )
    if not pooler:
        return direct
    if {direct["ENGINE"], pooler["ENGINE"]} != {POSTGRESQL}:
        raise ImproperlyConfigured("A pooler needs PostgreSQL: both database URLs must begin with postgres://.")
    if listening.WEB_SERVER not in os.environ:
        return direct
    return {**pooler, "DISABLE_SERVER_SIDE_CURSORS": True}


def is_pooled(database: dict[str, Any]) -> bool:
    return bool(database.get("DISABLE_SERVER_SIDE_CURSORS"))


def replicas(primary: dict[str, Any], replica: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The replica by its alias, if there is one, with the primary's connection settings; tests use the primary."""
    if not replica:
        return {}
    if {primary["ENGINE"], replica["ENGINE"]} != {POSTGRESQL}:
        raise ImproperlyConfigured("A replica needs PostgreSQL: both database URLs must begin with postgres://.")
    shared = {name: value for name, value in primary.items() if name.startswith("CONN_")}
    return {"replica": {**replica, **shared, "OPTIONS": options(replica), "TEST": {"MIRROR": "default"}}}
