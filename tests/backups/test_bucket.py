"""Backups in a bucket of an object storage come back as those of a folder do."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from io import StringIO

import pyrage
import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from articles.models import ArticlePage
from portal.backups.bucket import Bucket
from portal.backups.errors import BackupError
from portal.backups.making import make_backup
from portal.backups.places import place_at
from portal.backups.restoring import restore
from portal.backups.status import backup_age, kept_backup
from portal.backups.store import BackupStore
from portal.env import bucket_options
from portal.media.models import Document
from portal.media.stored import StorageUnavailableError
from portal.platform.records.maintenance import MaintenanceRun
from tests.backups.place import TEXT
from tests.builders import make_document
from tests.object_storage import KEY, SECRET, client, make_bucket, object_server


@dataclass
class Objects:
    endpoint: str
    bucket: str

    @property
    def address(self) -> str:
        return f"s3://{KEY}:{SECRET.replace('/', '%2F')}@{self.bucket}/nightly?endpoint={self.endpoint}"

    @property
    def store(self) -> BackupStore:
        return BackupStore(place_at(self.address))

    def stored(self) -> list[str]:
        found = client(self.endpoint).list_objects_v2(Bucket=self.bucket)
        return [each["Key"] for each in found.get("Contents", ())]

    def content(self, key: str) -> bytes:
        return client(self.endpoint).get_object(Bucket=self.bucket, Key=key)["Body"].read()

    def put(self, key: str, content: bytes) -> None:
        client(self.endpoint).put_object(Bucket=self.bucket, Key=key, Body=content)


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    with object_server() as address:
        yield address


@pytest.fixture
def objects(endpoint, place) -> Objects:
    return Objects(endpoint, make_bucket(endpoint))


def command(name: str, *arguments: str, **options) -> str:
    written = StringIO()
    call_command(name, *arguments, stdout=written, **options)
    return written.getvalue()


def plan() -> bytes:
    with Document.objects.get(title="Plan").file.open() as file:
        return file.read()


def test_what_was_lost_comes_back_from_a_bucket(objects, place):
    said = command("backup", to=objects.address)
    ArticlePage.objects.get().delete()
    shutil.rmtree(place.media())

    command("restore", yes=True, **{"from": objects.address})

    assert ArticlePage.objects.get().title == "La fonderie"
    assert plan() == TEXT
    assert SECRET not in said
    assert "lock" not in "".join(objects.stored())


def test_only_what_is_new_is_sent_to_a_bucket(objects):
    make_backup(objects.store, timezone.now())
    make_document("Neu", "neu.pdf", b"%PDF-1.4 neu")
    make_backup(objects.store, timezone.now())

    assert MaintenanceRun.objects.get(name="backup").facts["added_bytes"] == len(b"%PDF-1.4 neu")


def test_backup_that_was_killed_is_none_and_is_cleared_away(objects):
    whole = make_backup(objects.store, timezone.now())
    left = "nightly/2020-01-01T000000Z/database.pgdump"
    objects.put(left, b"half")
    objects.put("nightly/notes of somebody/plan.txt", b"theirs")
    # The killed one has left its lock, too; it was this installation's own.
    with objects.store.place.locked():
        held = objects.content("nightly/lock")
    objects.put("nightly/lock", held)

    assert objects.store.names() == [whole.name]
    make_backup(objects.store, timezone.now())
    assert left not in objects.stored()
    assert "nightly/notes of somebody/plan.txt" in objects.stored()


def test_two_installations_do_not_write_into_one_bucket_at_once(objects, monkeypatch):
    objects.put("nightly/lock", json.dumps({"owner": "another", "since": ""}).encode())
    with pytest.raises(BackupError, match="Another installation"):
        make_backup(objects.store, timezone.now())
    assert json.loads(objects.content("nightly/lock"))["owner"] == "another"

    later = timezone.now() + timedelta(hours=13)
    monkeypatch.setattr("portal.backups.bucket.timezone.now", lambda: later)
    assert make_backup(objects.store, timezone.now()).name in objects.store.names()


def test_backups_that_are_too_old_leave_the_bucket_with_what_only_they_need(objects, settings):
    document = make_document("Kurz", "kurz.pdf", b"%PDF-1.4 kurz")
    old = make_backup(objects.store, timezone.now() - timedelta(days=40))
    document.delete()
    before = set(objects.stored())
    settings.BACKUP_KEEP = {"days": 1, "weeks": 0, "months": 0}
    new = make_backup(objects.store, timezone.now())

    gone = before - set(objects.stored())
    assert objects.store.names() == [new.name]
    assert {key.split("/")[1] for key in gone} == {old.name, "media"}
    assert len([key for key in gone if "/media/" in key]) == 1
    restore(objects.store, "", "")
    assert plan() == TEXT


def test_bucket_holds_nothing_in_the_clear_where_a_key_is_given(objects, tmp_path, settings):
    key = pyrage.x25519.Identity.generate()
    (tmp_path / "key").write_text(f"{key}\n")
    settings.BACKUP_RECIPIENT = str(key.to_public())
    make_backup(objects.store, timezone.now())
    ArticlePage.objects.update(title="Newer")
    stored = b"".join(objects.content(each) for each in objects.stored())

    assert TEXT not in stored
    assert b"plan" not in stored
    with pytest.raises(BackupError, match="--identity"):
        restore(objects.store, "", "")
    restore(objects.store, "", str(tmp_path / "key"))
    assert ArticlePage.objects.get().title == "La fonderie"


def test_damaged_object_is_named_and_nothing_is_changed(objects):
    make_backup(objects.store, timezone.now())
    name = Document.objects.get(title="Plan").file.name
    kept = json.loads(objects.content(f"nightly/{objects.store.names()[0]}/names.json"))["default"]
    objects.put(f"nightly/{objects.store.blob('plain', kept[name][0])}", b"%PDF-1.4 ???")
    ArticlePage.objects.update(title="Newer")

    with pytest.raises(BackupError, match=name):
        restore(objects.store, "", "")
    assert ArticlePage.objects.get().title == "Newer"


def test_backup_beside_the_uploaded_files_of_the_same_bucket_is_refused(objects, settings):
    uploads = bucket_options("", objects.address.replace("/nightly", "/nightly/media/of/sites"))
    files = {"BACKEND": "portal.media.object_storage.ObjectStorage", "OPTIONS": uploads}
    settings.STORAGES = {**settings.STORAGES, "default": files}

    with pytest.raises(CommandError, match="among the uploaded files"):
        command("backup", to=objects.address)


def test_storage_that_is_gone_ends_the_backup_in_words(objects, monkeypatch):
    def gone(*arguments, **options):
        raise StorageUnavailableError("The object storage does not answer.")

    monkeypatch.setattr(Bucket, "_put", gone)
    with pytest.raises(CommandError, match="does not answer"):
        command("backup", to=objects.address)
    monkeypatch.undo()
    assert objects.store.names() == []
    assert make_backup(objects.store, timezone.now()).name in objects.store.names()


@pytest.mark.parametrize("address", ["s3://", "s3://key@bucket", "s3:/bucket"])
def test_address_that_is_none_is_refused_without_its_secret(address, place):
    with pytest.raises(CommandError, match="it takes s3://"):
        command("backup", to=address)


def test_rehearsal_from_a_bucket_finds_the_same_answers(objects, monkeypatch):
    # Static files that nobody has collected.
    monkeypatch.setenv("DEBUG", "yes")
    assert "byte for byte" in command("rehearse", **{"from": objects.address})
    assert MaintenanceRun.objects.get(name="rehearsal").is_well


def test_status_looks_for_the_backup_in_the_bucket_and_the_probe_does_not(objects, settings):
    settings.BACKUP_DIR = objects.address
    name = make_backup(objects.store, timezone.now()).name
    objects.store.place.remove(name)

    assert not kept_backup(timezone.now()).is_well
    assert backup_age(timezone.now()).is_well
