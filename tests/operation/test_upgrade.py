"""An upgrade is one command, which reports its progress and how to go back."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import override_settings

from portal.backups.repositories import Repository
from portal.backups.upgrading import locked
from portal.platform.operation.static_files import collect
from portal.sheets.models import SheetRequest

NEXT = {"sheets": "tests.operation.next_version.migrations"}


@pytest.fixture
def place(installation, db, tmp_path, settings):
    """A separate installation of this version."""
    settings.DATA_DIR, settings.BACKUP_DIR, settings.MEDIA_ROOT = tmp_path, tmp_path / "backups", tmp_path / "media"
    with installation.here():
        yield installation


@pytest.fixture
def newer(place, settings):
    """The code of a later version, with two more migrations."""
    settings.MIGRATION_MODULES = NEXT


def upgrade(**options) -> str:
    written = StringIO()
    call_command("upgrade", no_static=True, stdout=written, **options)
    return written.getvalue()


def columns() -> set[str]:
    with connection.cursor() as cursor:
        return {
            each.name for each in connection.introspection.get_table_description(cursor, SheetRequest._meta.db_table)
        }


def backups(settings) -> list[str]:
    return Repository(settings.BACKUP_DIR).names()


def test_upgrade_makes_a_backup_and_migrates(newer, settings):
    message = upgrade()

    assert "colour" in columns()
    assert f"Backup {backups(settings)[0]} is made" in message
    assert "is installed" in message


def test_upgrade_prints_the_notices_of_apps(place, monkeypatch):
    message = "The index is written again."
    monkeypatch.setattr("portal.backups.upgrading.after_upgrade", [lambda: "", lambda: message])

    lines = upgrade().splitlines()

    assert message in lines
    assert "" not in lines


def test_second_upgrade_finds_nothing_to_do(newer, settings):
    upgrade()

    assert "has the schema of this version" in upgrade()
    assert len(backups(settings)) == 1


def test_dry_run_lists_the_steps(newer, settings):
    assert upgrade(dry_run=True).split() == ["sheets.0004_add_colour", "sheets.0005_fail_if_told"]
    assert "colour" not in columns()
    assert backups(settings) == []


def test_failed_migration_is_reported_with_the_way_back(newer, settings):
    settings.FAIL_TO_UPGRADE = True
    with pytest.raises(CommandError) as raised:
        upgrade()

    assert raised.value.returncode == 1
    assert "what nobody had thought of" in str(raised.value)
    assert "1 of 2 migrations are applied" in str(raised.value)
    assert f"manage.py restore {backups(settings)[0]}" in str(raised.value)
    settings.FAIL_TO_UPGRADE = False
    assert "is installed" in upgrade(no_backup=True)


def test_nothing_is_changed_without_a_backup(newer, settings, tmp_path):
    settings.BACKUP_DIR = tmp_path / "media" / "backups"
    with pytest.raises(CommandError, match="backup failed, so nothing was changed"):
        upgrade()

    assert "colour" not in columns()
    assert "is installed" in upgrade(no_backup=True)


def test_older_version_refuses_a_newer_database(place):
    with override_settings(MIGRATION_MODULES=NEXT):
        upgrade(no_backup=True)

    with pytest.raises(CommandError, match=r"newer version \(sheets.0004_add_colour") as raised:
        upgrade()
    assert "To roll back to this one: manage.py collectstatic --noinput" in str(raised.value)


def test_only_one_process_upgrades(newer):
    with locked(0, print), pytest.raises(CommandError, match="Another process is upgrading"):
        upgrade(wait=0)

    assert "colour" not in columns()
    assert "is installed" in upgrade(no_backup=True)


if connection.vendor == "postgresql":
    # SQLite has no table locks.
    def test_migration_waits_for_a_lock_without_blocking_readers(newer, monkeypatch):
        """A reader of the table continues. Readers that wait behind the migration wait at most for the time-out."""
        monkeypatch.setattr("portal.backups.upgrading.LOCK_TIMEOUT", "100ms")
        reader = connection.copy()
        reader.set_autocommit(False)
        with reader.cursor() as cursor:
            cursor.execute(f'SELECT count(*) FROM "{SheetRequest._meta.db_table}"')

        def leave(seconds: float) -> None:
            reader.rollback()

        monkeypatch.setattr("portal.backups.upgrading.time.sleep", leave)
        try:
            assert "A table has been in use for a long time; trying again." in upgrade(no_backup=True)
        finally:
            reader.close()
        assert "colour" in columns()


def test_static_files_of_the_previous_version_stay(settings, tmp_path):
    source, root = tmp_path / "source", tmp_path / "static"
    source.mkdir()
    manifest = "whitenoise.storage.CompressedManifestStaticFilesStorage"
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": manifest}}
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STATICFILES_DIRS, settings.STATIC_ROOT = [source], root

    def shades() -> set[str]:
        return {path.read_text() for path in root.glob("shade.*.css")}

    for colour in ("red", "green", "blue"):
        (source / "shade.css").write_text(f"p {{ color: {colour} }}" + " " * 500)
        collect()
    assert {text.split()[3] for text in shades()} == {"green", "blue"}

    # The previous version also remains after a second collection.
    assert collect() == 0
    assert len(shades()) == 2
    assert len(list(root.glob("shade.*.css.gz"))) == 2
