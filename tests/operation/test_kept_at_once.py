"""A kept answer is given at once by the web server, whatever its threads are doing; all else is left to them."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from http.client import HTTPConnection
from pathlib import Path
from socket import SHUT_WR, create_connection
from threading import Thread
from time import monotonic, sleep

import pytest

from portal.env import BASE_DIR
from tests.sink import free_port

# Larger than what the system takes for a client that reads nothing.
LARGE = 12_000_000
APP = """
from pathlib import Path
from threading import current_thread, main_thread

from portal import web_worker
from portal.platform.caching.at_once import ONLY_KEPT, NotKeptError

web_worker.PATIENCE = 1

def application(environ, start_response):
    path = environ["PATH_INFO"]
    if ONLY_KEPT in environ and not path.startswith("/kept"):
        raise NotKeptError
    if path == "/waits":
        Path("begun").touch()
        with open("released", "rb") as pipe:
            pipe.read()
    body = b"loop" if current_thread() is main_thread() else b"thread"
    if path.endswith("/large"):
        body *= 3_000_000
    body += environ["SCRIPT_NAME"].encode() + environ["wsgi.input"].read()
    start_response("200 OK", [("Content-Length", str(len(body)))])
    return [body]

application.gives_kept = True
"""
KEPT, OTHER = (b"GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n" % path for path in (b"/kept", b"/other"))


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    """That of the portal's web server, with one worker of one thread for the application above."""
    port = free_port()
    (tmp_path / "kept_app_of_test.py").write_text(APP)
    os.mkfifo(tmp_path / "released")
    options = ["--config", "portal/server.py", "--workers", "1", "--threads", "1", "--chdir", str(tmp_path)]
    with (tmp_path / "log").open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", *options, "kept_app_of_test:application"],
            cwd=BASE_DIR,
            env=os.environ | {"PORT": str(port), "PYTHONPATH": str(BASE_DIR)},
            stdout=log,
            stderr=log,
        )
    end = monotonic() + 30
    while True:
        try:
            ask(port, "/kept")
            break
        except ConnectionError:
            assert server.poll() is None, (tmp_path / "log").read_text()
            assert monotonic() < end, (tmp_path / "log").read_text()
    yield port
    server.kill()
    server.wait()


def ask(port: int, path: str, method: str = "GET", body: bytes | None = None, **headers: str) -> str:
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
        return connection.getresponse().read().decode()
    finally:
        connection.close()


def said(port: int, *sent: bytes) -> str:
    """All that is answered to what one client sends, in these pieces."""
    with create_connection(("127.0.0.1", port), timeout=30) as client:
        for piece in sent:
            client.sendall(piece)
        client.shutdown(SHUT_WR)
        return b"".join(iter(lambda: client.recv(65_536), b"")).decode()


def bodies(answers: str) -> list[str]:
    return [answer.rpartition("\r\n\r\n")[2] for answer in answers.split("HTTP/1.1 200 OK")[1:]]


@pytest.fixture
def open_connection(port) -> Iterator[HTTPConnection]:
    """One that is there already, as a proxy keeps them: a worker that is busy leaves new ones to others."""
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", "/kept")
    connection.getresponse().read()
    yield connection
    connection.close()


def test_kept_answer_waits_for_no_thread(port, open_connection, tmp_path):
    waiting = Thread(target=ask, args=(port, "/waits"))
    waiting.start()
    while not (tmp_path / "begun").exists():
        pass

    open_connection.request("GET", "/kept")

    assert open_connection.getresponse().read() == b"loop"
    (tmp_path / "released").write_bytes(b"x")
    waiting.join(30)


@pytest.mark.parametrize(
    "question",
    [
        {"path": "/other"},
        {"path": "/kept", "Cookie": "sessionid=x"},
        {"path": "/kept", "Authorization": "Basic eDp5"},
        {"path": "/kept", "Range": "bytes=0-2"},
        {"path": "/kept", "method": "POST", "body": b""},
    ],
    ids=str,
)
def test_what_may_have_to_be_made_is_left_to_a_thread(port, question):
    assert ask(port, **question) == "thread"


def test_body_that_comes_with_a_question_is_read_by_a_thread(port):
    assert ask(port, "/kept", body=b" and more") == "thread and more"


def test_question_in_two_pieces_is_answered(port):
    assert bodies(said(port, KEPT[:20], KEPT[20:])) in (["loop"], ["thread"])


def test_connection_is_kept_through_both_ways_of_answering(port):
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    answers = []
    for path in ("/kept", "/other", "/other", "/kept"):
        connection.request("GET", path)
        socket = connection.sock
        answers.append(connection.getresponse().read().decode())
        assert connection.sock is socket

    assert answers == ["loop", "thread", "thread", "loop"]
    connection.close()


def test_questions_that_come_together_are_answered_in_their_order(port):
    answers = bodies(said(port, KEPT + OTHER + KEPT * 300))

    assert len(answers) == 302
    assert answers[0] == "loop"
    assert answers[1] == "thread"


def test_client_that_reads_nothing_keeps_nobody_waiting(port, open_connection):
    with create_connection(("127.0.0.1", port), timeout=30) as slow:
        slow.sendall(KEPT.replace(b"/kept", b"/kept/large"))
        assert slow.recv(100).startswith(b"HTTP/1.1 200 OK")

        for path, answer in (("/kept", b"loop"), ("/other", b"thread")):
            open_connection.request("GET", path)
            assert open_connection.getresponse().read() == answer


@pytest.mark.parametrize("path", ["/kept/large", "/large"])
def test_client_that_takes_nothing_for_too_long_is_cut(port, path):
    with create_connection(("127.0.0.1", port), timeout=30) as slow:
        slow.sendall(KEPT.replace(b"/kept", path.encode()))
        # No event tells the client before it has read what is on its way.
        end = monotonic() + 30
        while is_held(port, slow.getsockname()[1]):
            assert monotonic() < end
            sleep(0.05)

        with suppress(ConnectionResetError):
            assert sum(map(len, iter(lambda: slow.recv(1_000_000), b""))) < LARGE


def is_held(port: int, client: int) -> bool:
    """Whether the server keeps its side of this client's connection established."""
    sides = f":{port:04X} 0100007F:{client:04X} 01 "
    return sides in Path("/proc/net/tcp").read_text()


def test_large_answer_arrives_as_a_whole(port):
    assert len(ask(port, "/kept/large")) == LARGE


def test_client_that_is_gone_ends_nothing(port):
    for _time in range(20):
        with create_connection(("127.0.0.1", port), timeout=30) as client:
            client.sendall(KEPT)

    assert ask(port, "/kept") == "loop"


def test_question_that_is_none_is_refused(port):
    assert said(port, b"GET /kept HTTP/1.1\r\nHost: localhost\r\nno colon\r\n\r\n").startswith("HTTP/1.1 400 ")


def test_question_that_was_read_with_the_one_before_is_not_taken_for_the_next(port, open_connection, tmp_path):
    unfinished = KEPT.replace(b"\r\n\r\n", b"\r\nContent-Length: 60000\r\n\r\n")
    with create_connection(("127.0.0.1", port), timeout=30) as client:
        client.sendall(KEPT.replace(b"/kept", b"/waits") + unfinished)
        while not (tmp_path / "begun").exists():
            pass
        client.sendall(KEPT)
        (tmp_path / "released").write_bytes(b"x")
        assert client.recv(100).startswith(b"HTTP/1.1 200 OK")
        began = monotonic()

        open_connection.request("GET", "/kept")
        assert open_connection.getresponse().read() == b"loop"

        # The loop would wait five seconds for the body.
        assert monotonic() - began < 4


def test_client_does_not_choose_what_the_address_begins_with(port):
    answer = said(port, KEPT.replace(b"\r\n\r\n", b"\r\nSCRIPT_NAME: /kept\r\n\r\n"))

    assert bodies(answer) == ["loop"]
