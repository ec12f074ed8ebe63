"""What was backed up comes back whole, or the person at the keyboard is told why it does not."""

import json
import os
import re
import shutil
import signal
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from io import StringIO
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from articles.models import ArticlePage
from events.models import Registration
from portal.backups import databases
from portal.backups.errors import BackupError
from portal.backups.locking import scratch
from portal.backups.making import make_backup
from portal.backups.places import MANIFEST
from portal.backups.restoring import restore
from portal.backups.store import BackupStore, _seal_of, to_keep
from portal.media.models import Document, Image
from portal.newsletter.models import Sending
from portal.platform.records.maintenance import MaintenanceRun
from tests.backups.place import TEXT, Place
from tests.builders import make_document


def root_of(store: BackupStore) -> Path:
    return store.place.root


def copied(place: Place, folder: Path) -> BackupStore:
    """The backup once more, to be damaged."""
    shutil.copytree(root_of(place.store), folder)
    return BackupStore(folder)


def content(title: str = "Plan") -> bytes:
    with Document.objects.get(title=title).file.open() as file:
        return file.read()


def backup_command(**options) -> str:
    written = StringIO()
    call_command("backup", stdout=written, **options)
    return written.getvalue()


def test_what_was_lost_comes_back(place):
    facts = {
        model: model.objects.count() for model in (Image, Document, ArticlePage, Registration, Sending, DBTaskResult)
    }
    ArticlePage.objects.get().delete()
    Registration.objects.all().delete()
    shutil.rmtree(place.media())
    make_document("Later", "later.pdf", b"%PDF-1.4 later")

    restore(place.store, "", "")

    assert {model: model.objects.count() for model in facts} == facts
    assert content() == TEXT
    assert ArticlePage.objects.get().title == "La fonderie"
    assert default_storage.exists(Image.objects.get(title="Fonderie").file.name)


def test_restore_overwrites_nothing_unasked(place):
    ArticlePage.objects.update(title="Newer")
    with pytest.raises(CommandError, match="--yes"):
        call_command("restore", stdout=StringIO())
    assert ArticlePage.objects.get().title == "Newer"

    call_command("restore", yes=True, stdout=StringIO())
    assert ArticlePage.objects.get().title == "La fonderie"


def test_newer_schema_is_refused(place, tmp_path):
    store = copied(place, tmp_path / "backups")
    made = store.read()
    made.manifest["migrations"]["core"].append("0999_of_the_next_version")
    newer = store.begin(timezone.now() + timedelta(minutes=1))
    store.finish(newer, made.manifest)

    with pytest.raises(BackupError, match="0999_of_the_next_version"):
        restore(store, "", "")


def test_damaged_file_is_named_and_nothing_is_changed(place, tmp_path):
    store = copied(place, tmp_path / "backups")
    kept = json.loads((root_of(store) / place.backup.name / "names.json").read_bytes())["default"]
    name = Document.objects.get().file.name
    key = store.blob("plain", kept[name][0])
    (root_of(store) / key).write_bytes(b"%PDF-1.4 ???")
    shutil.rmtree(place.media())
    ArticlePage.objects.update(title="Newer")

    with pytest.raises(BackupError, match=re.escape(f"damaged or missing in {store.place}: {name} ({key})")):
        restore(store, "", "")
    assert not place.media().exists()
    assert ArticlePage.objects.get().title == "Newer"

    assert restore(store, "", "", without_damaged=True).files_damaged == {name: key}
    assert ArticlePage.objects.get().title == "La fonderie"
    assert default_storage.exists(Image.objects.get(title="Fonderie").file.name)


@pytest.mark.parametrize("damage", ["database", "manifest", "missing"])
def test_damaged_backup_is_not_restored(place, tmp_path, damage):
    store = copied(place, tmp_path / "backups")
    folder = root_of(store) / place.backup.name
    file = folder / (MANIFEST if damage == "manifest" else place.backup.manifest["database"]["file"])
    if damage == "missing":
        file.unlink()
    else:
        content = bytearray(file.read_bytes())
        content[len(content) // 2] ^= 1
        file.write_bytes(content)
    ArticlePage.objects.update(title="Newer")

    with pytest.raises(BackupError, match=place.backup.name):
        restore(store, "", "")
    assert ArticlePage.objects.get().title == "Newer"


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("database", {"file": "../elsewhere"}),
        ("database", {"file": ".."}),
        ("names", {"file": "/etc/passwd"}),
        ("sealing", ".."),
        ("sealing", "age-../../elsewhere"),
        ("media", {"../../../../elsewhere": 1}),
    ],
)
def test_manifest_that_names_a_file_elsewhere_is_refused(place, tmp_path, kind, value):
    store = copied(place, tmp_path / "backups")
    known = store.read().manifest
    sealed = {**known, kind: {**known[kind], **value} if isinstance(value, dict) else value}
    file = root_of(store) / place.backup.name / MANIFEST
    file.write_text(json.dumps({**sealed, "seal": _seal_of(sealed)}))

    with pytest.raises(BackupError, match="damaged"):
        restore(store, "", "")


def test_others_on_the_machine_cannot_read_uploaded_files(place):
    assert (root_of(place.store) / "media").stat().st_mode & 0o077 == 0


def test_dump_that_ends_too_early_changes_nothing(place, tmp_path):
    """Such as one whose checksum was made of half of it."""
    whole = root_of(place.store) / place.backup.name / place.backup.manifest["database"]["file"]
    half = tmp_path / whole.name
    half.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    ArticlePage.objects.update(title="Newer")

    with pytest.raises(BackupError):
        databases.put_back(half)
    assert ArticlePage.objects.get().title == "Newer"


def test_killed_backup_leaves_the_last_good_one(place, tmp_path):
    store = copied(place, tmp_path / "backups")
    pipe = place.media() / "z-pipe"
    # Whoever opens it to read waits for ever.
    os.mkfifo(pipe)
    try:
        process = place.installation.start("manage.py", "backup", f"--to={root_of(store)}")
        # Opening it to write waits for whoever reads: the backup is in the middle.
        writing = os.open(pipe, os.O_WRONLY)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        os.close(writing)
    finally:
        pipe.unlink()

    assert len(list(root_of(store).glob("*.unfinished"))) == 1
    assert store.names() == [place.backup.name]
    restore(store, "", "")
    make_backup(store, timezone.now())
    assert not list(root_of(store).glob("*.unfinished"))


def test_only_what_is_new_is_copied(place, tmp_path):
    store = copied(place, tmp_path / "backups")
    make_backup(store, timezone.now())
    make_backup(store, timezone.now())
    assert MaintenanceRun.objects.get(name="backup").facts["added_bytes"] == 0

    document = make_document("Neu", "neu.pdf", b"%PDF-1.4 neu")
    make_backup(store, timezone.now())
    assert MaintenanceRun.objects.get(name="backup").facts["added_bytes"] == len(b"%PDF-1.4 neu")

    (place.media() / document.file.name).write_bytes(b"%PDF-1.4 alt")
    make_backup(store, timezone.now())
    restore(store, "", "")
    assert content("Neu") == b"%PDF-1.4 alt"


def test_settings_are_named_and_never_told(place):
    assert "SECRET_KEY" in place.backup.manifest["settings"]
    assert os.environ["SECRET_KEY"] not in (root_of(place.store) / place.backup.name / MANIFEST).read_text()


def test_two_backups_do_not_meet(place):
    with place.store.place.locked(), pytest.raises(CommandError, match="Another backup"):
        backup_command()


@pytest.mark.parametrize("folder", ["media/backups", "media", "."])
def test_backup_among_the_uploaded_files_is_refused(place, folder):
    """The last has a folder “media” of its own in every place of backups."""
    with pytest.raises(CommandError, match="among the uploaded files"):
        backup_command(to=place.installation.folder / folder)


def put_in_names(store: BackupStore, name: str, change: Callable[[dict], None]) -> None:
    """Change which files a backup names, as somebody could who brings it from elsewhere."""
    folder = root_of(store) / name
    names = json.loads((folder / "names.json").read_bytes())
    change(names)
    written = json.dumps(names).encode()
    (folder / "names.json").write_bytes(written)
    sealed = {**store.read().manifest, "names": {"file": "names.json", "sha256": sha256(written).hexdigest()}}
    (folder / MANIFEST).write_text(json.dumps({**sealed, "seal": _seal_of(sealed)}))


@pytest.mark.parametrize("name", ["../elsewhere.pdf", "documents/../../elsewhere.pdf", "/tmp/elsewhere.pdf"])
def test_backup_that_names_a_file_outside_of_the_storage_is_refused(place, tmp_path, name):
    store = copied(place, tmp_path / "backups")
    known = Document.objects.get().file.name
    put_in_names(store, place.backup.name, lambda names: names["default"].update({name: names["default"].pop(known)}))
    ArticlePage.objects.update(title="Newer")

    with pytest.raises(BackupError, match="outside of the storage"):
        restore(store, "", "")
    assert ArticlePage.objects.get().title == "Newer"


def test_content_of_a_file_is_taken_from_the_backup_only(place, tmp_path):
    store = copied(place, tmp_path / "backups")
    secret = tmp_path / "secret"
    secret.write_bytes(TEXT)
    known = Document.objects.get().file.name
    path = "../../secret"
    put_in_names(store, place.backup.name, lambda names: names["default"].update({known: [path, len(TEXT)]}))
    shutil.rmtree(place.media())

    with pytest.raises(BackupError, match="outside of the storage"):
        restore(store, "", "", without_damaged=True)
    assert not place.media().exists()


def test_backup_brings_no_script_among_the_static_files(place, tmp_path):
    store = copied(place, tmp_path / "backups")
    digest = next(iter(place.backup.manifest["media"]))
    put_in_names(
        store, place.backup.name, lambda names: names.update(staticfiles={"portal/editor.js": [digest, len(TEXT)]})
    )

    with pytest.raises(BackupError, match="outside of the storage"):
        restore(store, "", "")


def test_what_a_killed_restore_has_left_in_the_clear_is_deleted_by_the_next(place):
    left = place.installation.folder / "scratch" / "restore" / "database"
    left.parent.mkdir(parents=True, exist_ok=True)
    left.write_bytes(b"everything")
    restore(place.store, "", "")

    assert not left.exists()


def test_two_restores_do_not_meet(place):
    with scratch("restore", ""), pytest.raises(CommandError, match="Another backup is being restored"):
        call_command("restore", yes=True)


def test_backups_are_kept_by_days_weeks_and_months():
    now = datetime(2026, 11, 26, 3, tzinfo=UTC)
    names = [f"{now - timedelta(hours=12 * number):%Y-%m-%dT%H%M%SZ}" for number in range(800)]
    kept = sorted(to_keep(names, {"days": 3, "weeks": 2, "months": 3}), reverse=True)

    assert [name[:13] for name in kept] == [
        "2026-11-26T03",
        "2026-11-25T15",
        "2026-11-24T15",
        "2026-11-22T15",
        "2026-10-31T15",
        "2026-09-30T15",
    ]


def test_files_that_no_backup_needs_are_deleted_and_all_others_kept(place, tmp_path, settings):
    store = copied(place, tmp_path / "backups")
    document = make_document("Kurz", "kurz.pdf", b"%PDF-1.4 kurz")
    old = root_of(store) / make_backup(store, timezone.now()).name
    old.rename(old.with_name("2020-01-01T000000Z"))
    document.delete()
    before = len(list(root_of(store).glob("media/*/??/*")))
    settings.BACKUP_KEEP = {"days": 1, "weeks": 0, "months": 0}
    make_backup(store, timezone.now())

    assert "2020-01-01T000000Z" not in store.names()
    assert len(list(root_of(store).glob("media/*/??/*"))) == before - 1
    shutil.rmtree(place.media())
    restore(store, "", "")
    assert content() == TEXT


@pytest.mark.parametrize(
    ("programs", "said"), [({}, "pg_dump is not installed"), ({"pg_dump": "14.9"}, "pg_dump is version 14")]
)
def test_missing_and_outdated_programs_are_named(monkeypatch, tmp_path, programs, said):
    for name, version in programs.items():
        program = tmp_path / name
        program.write_text(f"#!/bin/sh\necho '{name} (PostgreSQL) {version}'\n")
        program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    server = SimpleNamespace(vendor="postgresql", get_database_version=lambda: (15, 4))
    monkeypatch.setattr(databases, "connection", server)

    with pytest.raises(BackupError, match=said):
        databases.check_tools()


def test_rehearsal_restores_and_compares_beside_the_installation(place, monkeypatch, tmp_path):
    # Static files that nobody has collected.
    monkeypatch.setenv("DEBUG", "yes")
    written = StringIO()
    call_command("rehearse", stdout=written, **{"from": root_of(copied(place, tmp_path / "backups"))})
    run = MaintenanceRun.objects.get(name="rehearsal")

    assert run.is_well
    assert run.facts["answers"] > 8
    assert "byte for byte" in written.getvalue()
    assert not list(place.installation.folder.glob("scratch/*/"))
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_database WHERE datname LIKE 'portal_rehearsal_%'")
            assert cursor.fetchone() == (0,)


if connection.vendor == "postgresql":  # SQLite has no roles

    def test_rehearsal_that_may_make_no_database_makes_no_backup(place, tmp_path):
        with connection.cursor() as cursor:
            cursor.execute("CREATE ROLE portal_without_rights IN ROLE pg_read_all_data")
            try:
                cursor.execute("SET ROLE portal_without_rights")
                with pytest.raises(CommandError, match='ALTER ROLE "portal_without_rights" CREATEDB'):
                    call_command("rehearse", **{"from": tmp_path})
            finally:
                cursor.execute("RESET ROLE")
                cursor.execute("DROP ROLE portal_without_rights")

        assert not list(tmp_path.iterdir())


def test_root_is_told_to_run_it_as_the_account_of_the_portal(place, tmp_path, monkeypatch):
    data = place.installation.folder
    before = data.stat().st_uid
    monkeypatch.setattr("portal.backups.locking.os.geteuid", lambda: 0)
    try:
        if before == 0:
            os.chown(data, 12345, -1)
        with pytest.raises(CommandError, match="may not read what root writes"):
            backup_command(to=tmp_path)
    finally:
        os.chown(data, before, -1)
    assert not list(tmp_path.iterdir())


def test_backup_of_another_account_is_said_with_the_cure(place, tmp_path, monkeypatch):
    def refuse(folder, key):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("portal.backups.places.Folder.open", refuse)

    with pytest.raises(CommandError, match=f"chown -R .*: {root_of(place.store)}"):
        call_command("restore", yes=True, **{"from": root_of(place.store)})
