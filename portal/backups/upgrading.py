"""Takes an installation to the version of this code: a backup, the schema, the static files; one process at a time."""

import fcntl
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import DatabaseError, OperationalError, connection, connections
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from portal.backups.databases import is_empty, newer_migrations
from portal.backups.errors import FAULTS
from portal.backups.making import make_backup
from portal.backups.repositories import Repository
from portal.content.extension_points import after_upgrade
from portal.platform.operation.static_files import collect
from portal.platform.status.health import findings

# The number of an advisory lock of PostgreSQL.
LOCK = 7_011_937_011
# How long a schema change waits for a table lock, while other queries wait behind it; then it is retried.
LOCK_TIMEOUT, ATTEMPTS, PAUSE = "5s", 6, 2.0

Say = Callable[[str], None]


class UpgradeError(Exception):
    """The installation is not at this version; the text says how far the upgrade has come."""


def upgrade(say: Say, *, seconds: float, with_backup: bool, with_static: bool) -> None:
    """Raise UpgradeError if anything is left to do. `seconds` is how long another upgrade is waited for."""
    try:
        call_command("check", verbosity=0)
    except CommandError as error:
        raise UpgradeError(f"The settings do not fit this version; nothing is changed. {error}") from error
    try:
        with locked(seconds, say):
            _migrate(say, with_backup=with_backup)
            if with_static:
                say(f"Static files are collected; {collect()} of earlier versions are deleted.")
            for words in filter(None, (describe() for describe in after_upgrade)):
                say(words)
    except DatabaseError as error:
        raise UpgradeError(f"The database does not answer: {error}") from error
    missing = [f"{each.name}: {each.text}" for each in findings(timezone.now()) if each.needed and not each.is_well]
    if missing:
        raise UpgradeError(f"Readers get no pages. {'; '.join(missing)}")


def waiting_migrations() -> list[str]:
    """Raise UpgradeError if the database is of a newer version than this code."""
    executor = MigrationExecutor(connection)
    loader = executor.loader
    newer = newer_migrations(f"{app}.{name}" for app, name in loader.applied_migrations if app in loader.migrated_apps)
    if newer:
        raise UpgradeError(
            f"The database is of a newer version ({', '.join(newer[:3])}); nothing is changed. "
            "Install that version. To roll back to this one: manage.py collectstatic --noinput in place of this, "
            "then a reload; or, if content is damaged, manage.py restore with the backup that the upgrade named."
        )
    plan = executor.migration_plan(loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _backwards in plan]


@contextmanager
def locked(seconds: float, say: Say) -> Iterator[None]:
    """Keep other processes from upgrading the database; raise UpgradeError if one holds it for longer than this."""
    take = _on_postgresql if connection.vendor == "postgresql" else _by_file
    until = time.monotonic() + seconds
    is_reported = False
    with take() as is_taken:
        while not is_taken():
            if time.monotonic() >= until:
                raise UpgradeError("Another process upgrades this database; nothing is changed here.")
            if not is_reported:
                say("Another process upgrades this database; waiting for it.")
                is_reported = True
            time.sleep(min(1.0, seconds))
        yield


@contextmanager
def _on_postgresql() -> Iterator[Callable[[], bool]]:
    # A connection of its own, which migrations do not close; the lock ends with it, however this process ends.
    with closing(connections.create_connection("default")) as own:

        def is_taken() -> bool:
            with own.cursor() as cursor:
                cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
                return bool(cursor.fetchone()[0])

        yield is_taken


@contextmanager
def _by_file() -> Iterator[Callable[[], bool]]:
    settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
    with (settings.DATA_DIR / "upgrade.lock").open("w") as file:

        def is_taken() -> bool:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            return True

        yield is_taken


def _migrate(say: Say, *, with_backup: bool) -> None:
    waiting = waiting_migrations()
    if not waiting:
        say("The database has the schema of this version.")
        return
    way_back = "there is no backup of this moment"
    if with_backup and not is_empty():
        try:
            backup = make_backup(Repository(settings.BACKUP_DIR), timezone.now())
        except FAULTS as error:
            raise UpgradeError(f"There is no backup, so nothing is changed: {error}") from error
        way_back = f"`manage.py restore {backup.name} --yes` with the version before goes back"
        say(f"Backup {backup.name} is made.")
    say(f"Applying {len(waiting)}: {', '.join(waiting)}")
    try:
        _apply(say)
    except Exception as error:
        # Each is a transaction of its own.
        done = len(waiting) - len(waiting_migrations())
        raise UpgradeError(
            f"{type(error).__name__}: {error}\n{done} of {len(waiting)} migrations are applied, and none by half. "
            f"Run the command again once the reason is mended; {way_back}."
        ) from error


def _apply(say: Say) -> None:
    for attempt in range(1, ATTEMPTS + 1):
        try:
            if connection.vendor == "postgresql":
                with connection.cursor() as cursor:
                    cursor.execute("SELECT set_config('lock_timeout', %s, false)", [LOCK_TIMEOUT])
            call_command("migrate", interactive=False, verbosity=0)
        except OperationalError as error:
            if "lock timeout" not in str(error) or attempt == ATTEMPTS:
                raise
            say("A table is in use for long; trying again.")
            time.sleep(PAUSE)
        else:
            break
        finally:
            if connection.vendor == "postgresql" and connection.connection is not None:
                with connection.cursor() as cursor:
                    cursor.execute("SELECT set_config('lock_timeout', '0', false)")
