"""Upgrades an installation to this version of the code, in one process: a backup, the schema, the static files."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import DatabaseError, OperationalError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from portal.backups.databases import is_empty, newer_migrations
from portal.backups.errors import FAULTS
from portal.backups.making import make_backup
from portal.backups.repositories import Repository
from portal.content.extension_points import after_upgrade
from portal.platform.operation.process_locks import PoolerError, process_lock
from portal.platform.operation.static_files import collect
from portal.platform.status.health import findings

LOCK = "upgrade"
# How long a schema change waits for a table lock before it is retried. Other queries wait behind it.
LOCK_TIMEOUT, ATTEMPTS, PAUSE = "5s", 6, 2.0

Report = Callable[[str], None]


class UpgradeError(Exception):
    """The upgrade did not finish; the text says how far it got."""


def upgrade(report: Report, *, seconds: float, with_backup: bool, with_static: bool) -> None:
    """Upgrade, after waiting at most `seconds` for another upgrade; raise UpgradeError if anything is left to do."""
    try:
        call_command("check", verbosity=0)
    except CommandError as error:
        raise UpgradeError(f"The settings are invalid for this version; nothing was changed. {error}") from error
    try:
        with locked(seconds, report):
            _migrate(report, with_backup=with_backup)
            if with_static:
                report(f"Static files are collected; {collect()} of earlier versions are deleted.")
            for notice in filter(None, (notice_of() for notice_of in after_upgrade)):
                report(notice)
    except DatabaseError as error:
        raise UpgradeError(f"The database does not respond: {error}") from error
    except PoolerError as error:
        raise UpgradeError(f"Nothing was changed. {error}") from error
    missing = [f"{each.name}: {each.text}" for each in findings(timezone.now()) if each.needed and not each.is_well]
    if missing:
        raise UpgradeError(f"Readers get no pages. {'; '.join(missing)}")


def waiting_migrations() -> list[str]:
    """The migrations to apply; raises UpgradeError if the database has a newer version than this code."""
    executor = MigrationExecutor(connection)
    loader = executor.loader
    newer = newer_migrations(f"{app}.{name}" for app, name in loader.applied_migrations if app in loader.migrated_apps)
    if newer:
        raise UpgradeError(
            f"The database has a newer version ({', '.join(newer[:3])}); nothing was changed. "
            "Install that version. To roll back to this one: manage.py collectstatic --noinput instead of this, "
            "then a reload; or, if content is damaged, manage.py restore with the backup that the upgrade named."
        )
    plan = executor.migration_plan(loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _backwards in plan]


@contextmanager
def locked(seconds: float, report: Report) -> Iterator[None]:
    """Keep other processes from upgrading; raise UpgradeError if one holds the lock for longer than `seconds`."""
    until = time.monotonic() + seconds
    is_reported = False
    with process_lock(LOCK) as is_taken:
        while not is_taken():
            if time.monotonic() >= until:
                raise UpgradeError("Another process is upgrading this database; nothing was changed here.")
            if not is_reported:
                report("Another process is upgrading this database; waiting for it.")
                is_reported = True
            time.sleep(min(1.0, seconds))
        yield


def _migrate(report: Report, *, with_backup: bool) -> None:
    waiting = waiting_migrations()
    if not waiting:
        report("The database has the schema of this version.")
        return
    rollback = "no backup was made"
    if with_backup and not is_empty():
        try:
            backup = make_backup(Repository(settings.BACKUP_DIR), timezone.now())
        except FAULTS as error:
            raise UpgradeError(f"The backup failed, so nothing was changed: {error}") from error
        rollback = f"to roll back, run `manage.py restore {backup.name} --yes` with the previous version"
        report(f"Backup {backup.name} is made.")
    report(f"Applying {len(waiting)}: {', '.join(waiting)}")
    try:
        _apply(report)
    except Exception as error:
        # Each runs in its own transaction.
        done = len(waiting) - len(waiting_migrations())
        raise UpgradeError(
            f"{type(error).__name__}: {error}\n{done} of {len(waiting)} migrations are applied, each completely. "
            f"Fix the cause and run the command again; {rollback}."
        ) from error


def _apply(report: Report) -> None:
    for attempt in range(1, ATTEMPTS + 1):
        try:
            if connection.vendor == "postgresql":
                with connection.cursor() as cursor:
                    cursor.execute("SELECT set_config('lock_timeout', %s, false)", [LOCK_TIMEOUT])
            call_command("migrate", interactive=False, verbosity=0)
        except OperationalError as error:
            if "lock timeout" not in str(error) or attempt == ATTEMPTS:
                raise
            report("A table has been in use for a long time; trying again.")
            time.sleep(PAUSE)
        else:
            break
        finally:
            if connection.vendor == "postgresql" and connection.connection is not None:
                with connection.cursor() as cursor:
                    cursor.execute("SELECT set_config('lock_timeout', '0', false)")
