"""Settings in `.env` alone also apply to subprocesses and to other libraries."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection

from portal.backups.repositories import Repository
from portal.env import VARIABLES
from tests.backups.place import Place
from tests.database_copies import finished
from tests.own_code import code_in

Run = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def run(tmp_path) -> Run:
    """Runs Python in a folder with our code and a `.env` with these settings. The environment does not have them."""
    code = code_in(tmp_path)

    def start(*arguments: str, **settings: str) -> subprocess.Popen[str]:
        (code / ".env").write_text("".join(f"{name}='{value}'\n" for name, value in settings.items()))
        environment = {name: value for name, value in os.environ.items() if name not in {*VARIABLES, *settings}}
        return subprocess.Popen(
            [sys.executable, *arguments],
            cwd=code,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    return start


def settings_of(place: Place, folder: Path) -> dict[str, str]:
    environment = place.installation.environment
    # Static files have not been collected.
    own = {"DEBUG": "yes", "BACKUP_DIR": str(folder)}
    return {name: environment[name] for name in VARIABLES if name in environment} | own


def test_backup_lists_the_settings(place: Place, run: Run, tmp_path):
    settings = settings_of(place, tmp_path / "backups")
    finished(run("manage.py", "backup", **settings))

    assert Repository(tmp_path / "backups").find().manifest["settings"] == sorted(settings)


if connection.vendor == "postgresql":  # On SQLite a rehearsal needs no address.

    def test_backup_is_rehearsed(place: Place, run: Run, tmp_path):
        message = finished(run("manage.py", "rehearse", **settings_of(place, tmp_path / "backups")))

        assert "byte for byte" in message


def test_scratch_database_is_created_on_the_same_server(run: Run, tmp_path):
    code = "from portal.backups.rehearsal import _address_of; print(_address_of('other'))"
    settings = {"DATABASE_URL": "postgres://portal:secret@db.example.org:5433/portal", "SECRET_KEY": "k" * 40}

    message = finished(run("manage.py", "shell", "--no-imports", "--command", code, **settings, DATA_DIR=str(tmp_path)))

    assert message.strip() == "postgres://portal:secret@db.example.org:5433/other"


def test_libraries_find_their_own_variables(run: Run):
    names = ("OTEL_EXPORTER_OTLP_ENDPOINT", "AWS_ACCESS_KEY_ID")
    code = f"import os, portal.env; print(*map(os.environ.get, {names}))"

    assert finished(run("-c", code, **dict.fromkeys(names, "there"))) == "there there\n"
