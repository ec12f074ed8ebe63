"""The status confirms only those backups and files that it has checked."""

import shutil
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import timezone
from django.utils.translation import override

from portal.backups.making import make_backup
from portal.backups.responses import addresses
from portal.backups.restoring import restore
from portal.backups.status import backup_age
from portal.content.housekeeping import look_for_files
from portal.media.models import Document, Image
from portal.platform.status.installation import files
from tests.backups.place import copied


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with override("en"):
        yield


@pytest.fixture
def backed_up(place, tmp_path, settings) -> Path:
    """The folder of a new backup."""
    settings.BACKUP_DIR = tmp_path / "backups"
    make_backup(copied(place, settings.BACKUP_DIR), timezone.now())
    return settings.BACKUP_DIR


def test_moved_backup_is_reported_as_missing(backed_up):
    found = backup_age(timezone.now())
    assert found.is_well
    assert "it is not encrypted" in found.text

    shutil.move(backed_up, backed_up.with_name("elsewhere"))
    found = backup_age(timezone.now())

    assert not found.is_well
    assert f"is no longer in {backed_up}" in found.text
    assert not backup_age(timezone.now(), queries_restic=True).is_well


def test_installation_restored_elsewhere_has_no_backup_yet(backed_up, place, settings, tmp_path):
    repository = copied(place, tmp_path / "brought")
    name = make_backup(repository, timezone.now()).name
    settings.BACKUP_DIR = tmp_path / "empty"
    restore(repository, name)

    assert "has never been made" in backup_age(timezone.now()).text


def test_machine_without_access_to_the_backups_trusts_the_record(backed_up, monkeypatch):
    shutil.rmtree(backed_up)
    monkeypatch.setattr("portal.backups.status.gethostname", lambda: "another")

    assert backup_age(timezone.now()).is_well


def test_unreadable_backup_folder_is_reported(backed_up, monkeypatch):
    def refuse(folder):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("portal.backups.repositories.Repository.names", refuse)

    assert "cannot be checked" in backup_age(timezone.now(), queries_restic=True).text


def test_backup_lists_missing_files(place, tmp_path):
    image, document = Image.objects.get(title="Fonderie"), Document.objects.get()
    for record in (image, document):
        (place.media() / record.file.name).unlink()
    message = StringIO()

    call_command("backup", to=tmp_path, stdout=StringIO(), stderr=message)

    named = [line.partition("missing here: ")[2] for line in message.getvalue().splitlines()]
    assert named == [document.file.name, image.file.name]
    assert f"2 of pictures or documents are missing, such as {document.file.name}" in files(timezone.now()).text


def test_missing_files_are_detected_at_night(place):
    file = place.media() / Image.objects.get(title="Fonderie").file.name
    file.rename(file.with_suffix(".away"))
    look_for_files(timezone.now())
    assert not files(timezone.now()).is_well

    file.with_suffix(".away").rename(file)
    look_for_files(timezone.now())
    assert files(timezone.now()).is_well


def test_rehearsal_requests_hosts_that_are_served(place, settings):
    hosts = {host for host, _path in addresses()}
    settings.ALLOWED_HOSTS = ["lorraine.localhost"]

    assert "localhost" in hosts
    assert {host for host, _path in addresses()} == {"lorraine.localhost"}
