"""Whoever runs the commands of backups is told what would be replaced, what was done and what comes next."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection

from portal.backups import databases
from portal.backups.errors import NoRoomError, noticing_full_disk


def refuse(execute, sql, params, many, context):
    raise OperationalError("the server is gone")


def test_without_the_consent_the_backup_is_named_that_would_replace_all(place):
    with pytest.raises(CommandError, match=f"replaced by the backup {place.backup.name} of {place.store.place}"):
        call_command("restore", f"--from={place.store.place}")


def test_restore_tells_files_that_were_here_from_those_that_it_wrote(place):
    written = StringIO()
    call_command("restore", "--yes", f"--from={place.store.place}", stdout=written)

    assert "Of its files 0 were missing here or other ones, and are written; the rest was here." in written.getvalue()
    assert "Now: manage.py upgrade --no-backup, start the web server and the scheduler" in written.getvalue()


@pytest.mark.parametrize("command", ["backup", "rehearse"])
def test_database_that_is_gone_is_said_in_a_line(place, command):
    with connection.execute_wrapper(refuse), pytest.raises(CommandError, match=r"The database does not answer: .*gone"):
        call_command(command)


def test_disk_that_is_full_for_a_program_of_postgresql_is_named_like_any_other(monkeypatch):
    refused = "echo 'pg_dump: error: could not write to output file: No space left on device' >&2; exit 1"
    monkeypatch.setattr(databases, "_on_postgresql", lambda *arguments: (["sh", "-c", refused], {}))

    with (
        pytest.raises(NoRoomError, match=r"There is no room left in /mnt/backups\."),
        noticing_full_disk("/mnt/backups"),
    ):
        databases._run_on_postgresql("pg_dump")
