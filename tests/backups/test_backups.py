"""A backup is restored completely, or the command gives the reason why not."""

import json
import os
import shutil
from pathlib import Path
from typing import IO

import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError
from django.db import connection
from django_tasks_db.models import DBTaskResult

from articles.models import ArticlePage
from events.models import Registration
from portal.backups import databases
from portal.backups.errors import BackupError
from portal.backups.locking import scratch
from portal.backups.repositories import MANIFEST, Repository
from portal.backups.restoring import restore
from portal.media.models import Document, Image
from portal.newsletter.models import Sending
from portal.platform.records.maintenance import MaintenanceRun
from tests.backups.place import TEXT, Place, command, content
from tests.builders import make_document

DATABASE = databases.FILES[connection.vendor]


class Altered(Repository):
    """The backup with one of its files changed."""

    def __init__(self, place: Place, file: str, content: bytes):
        super().__init__(place.repository.address)
        self.original, self.backup, self.file, self.content = place.repository, place.backup, file, content

    def names(self) -> list[str]:
        return [self.backup.name]

    def read(self, name: str, file: str, target: IO[bytes]) -> None:
        if file == self.file:
            target.write(self.content)
        elif file == MANIFEST:
            target.write(json.dumps(self.backup.manifest).encode())
        else:
            self.original.read(name, file, target)


def is_unchanged() -> bool:
    return ArticlePage.objects.get().title == "Newer"


def test_lost_data_is_restored(place):
    facts = {
        model: model.objects.count() for model in (Image, Document, ArticlePage, Registration, Sending, DBTaskResult)
    }
    ArticlePage.objects.get().delete()
    Registration.objects.all().delete()
    shutil.rmtree(place.media())
    make_document("Later", "later.pdf", b"%PDF-1.4 later")

    restore(place.repository)

    assert {model: model.objects.count() for model in facts} == facts
    assert content() == TEXT
    assert ArticlePage.objects.get().title == "La fonderie"
    assert default_storage.exists(Image.objects.get(title="Fonderie").file.name)


def test_restore_overwrites_only_with_consent(place):
    ArticlePage.objects.update(title="Newer")
    with pytest.raises(CommandError, match="--yes"):
        command("restore")
    assert is_unchanged()

    command("restore", yes=True)
    assert ArticlePage.objects.get().title == "La fonderie"


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"migrations": ["core.0999_of_the_next_version"]}, "0999_of_the_next_version"),
        ({"migrations": None}, "damaged"),
        ({"database": {}}, "damaged"),
        ({"format": 1}, "has format 1; this version reads format 2"),
        ({"database": {"vendor": "oracle", "sha256": ""}}, "is a backup of oracle"),
        ({"media": {"staticfiles": "media/staticfiles"}}, r"an unknown storage \(staticfiles\)"),
    ],
)
def test_incompatible_backup_changes_nothing(place, facts, reason):
    ArticlePage.objects.update(title="Newer")
    manifest = json.dumps({**place.backup.manifest, **facts}).encode()

    with pytest.raises(BackupError, match=reason):
        restore(Altered(place, MANIFEST, manifest))
    assert is_unchanged()


def test_folder_without_a_backup_is_refused(place, tmp_path):
    (tmp_path / "notes.txt").write_text("of somebody")

    with pytest.raises(CommandError, match="has no backup"):
        command("restore", yes=True, **{"from": tmp_path})


@pytest.mark.parametrize("file", [DATABASE, MANIFEST])
def test_damaged_backup_is_not_restored(place, file):
    ArticlePage.objects.update(title="Newer")

    with pytest.raises(BackupError, match=place.backup.name):
        restore(Altered(place, file, b'{"format'))
    assert is_unchanged()


def test_truncated_dump_changes_nothing(place, tmp_path):
    """The checksum would match, because it is computed from the dump."""
    ArticlePage.objects.update(title="Newer")
    databases.dump(tmp_path)
    dumped = tmp_path / DATABASE
    dumped.write_bytes(dumped.read_bytes()[: dumped.stat().st_size // 2])

    with pytest.raises(BackupError):
        databases.restore(dumped)
    assert is_unchanged()


def test_settings_are_listed_without_their_values(place):
    assert "SECRET_KEY" in place.backup.manifest["settings"]
    assert os.environ["SECRET_KEY"] not in json.dumps(place.backup.manifest)


def test_others_on_the_machine_cannot_read_a_backup(place):
    root = Path(place.repository.address)
    assert [path for path in (root, *root.rglob("*")) if path.stat().st_mode & 0o077] == []


def test_two_backups_do_not_run_at_once(place):
    with scratch("backup", ""), pytest.raises(CommandError, match="Another backup"):
        command("backup")


@pytest.mark.parametrize("folder", ["media/backups", "media", "."])
def test_backup_among_the_uploaded_files_is_refused(place, folder):
    with pytest.raises(CommandError, match="uploaded files"):
        command("backup", to=place.installation.folder / folder)


def test_plain_files_of_a_killed_restore_are_deleted_by_the_next(place):
    left = place.installation.folder / "scratch" / "restore" / "database"
    left.parent.mkdir(parents=True, exist_ok=True)
    left.write_bytes(b"everything")
    restore(place.repository)

    assert not left.exists()


def test_two_restores_do_not_run_at_once(place):
    with scratch("restore", ""), pytest.raises(CommandError, match="Another backup is being restored"):
        command("restore", yes=True)


def test_missing_program_is_reported_by_name(place, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(BackupError, match=r"pg_dump is not installed\. Debian: apt install postgresql-client"):
        databases._run_on_postgresql("pg_dump")


def test_rehearsal_restores_and_compares_beside_the_installation(place, monkeypatch, tmp_path):
    # Static files have not been collected.
    monkeypatch.setenv("DEBUG", "yes")
    message = command("rehearse", **{"from": tmp_path / "backups"})
    run = MaintenanceRun.objects.get(name="rehearsal")

    assert run.is_well
    assert run.facts["answers"] > 8
    assert "byte for byte" in message
    assert not list(place.installation.folder.glob("scratch/*/"))
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_database WHERE datname LIKE 'portal_rehearsal_%'")
            assert cursor.fetchone() == (0,)


if connection.vendor == "postgresql":  # SQLite has no roles, no locks of rows and no schemas.

    def test_rehearsal_without_createdb_permission_makes_no_backup(place, tmp_path):
        with connection.cursor() as cursor:
            cursor.execute("CREATE ROLE portal_without_rights IN ROLE pg_read_all_data")
            try:
                cursor.execute("SET ROLE portal_without_rights")
                with pytest.raises(CommandError, match='ALTER ROLE "portal_without_rights" CREATEDB'):
                    command("rehearse", **{"from": tmp_path})
            finally:
                cursor.execute("RESET ROLE")
                cursor.execute("DROP ROLE portal_without_rights")

        assert not list(tmp_path.iterdir())

    def test_restore_needs_fewer_locks_than_a_server_with_default_settings_has(place, monkeypatch, tmp_path):
        """PostgreSQL then has 100 connections of 64 locks each."""
        count = "CREATE TABLE counted AS SELECT count(*) AS locks FROM pg_locks WHERE pid = pg_backend_pid()"
        monkeypatch.setattr(databases.pause, "statements", lambda since: [count])
        databases.dump(tmp_path)
        databases.restore(tmp_path / DATABASE)

        with connection.cursor() as cursor:
            cursor.execute("SELECT locks FROM counted")
            assert 1000 < cursor.fetchone()[0] < 5500

    def test_leftovers_of_a_killed_restore_are_neither_in_a_backup_nor_in_the_way(place, tmp_path):
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE SCHEMA {databases.REPLACED}")
            cursor.execute(f"CREATE TABLE {databases.REPLACED}.leftover_row (id integer)")
        databases.dump(tmp_path)
        databases.restore(tmp_path / DATABASE)

        assert b"leftover_row" not in (tmp_path / DATABASE).read_bytes()
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_tables WHERE tablename = 'leftover_row'")
            assert cursor.fetchone() == (0,)


def test_root_must_run_it_as_the_account_of_the_portal(place, tmp_path, monkeypatch):
    data = place.installation.folder
    before = data.stat().st_uid
    monkeypatch.setattr("portal.backups.locking.os.geteuid", lambda: 0)
    try:
        if before == 0:
            os.chown(data, 12345, -1)
        with pytest.raises(CommandError, match="cannot read files written by root"):
            command("backup", to=tmp_path)
    finally:
        os.chown(data, before, -1)
    assert not list(tmp_path.iterdir())
