"""Readers' files are scanned by clamd, for which a small server stands in."""

import socketserver
import struct
from io import BytesIO
from itertools import count
from threading import Thread
from types import SimpleNamespace

import pytest

from portal.media.scanning import ScanError, check_scanner, clamd

EICAR = b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE"
LIMIT = 200_000


class Conversation(socketserver.StreamRequestHandler):
    """One INSTREAM command, as in clamd(8)."""

    def handle(self):
        assert self.rfile.read(10) == b"zINSTREAM\0"
        content = b""
        while length := struct.unpack(">I", self.rfile.read(4))[0]:
            content += self.rfile.read(length)
            if len(content) > LIMIT:
                self.wfile.write(b"INSTREAM size limit exceeded. ERROR\0")
                return
        found = b"Eicar-Test-Signature FOUND" if EICAR in content else b"OK"
        self.wfile.write(b"stream: " + found + b"\0")


@pytest.fixture(scope="module")
def server():
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Conversation) as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def address(server, settings):
    settings.CLAMD_ADDRESS = "{}:{}".format(*server.server_address)


@pytest.mark.parametrize(
    ("content", "found"), [(b"a" * 150_000, ""), (b"", ""), (b"b" * 70_000 + EICAR, "Eicar-Test-Signature")]
)
def test_file_is_scanned_as_a_whole(address, content, found):
    assert clamd(BytesIO(content)) == found


def test_file_that_clamd_does_not_scan_is_an_error(address):
    with pytest.raises(ScanError, match=r"size limit exceeded|does not answer"):
        clamd(BytesIO(b"a" * (LIMIT * 2)))


def test_scan_ends_at_its_deadline(address, monkeypatch):
    # Nine seconds pass before each of its three steps.
    clock = count(0, 9)
    monkeypatch.setattr("portal.media.scanning.time", SimpleNamespace(monotonic=lambda: next(clock)))

    with pytest.raises(ScanError, match="within 20 seconds"):
        clamd(BytesIO(b""))


@pytest.mark.parametrize("place", ["127.0.0.1:1", "/nowhere/clamd.ctl", "clamd"])
def test_absent_clamd_is_an_error(settings, place):
    settings.CLAMD_ADDRESS = place

    with pytest.raises(ScanError, match="does not answer"):
        clamd(BytesIO(b"a"))


def test_misspelt_scanner_is_reported_at_the_start(settings):
    settings.UPLOAD_SCANNER = "portal.media.scanning.clamav"

    assert [each.id for each in check_scanner()] == ["portal.E004"]
