"""A backup opens with its key only, and the installation's own key is recognised."""

import shutil
import subprocess
import sys
from io import StringIO

import pyrage
import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from articles.models import ArticlePage
from portal.backups.errors import BackupError
from portal.backups.making import make_backup
from portal.backups.restoring import restore
from portal.backups.store import BackupStore
from portal.env import BASE_DIR
from portal.platform.records.maintenance import SchedulerPause
from tests.backups.place import TEXT
from tests.backups.test_backups import content, root_of


def test_encrypted_backup_opens_with_its_key_only(place, tmp_path, settings):
    right, wrong = pyrage.x25519.Identity.generate(), pyrage.x25519.Identity.generate()
    for name, key in (("right", right), ("wrong", wrong)):
        (tmp_path / name).write_text(f"# created today\n{key}\n")
    settings.BACKUP_RECIPIENT = str(right.to_public())
    store = BackupStore(tmp_path / "backups")
    make_backup(store, timezone.now())
    written = b"".join(path.read_bytes() for path in root_of(store).rglob("*") if path.is_file())
    shutil.rmtree(place.media())
    ArticlePage.objects.update(title="Newer")

    assert TEXT not in written
    assert b"plan" not in written
    with pytest.raises(BackupError, match="--identity"):
        restore(store, "", "")
    with pytest.raises(BackupError, match="another key"):
        restore(store, "", str(tmp_path / "wrong"))
    assert ArticlePage.objects.get().title == "Newer"

    restore(store, "", str(tmp_path / "right"))
    assert ArticlePage.objects.get().title == "La fonderie"
    assert content() == TEXT


def test_key_file_of_the_manual_is_for_its_owner_alone_and_has_both_keys(place, tmp_path, settings):
    manual = (BASE_DIR / "docs" / "operations.md").read_text()
    [line] = [line.strip() for line in manual.splitlines() if line.strip().startswith("(umask 077;")]
    subprocess.run(line.replace(".venv/bin/python", sys.executable), shell=True, cwd=tmp_path, check=True)
    key = tmp_path / "backup-key.txt"
    settings.BACKUP_RECIPIENT = key.read_text().partition("public key: ")[2].split()[0]
    store = BackupStore(tmp_path / "backups")

    assert key.stat().st_mode & 0o077 == 0
    assert restore(store, make_backup(store, timezone.now()).name, str(key)).files_damaged == {}


def test_restore_with_another_lasting_key_is_said(place, settings):
    def said() -> str:
        written = StringIO()
        facts = {"from": root_of(place.store)}
        call_command("restore", place.backup.name, yes=True, stdout=StringIO(), stderr=written, **facts)
        return written.getvalue()

    assert said() == ""
    settings.LASTING_KEY = "another" * 5
    assert "LASTING_KEY is not the one" in said()


def test_nothing_goes_on_with_another_lasting_key_unless_that_is_said(place, settings):
    facts = {"from": root_of(place.store)}
    call_command("restore", place.backup.name, yes=True, stdout=StringIO(), **facts)
    settings.LASTING_KEY = "another" * 5

    with pytest.raises(CommandError, match="LASTING_KEY is not the one"):
        call_command("resume", without_mail=True, stdout=StringIO())
    assert SchedulerPause.beginning()
    call_command("resume", without_mail=True, with_another_key=True, stdout=StringIO())
    assert not SchedulerPause.beginning()
