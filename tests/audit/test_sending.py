"""Entries are forwarded to syslog or a file after their transaction is committed."""

import json
import logging
import socket

import pytest

from portal.audit.log import record
from portal.audit.sending import _target
from tests.audit.acts import write_entries


@pytest.fixture(autouse=True)
def new_target(settings):
    _target.cache_clear()
    yield
    if target := _target(settings.AUDIT_TARGET):
        target.close()
    _target.cache_clear()


def test_file_has_a_line_for_each_entry(db, settings, tmp_path, django_capture_on_commit_callbacks):
    file = tmp_path / "audit.jsonl"
    settings.AUDIT_TARGET = ("file", str(file))
    with django_capture_on_commit_callbacks(execute=True):
        write_entries(2)
    lines = [json.loads(line) for line in file.read_text().splitlines()]

    assert [(line["sequence"], line["what_words"]["title"]) for line in lines] == [(1, "Act 1"), (2, "Act 2")]


def test_syslog_gets_a_datagram_for_each_entry(db, settings, django_capture_on_commit_callbacks):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        server.settimeout(10)
        settings.AUDIT_TARGET = ("syslog", "127.0.0.1", str(server.getsockname()[1]))
        with django_capture_on_commit_callbacks(execute=True):
            write_entries(1)
        received = server.recv(65_536).decode()

    assert received.startswith("<86>portal: {")
    assert json.loads(received.partition(": ")[2])["action"] == "portal.test"


def test_unavailable_target_blocks_no_act(db, settings, tmp_path, caplog, django_capture_on_commit_callbacks):
    settings.AUDIT_TARGET = ("file", str(tmp_path / "no-such-folder" / "audit.jsonl"))
    with caplog.at_level(logging.ERROR), django_capture_on_commit_callbacks(execute=True):
        record("portal.test")

    assert "AUDIT_TARGET does not take entries" in caplog.text
