"""The backup commands report the data that they would replace, their result and the next step."""

import os
import subprocess
import sys
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from wagtail.models import Page

from portal.backups.errors import NoRoomError, noticing_full_disk
from portal.backups.programs import run
from portal.env import BASE_DIR
from tests.backups.place import TEXT


def refuse(execute, sql, params, many, context):
    raise OperationalError("the server is gone")


def test_restore_without_consent_names_the_backup(place):
    with pytest.raises(
        CommandError, match=f"replaces its content by the backup {place.backup.name} of {place.repository}"
    ):
        call_command("restore", f"--from={place.repository}")


def test_restore_distinguishes_existing_files_from_written_ones(place):
    written = StringIO()
    call_command("restore", "--yes", f"--from={place.repository}", stdout=written)

    assert "0 of its files were missing or different here." in written.getvalue()
    assert "Next: manage.py upgrade --no-backup, start the web server and the scheduler" in written.getvalue()


@pytest.mark.parametrize("command", ["backup", "rehearse"])
def test_missing_database_is_reported_in_one_line(place, command):
    with (
        connection.execute_wrapper(refuse),
        pytest.raises(CommandError, match=r"The database does not respond: .*gone"),
    ):
        call_command(command)


def test_full_disk_in_a_subprocess_is_reported(tmp_path, monkeypatch):
    program = tmp_path / "pg_dump"
    program.write_text("#!/bin/sh\necho 'pg_dump: error: could not write: No space left on device' >&2; exit 1")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")

    with (
        pytest.raises(NoRoomError, match=r"There is no space left in /mnt/backups\."),
        noticing_full_disk("/mnt/backups"),
    ):
        run("pg_dump", environment={})


def test_missing_files_are_restored_without_the_database(place):
    plan = next(place.media().rglob("plan*.pdf"))
    plan.unlink()
    Page.objects.filter(title="La fonderie").update(title="Écrit depuis")
    written = StringIO()

    call_command("restore", f"--from={place.repository}", only_files=True, stdout=written)

    assert plan.read_bytes() == TEXT
    assert Page.objects.filter(title="Écrit depuis").exists()
    assert f"1 files were restored from {place.backup.name}." in written.getvalue()


def test_uncreatable_folder_differs_from_one_of_another_account(place, monkeypatch, tmp_path):
    program = tmp_path / "restic"
    program.write_text("#!/bin/sh\necho 'Fatal: unable to open config file: permission denied' >&2; exit 1")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")

    with pytest.raises(CommandError, match=f"chown -R .*: {place.repository}"):
        call_command("restore", f"--from={place.repository}", "--yes")


def test_invalid_setting_is_reported_in_one_line():
    ended = subprocess.run(
        [sys.executable, "manage.py", "check"],
        env={**os.environ, "LOG_LEVEL": "LOUD"},
        cwd=BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.returncode == 1
    assert ended.stderr.startswith("The environment variable LOG_LEVEL is 'LOUD'; it must be one of: DEBUG, INFO")
    assert ended.stderr.count("\n") == 1
