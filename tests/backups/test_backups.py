"""A backup is restored completely, or the command says why not."""

import json
import os
import shutil

import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError
from django.db import connection
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from articles.models import ArticlePage
from events.models import Registration
from portal.backups import databases
from portal.backups.errors import BackupError
from portal.backups.locking import held, scratch
from portal.backups.making import make_backup
from portal.backups.plain import PlainFolder
from portal.backups.repositories import MANIFEST
from portal.backups.restoring import restore
from portal.media.models import Document, Image
from portal.newsletter.models import Sending
from portal.platform.records.maintenance import MaintenanceRun
from tests.backups.place import TEXT, command, content, copied
from tests.builders import make_document

DATABASE = databases.FILES[connection.vendor]


def changed(repository: PlainFolder, **facts: object) -> None:
    file = repository.root / repository.names()[0] / MANIFEST
    file.write_text(json.dumps({**json.loads(file.read_text()), **facts}))


def is_unchanged() -> bool:
    return ArticlePage.objects.get().title == "Newer"


@pytest.fixture
def copy(place, tmp_path) -> PlainFolder:
    """A copy of the backup, to be damaged, and an installation with later changes."""
    ArticlePage.objects.update(title="Newer")
    return copied(place, tmp_path / "backups")


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
    ("facts", "said"),
    [
        ({"migrations": ["core.0999_of_the_next_version"]}, "0999_of_the_next_version"),
        ({"migrations": None}, "damaged"),
        ({"database": {}}, "damaged"),
        ({"format": 1}, "is of format 1; this version reads 2"),
        ({"database": {"vendor": "oracle", "sha256": ""}}, "is of oracle"),
        ({"media": {"staticfiles": "media/staticfiles"}}, r"another storage \(staticfiles\)"),
    ],
)
def test_incompatible_backup_changes_nothing(copy, facts, said):
    changed(copy, **facts)

    with pytest.raises(BackupError, match=said):
        restore(copy)
    assert is_unchanged()


def test_folder_without_a_backup_is_refused(place, tmp_path):
    (tmp_path / "notes.txt").write_text("of somebody")
    (tmp_path / "2026-11-26T021500Z").mkdir()

    with pytest.raises(CommandError, match="manifest of 2026-11-26T021500Z is damaged"):
        command("restore", yes=True, **{"from": tmp_path})
    with pytest.raises(CommandError, match="holds no backup"):
        command("restore", yes=True, **{"from": tmp_path / "2026-11-26T021500Z"})


@pytest.mark.parametrize("damage", ["database", "manifest", "missing"])
def test_damaged_backup_is_not_restored(copy, place, damage):
    folder = copy.root / place.backup.name
    file = folder / (MANIFEST if damage == "manifest" else DATABASE)
    if damage == "missing":
        file.unlink()
    else:
        file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])

    with pytest.raises(BackupError, match=place.backup.name):
        restore(copy)
    assert is_unchanged()


def test_truncated_dump_changes_nothing(copy, place, tmp_path):
    """The checksum is correct, because it was computed from the truncated dump."""
    whole = copy.root / place.backup.name / DATABASE
    half = tmp_path / whole.name
    half.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])

    with pytest.raises(BackupError):
        databases.put_back(half)
    assert is_unchanged()


def test_interrupted_backup_leaves_the_last_good_one(copy, place, monkeypatch):
    def interrupt() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("portal.backups.plain.os.sync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        make_backup(copy, timezone.now())
    monkeypatch.undo()

    assert len(list(copy.root.glob("*.unfinished"))) == 1
    assert copy.names() == [place.backup.name]
    restore(copy)
    make_backup(copy, timezone.now())
    assert not list(copy.root.glob("*.unfinished"))


def test_only_new_files_are_copied(copy, place):
    def added() -> int:
        make_backup(copy, timezone.now())
        return MaintenanceRun.objects.get(name="backup").facts["added_bytes"]

    added()
    assert added() == 0
    document = make_document("Neu", "neu.pdf", b"%PDF-1.4 neu")
    assert added() == len(b"%PDF-1.4 neu")

    (place.media() / document.file.name).write_bytes(b"%PDF-1.4 alt")
    added()
    restore(copy)
    assert content("Neu") == b"%PDF-1.4 alt"


def test_settings_are_listed_without_their_values(place):
    assert "SECRET_KEY" in place.backup.manifest["settings"]
    assert os.environ["SECRET_KEY"] not in (place.repository.root / place.backup.name / MANIFEST).read_text()


def test_others_on_the_machine_cannot_read_a_backup(place):
    assert (place.repository.root / place.backup.name).stat().st_mode & 0o077 == 0


def test_two_backups_do_not_run_at_once(place):
    with scratch("backup", ""), pytest.raises(CommandError, match="Another backup"):
        command("backup")
    with held(place.repository.root / "lock", ""), pytest.raises(CommandError, match="Another backup"):
        command("backup")


@pytest.mark.parametrize("folder", ["media/backups", "media", "."])
def test_backup_among_the_uploaded_files_is_refused(place, folder):
    with pytest.raises(CommandError, match="among the uploaded files"):
        command("backup", to=place.installation.folder / folder)


@pytest.mark.parametrize("link", ["default/documents/secret.pdf", "default"])
def test_backup_that_links_to_other_files_is_refused(copy, place, tmp_path, link):
    (tmp_path / "secret").mkdir()
    path = copy.root / place.backup.name / "media" / link
    if path.is_dir():
        shutil.rmtree(path)
    path.symlink_to(tmp_path / "secret")

    with pytest.raises(BackupError, match="links to other files"):
        restore(copy, without_damaged=True)
    assert is_unchanged()


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


if connection.vendor == "postgresql":  # SQLite has no roles.

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


def test_root_must_run_it_as_the_account_of_the_portal(place, tmp_path, monkeypatch):
    data = place.installation.folder
    before = data.stat().st_uid
    monkeypatch.setattr("portal.backups.locking.os.geteuid", lambda: 0)
    try:
        if before == 0:
            os.chown(data, 12345, -1)
        with pytest.raises(CommandError, match="may not read what root writes"):
            command("backup", to=tmp_path)
    finally:
        os.chown(data, before, -1)
    assert not list(tmp_path.iterdir())


def test_backup_of_another_account_is_reported_with_a_solution(place, monkeypatch):
    def refuse(folder, *arguments):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("portal.backups.plain.PlainFolder.read", refuse)

    with pytest.raises(CommandError, match=f"chown -R .*: {place.repository}"):
        command("restore", yes=True, **{"from": place.repository.root})
