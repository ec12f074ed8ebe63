"""Management commands are recorded in the audit log, without their secrets."""

import gc
import json
from contextlib import suppress
from io import StringIO

import pytest
from django.contrib.sessions.management.commands.clearsessions import Command
from django.core.management import ManagementUtility, call_command
from django.db import connections

from portal.audit.commands import RecordingUtility, record_command
from portal.audit.models import AuditEntry, UnchainedAct
from tests.audit.acts import actions, last, words, write_entries

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def open_connections(monkeypatch):
    """A command closes its connections at the end, and would end the test's transaction."""
    monkeypatch.setattr(connections, "close_all", lambda: None)


def test_command_is_logged_with_the_system_account(monkeypatch):
    monkeypatch.setenv("SUDO_USER", "anna")
    RecordingUtility(["manage.py", "clearsessions"]).execute()
    entry = last("portal.command")

    assert words(entry)["data"] == {"command": "clearsessions"}
    assert words(entry, "who")["name"] == "anna"


def test_restore_is_also_logged_in_the_restored_log(monkeypatch):
    monkeypatch.setattr(ManagementUtility, "execute", lambda utility: utility.fetch_command("restore"))
    RecordingUtility(["manage.py", "restore", "--yes"]).execute()

    assert actions() == ["portal.command", "portal.command"]


@pytest.mark.parametrize(
    ("arguments", "logged"),
    [
        (["personal_data", "export", "lectrice@example.org"], "personal_data export …"),
        (["restore", "--from", "s3://key:hidden@bucket", "--yes"], "restore --from … --yes"),
        (["restore", "--from=s3://key:hidden@bucket"], "restore --from=…"),
        (["create_role_user", "anna", "--password", "hidden"], "create_role_user anna --password …"),
        (
            ["rename_site", "old.example.org", "new.example.org", "--port", "443"],
            "rename_site old.example.org new.example.org --port 443",
        ),
    ],
)
def test_personal_and_secret_arguments_are_omitted(arguments, logged):
    record_command(arguments[0], arguments[1:])

    assert words(last("portal.command"))["data"]["command"] == logged


@pytest.mark.parametrize("arguments", [["check", "--tag", "models"], ["clearsessions", "--help"]])
def test_read_only_command_is_not_logged(arguments):
    with suppress(SystemExit):
        RecordingUtility(["manage.py", *arguments]).execute()

    assert not UnchainedAct.objects.exists()


def test_exported_lines_contain_everything_that_is_hashed():
    write_entries(3)
    written = StringIO()
    call_command("audit_log", export="jsonl", stdout=written)
    lines = [json.loads(line) for line in written.getvalue().splitlines()]

    assert [line["what_words"].get("title") for line in lines[:3]] == ["Act 1", "Act 2", "Act 3"]
    assert lines[2]["hash"] == AuditEntry.objects.get(sequence=3).hash
    assert lines[2]["previous"] == lines[1]["hash"]
    assert words(last("portal.command"))["data"]["command"] == "audit_log --export=jsonl"


def test_exported_spreadsheet_has_a_row_for_each_entry():
    write_entries(2)
    written = StringIO()
    call_command("audit_log", export="csv", stdout=written)

    assert [line.split(",")[0] for line in written.getvalue().splitlines()] == ['"No."', '"1"', '"2"']


def test_garbage_is_collected_while_a_command_runs(monkeypatch):
    collects = []
    monkeypatch.setattr(Command, "handle", lambda command, **options: collects.append(gc.isenabled()))
    RecordingUtility(["manage.py", "clearsessions"]).execute()

    assert collects == [True]
