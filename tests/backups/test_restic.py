"""With BACKUP_PASSWORD backups are encrypted, in a folder or in a bucket."""

import os
import shutil
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from django.core.management import CommandError
from django.utils import timezone

from articles.models import ArticlePage
from portal.backups.errors import BackupError
from portal.backups.making import make_backup
from portal.backups.repositories import Repository
from portal.backups.restoring import restore
from portal.backups.status import backup_age
from portal.env import bucket_options
from portal.media.models import Document
from portal.platform.records.maintenance import MaintenanceRun
from tests.backups.place import TEXT, command, content
from tests.builders import make_document
from tests.object_storage import KEY, SECRET, make_bucket, object_server

PASSWORD = "the password of the tests, of 32 characters"


@pytest.fixture(autouse=True)
def password(settings) -> None:
    settings.BACKUP_PASSWORD = PASSWORD


@pytest.fixture
def folder(place, tmp_path) -> Path:
    return tmp_path / "backups"


@pytest.fixture
def repository(folder) -> Repository:
    """A repository with one backup, and an installation with later changes."""
    found = Repository(folder)
    make_backup(found, timezone.now())
    ArticlePage.objects.update(title="Newer")
    return found


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    with object_server() as address:
        yield address


@pytest.fixture
def bucket(endpoint, place) -> str:
    """The address of a backup bucket."""
    return f"s3://{KEY}:{SECRET.replace('/', '%2F')}@{make_bucket(endpoint)}/nightly?endpoint={endpoint}"


def is_unchanged() -> bool:
    return ArticlePage.objects.get().title == "Newer"


def written(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def packs(folder: Path) -> list[Path]:
    return [path for path in (folder / "data").rglob("*") if path.is_file()]


def damage(paths: list[Path]) -> None:
    """Change one byte in a thousand."""
    for path in paths:
        path.chmod(0o600)
        found = bytearray(path.read_bytes())
        found[::1000] = bytes(byte ^ 1 for byte in found[::1000])
        path.write_bytes(found)


def test_lost_data_is_restored(repository, place):
    plan, count = place.media() / Document.objects.get().file.name, len(list(place.media().glob("*/*")))
    shutil.rmtree(place.media())

    message = command("restore", yes=True, **{"from": repository.address})

    assert f"{count} of its files were missing" in message
    assert ArticlePage.objects.get().title == "La fonderie"
    assert (content(), plan.stat().st_mode & 0o777) == (TEXT, 0o640)
    assert "0 of its files were missing" in command("restore", yes=True, **{"from": repository.address})


def test_repository_is_encrypted_and_needs_its_password(repository, folder, settings):
    assert TEXT not in written(folder)
    assert b"plan" not in written(folder)
    assert b"fonderie" not in written(folder)

    settings.BACKUP_PASSWORD = "another" * 6
    with pytest.raises(CommandError, match="BACKUP_PASSWORD does not open"):
        command("restore", yes=True, **{"from": folder})
    settings.BACKUP_PASSWORD = ""
    with pytest.raises(CommandError, match="BACKUP_PASSWORD does not open"):
        command("restore", yes=True, **{"from": folder})
    assert is_unchanged()


def test_damaged_file_is_reported_and_the_database_unchanged(place, folder):
    document = make_document("Large", "large.pdf", os.urandom(3_000_000))
    repository = Repository(folder)
    repository._create()
    # Its content is then in a separate pack file, apart from the database.
    repository._run("backup", place.media() / document.file.name)
    its_own = packs(folder)
    make_backup(repository, timezone.now())
    ArticlePage.objects.update(title="Newer")
    shutil.rmtree(place.media())
    damage(its_own)

    with pytest.raises(BackupError, match=rf"damaged or missing in {folder}: {document.file.name}"):
        restore(repository)
    assert is_unchanged()

    assert restore(repository, without_damaged=True).files_damaged == [document.file.name]
    assert ArticlePage.objects.get().title == "La fonderie"
    assert content() == TEXT
    assert not (place.media() / document.file.name).exists()


def test_damaged_database_changes_nothing(repository, folder, place):
    shutil.rmtree(place.media())
    damage(packs(folder))

    with pytest.raises(BackupError):
        restore(repository)
    assert is_unchanged()
    assert not place.media().exists()


def test_killed_backup_leaves_the_last_good_one(repository, folder, place, monkeypatch):
    before = repository.names()
    # Wraps restic so that it is killed once the lock and half of the data are written.
    killed = Repository(folder)
    monkeypatch.setattr(killed, "_run", partial(_killed_at, killed._run, "backup"))
    make_document("Neu", "neu.pdf", os.urandom(1_000_000))
    with pytest.raises(BackupError):
        make_backup(killed, timezone.now())

    assert Repository(folder).names() == before
    restore(repository)
    make_backup(repository, timezone.now())
    assert len(repository.names()) == 2


def _killed_at(run, command, *arguments, **options):
    return run(*arguments, **options, **({"timeout": 0.3} if arguments[0] == command else {}))


def test_only_new_data_is_stored(repository):
    def added() -> int:
        make_backup(repository, timezone.now())
        return MaintenanceRun.objects.get(name="backup").facts["added_bytes"]

    make_document("Neu", "neu.pdf", os.urandom(8_000_000))
    assert added() > 8_000_000
    assert added() < 8_000_000


def test_old_backups_are_deleted_with_their_data(place, folder, settings):
    repository = Repository(folder)
    document = make_document("Kurz", "kurz.pdf", os.urandom(5_000_000))
    make_backup(repository, timezone.now() - timedelta(days=40))
    document.delete()
    assert len(written(folder)) > 5_000_000
    settings.BACKUP_KEEP = {"daily": 1, "weekly": 0, "monthly": 0}
    new = make_backup(repository, timezone.now())

    assert repository.names() == [new.name]
    assert len(written(folder)) < 5_000_000
    restore(repository)
    assert content() == TEXT


def test_all_backups_of_one_day_are_retained(repository, settings):
    settings.BACKUP_KEEP = {"daily": 1, "weekly": 0, "monthly": 0}
    make_backup(repository, timezone.now())

    assert len(repository.names()) == 2
    assert command("backup", to=repository.address, list=True).count("Z: ") == 2


def test_link_to_another_file_is_not_restored(repository, place):
    link = place.media() / "link"
    link.symlink_to("/etc/hostname")
    make_backup(repository, timezone.now())
    link.unlink()

    assert restore(repository, without_damaged=True).files_damaged == ["link"]
    assert not link.is_symlink()


def test_folder_with_other_files_is_refused(place, folder):
    folder.mkdir()
    (folder / "notes.txt").write_text("of somebody")
    with pytest.raises(CommandError, match="files that are not restic"):
        command("backup", to=folder)


def test_missing_program_is_reported_by_name(place, folder, monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(CommandError, match=r"restic is not installed\. Debian: apt install restic"):
        command("backup", to=folder)


def test_rehearsal_finds_the_same_responses(bucket, monkeypatch):
    # Static files have not been collected.
    monkeypatch.setenv("DEBUG", "yes")
    assert "byte for byte" in command("rehearse", **{"from": bucket})
    assert MaintenanceRun.objects.get(name="rehearsal").is_well


def test_lost_data_is_restored_from_a_bucket(bucket, place):
    message = command("backup", to=bucket)
    ArticlePage.objects.get().delete()
    shutil.rmtree(place.media())

    command("restore", yes=True, **{"from": bucket})

    assert ArticlePage.objects.get().title == "La fonderie"
    assert content() == TEXT
    assert SECRET not in message
    assert SECRET not in str(MaintenanceRun.objects.values_list("facts", flat=True))


def test_backup_beside_the_uploaded_files_of_the_same_bucket_is_refused(bucket, settings):
    uploads = bucket_options("", bucket.replace("/nightly", "/nightly/media/of/sites"))
    files = {"BACKEND": "portal.media.object_storage.ObjectStorage", "OPTIONS": uploads}
    settings.STORAGES = {**settings.STORAGES, "default": files}

    with pytest.raises(CommandError, match="uploaded files"):
        command("backup", to=bucket)


def test_unavailable_storage_ends_the_backup_with_a_message(place, monkeypatch):
    monkeypatch.setattr("portal.backups.repositories.LIST_TIMEOUT", 1)
    with pytest.raises(CommandError, match="restic has not ended within 1 seconds"):
        command("backup", to="s3://key:secret@bucket?endpoint=http://127.0.0.1:9")


@pytest.mark.parametrize("address", ["s3://", "s3://key@bucket", "s3:/bucket"])
def test_invalid_address_is_refused_without_showing_its_secret(address, place):
    with pytest.raises(CommandError, match="it must be s3://"):
        command("backup", to=address)


def test_another_machine_needs_the_password(place, settings):
    settings.BACKUP_PASSWORD = ""
    with pytest.raises(CommandError, match="set BACKUP_PASSWORD"):
        command("backup", to="sftp:backup@example.org:/portal")


def test_status_queries_restic_and_the_probe_does_not(repository, folder, settings):
    settings.BACKUP_DIR = folder
    assert backup_age(timezone.now(), queries_restic=True).is_well
    shutil.rmtree(folder / "snapshots")
    (folder / "snapshots").mkdir()

    assert not backup_age(timezone.now(), queries_restic=True).is_well
    assert backup_age(timezone.now()).is_well
    shutil.rmtree(folder)
    assert not backup_age(timezone.now()).is_well


def test_bucket_of_uploads_is_backed_up_and_restored(endpoint, folder, settings):
    uploads = bucket_options(
        "", f"s3://{KEY}:{SECRET.replace('/', '%2F')}@{make_bucket(endpoint)}/media?endpoint={endpoint}"
    )
    files = {"BACKEND": "portal.media.object_storage.ObjectStorage", "OPTIONS": uploads}
    settings.STORAGES = {**settings.STORAGES, "default": files}
    stored, gone = make_document("Bucket", "bucket.pdf", b"%PDF-1.4 in a bucket"), make_document("Old", "old.pdf", TEXT)
    repository = Repository(folder)
    make_backup(repository, timezone.now())
    storage = stored.file.storage
    storage.delete(gone.file.name)
    newest = make_backup(repository, timezone.now()).name
    storage.delete(stored.file.name)

    assert repository.find().name == newest
    assert restore(repository).files_written == 1
    assert content("Bucket") == b"%PDF-1.4 in a bucket"
    assert not storage.exists(gone.file.name)
