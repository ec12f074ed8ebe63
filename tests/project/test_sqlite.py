"""The embedded database waits for locks, is durable, and serves readers during writes."""

import runpy
import sqlite3

import pytest
from django.db.backends.sqlite3.base import DatabaseWrapper

from portal.env import BASE_DIR, VARIABLES


@pytest.fixture
def connect(monkeypatch, tmp_path, django_db_blocker):
    """Opens connections to one database file with an embedded installation's settings."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SECRET_KEY", "k" * 40)
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    options = runpy.run_path(str(BASE_DIR / "portal" / "settings.py"))["DATABASES"]["default"]
    defaults = {
        "ATOMIC_REQUESTS": False,
        "AUTOCOMMIT": True,
        "CONN_HEALTH_CHECKS": False,
        "TIME_ZONE": None,
        "TEST": {},
    }
    opened = []

    def open_one() -> DatabaseWrapper:
        opened.append(DatabaseWrapper({**defaults, **options}, alias=f"embedded{len(opened)}"))
        return opened[-1]

    with django_db_blocker.unblock():
        yield open_one
        for connection in opened:
            connection.close()


def pragma(connection: DatabaseWrapper, name: str):
    with connection.cursor() as cursor:
        return cursor.execute(f"PRAGMA {name}").fetchone()[0]


def test_journal_is_a_write_ahead_log(connect):
    assert pragma(connect(), "journal_mode") == "wal"


def test_writer_waits_a_minute_for_another(connect):
    assert pragma(connect(), "busy_timeout") == 60_000


def test_transaction_takes_the_write_lock_at_once(connect, tmp_path):
    connection = connect()
    connection.ensure_connection()
    other = sqlite3.connect(tmp_path / "portal.sqlite3", timeout=0, isolation_level=None)
    connection.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)

    with pytest.raises(sqlite3.OperationalError, match="locked"):
        other.execute("BEGIN IMMEDIATE")

    connection.rollback()
    connection.set_autocommit(True)
    other.execute("BEGIN IMMEDIATE")
    other.close()
