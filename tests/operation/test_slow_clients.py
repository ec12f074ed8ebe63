"""A client that is slow to send its request or to take its answer has a connection, and no thread of the web server."""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from hashlib import sha256
from http.client import HTTPConnection
from pathlib import Path
from socket import SHUT_WR, create_connection, socket
from time import monotonic

import pytest

from portal.env import BASE_DIR
from tests.sink import free_port

THREADS = 4
# Larger than what the system takes for a client that reads nothing.
LARGE = 12_000_000
APP = f"""
from hashlib import sha256
from tempfile import TemporaryFile
from threading import current_thread, main_thread

from portal import web_requests, web_worker

web_requests.HEAD_SECONDS = web_requests.BODY_SECONDS = web_requests.FIRST_SECONDS = 2
web_requests.LEAST_RATE, web_requests.LONGEST_BODY = 1_000, 2_000_000

def application(environ, start_response):
    path, body = environ["PATH_INFO"], environ["wsgi.input"].read()
    if path == "/large":
        start_response("200 OK", [("Content-Length", "{LARGE}")])
        return [b"x" * {LARGE}]
    if path == "/pieces":
        start_response("200 OK", [("Content-Length", "{LARGE}")])
        return (b"x" * 1_000 for _number in range({LARGE // 1_000}))
    if path == "/file":
        start_response("200 OK", [("Content-Length", "{LARGE}")])
        file = TemporaryFile()
        file.write(b"x" * {LARGE})
        file.seek(0)
        return environ["wsgi.file_wrapper"](file)
    answer = sha256(body).hexdigest().encode()
    start_response("200 OK", [("Content-Length", str(len(answer)))])
    return [answer]
"""
NOTHING = sha256(b"").hexdigest()


@contextmanager
def served(folder: Path, *more: str) -> Iterator[int]:
    """The port of the portal's web server, with one worker for the application above, and two seconds' patience."""
    port = free_port()
    (folder / "slow_app_of_test.py").write_text(APP)
    options = ["--config", "portal/server.py", "--workers", "1", "--threads", str(THREADS), "--chdir", str(folder)]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", *options, *more, "slow_app_of_test:application"],
            cwd=BASE_DIR,
            env=os.environ | {"PORT": str(port), "PYTHONPATH": str(BASE_DIR)},
            stdout=log,
            stderr=log,
        )
    end = monotonic() + 30
    while True:
        try:
            assert ask(port) == NOTHING
            break
        except ConnectionError:
            assert server.poll() is None, (folder / "log").read_text()
            assert monotonic() < end, (folder / "log").read_text()
    yield port
    server.kill()
    server.wait()


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with served(tmp_path_factory.mktemp("slow")) as port:
        yield port


def ask(port: int, path: str = "/", body: bytes | None = None, **options: bool) -> str:
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("POST" if body else "GET", path, body and iter([body[:7], body[7:]]), **options)
        return connection.getresponse().read().decode()
    finally:
        connection.close()


@pytest.fixture
def connect(port: int) -> Iterator[Callable[..., socket]]:
    with ExitStack() as stack:

        def connect(*sent: bytes) -> socket:
            client = stack.enter_context(create_connection(("127.0.0.1", port), timeout=30))
            for piece in sent:
                client.sendall(piece)
            return client

        yield connect


def rest_of(client: socket) -> bytes:
    """All that the server still sends to a client that has sent its own."""
    client.shutdown(SHUT_WR)
    return b"".join(iter(lambda: client.recv(1_000), b""))


POST = b"POST / HTTP/1.1\r\nHost: localhost\r\n"


@pytest.mark.parametrize(
    "begun",
    [
        b"GET / HTTP/1.1\r\nHost: loc",
        POST + b"Content-Length: 1000\r\n\r\nabc",
        POST + b"Transfer-Encoding: chunked\r\n\r\n400\r\nabc",
        POST + b"Content-Length: 1000\r\nExpect: 100-continue\r\n\r\n",
        b"GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /pieces HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /file HTTP/1.1\r\nHost: localhost\r\n\r\n",
    ],
    ids=["head", "body", "chunk", "expecting", "answer", "answer in pieces", "file"],
)
def test_slow_clients_keep_nobody_waiting(port, connect, begun):
    slow = [connect(begun) for _number in range(3 * THREADS)]
    for each in slow:
        if b"/ " not in begun:
            assert each.recv(15) == b"HTTP/1.1 200 OK"
    began = monotonic()

    assert ask(port) == NOTHING

    # One of them would be cut after two seconds.
    assert monotonic() - began < 1.8


@pytest.mark.parametrize("begun", [b"GET / HTTP/1.1\r\nHost: loc", POST + b"Content-Length: 1000\r\n\r\nabc"])
def test_request_that_does_not_come_to_its_end_is_refused(connect, begun):
    assert connect(begun).recv(100).startswith(b"HTTP/1.1 408 ")


def test_connection_on_which_nothing_is_said_is_closed(connect):
    assert connect().recv(100).startswith(b"HTTP/1.1 408 ")


def test_body_that_comes_fast_enough_has_longer_than_one_that_does_not(connect):
    fast = connect(POST + b"Content-Length: 60000\r\n\r\n", b"x" * 30_000)
    slow = connect(POST + b"Content-Length: 60000\r\n\r\n", b"x" * 30)
    assert slow.recv(100).startswith(b"HTTP/1.1 408 ")

    fast.sendall(b"x" * 30_000)

    assert rest_of(fast).endswith(sha256(b"x" * 60_000).hexdigest().encode())


@pytest.mark.parametrize("size", [1, 100, 300_000, 1_999_000])
@pytest.mark.parametrize("is_chunked", [False, True])
def test_body_reaches_the_application_as_it_was_sent(connect, size, is_chunked):
    body = os.urandom(size)
    framed = b"".join(
        b"%x;name=value\r\n%s\r\n" % (len(piece), piece)
        for piece in (body[at : at + 70_000] for at in range(0, size, 70_000))
    )
    head = b"Transfer-Encoding: chunked" if is_chunked else b"Content-Length: %d" % size
    client = connect(POST + head + b"\r\n\r\n", framed + b"0\r\nX-Digest: x\r\n\r\n" if is_chunked else body)

    assert rest_of(client).endswith(sha256(body).hexdigest().encode())


def test_requests_that_come_together_are_answered_one_by_one(connect):
    bodies = [b"a", b"b" * 300_000, b"c", b""]
    client = connect(*[POST + b"Content-Length: %d\r\n\r\n%s" % (len(body), body) for body in bodies])

    answers = rest_of(client).decode()
    assert re.findall(r"^[0-9a-f]{64}", answers.replace("HTTP/1.1", "\n"), re.MULTILINE) == [
        sha256(body).hexdigest() for body in bodies
    ]


@pytest.mark.parametrize(
    "head",
    [
        b"Content-Length: 2000001",
        b"Content-Length: 1\r\nContent-Length: 2",
        b"Content-Length: 1_0",
        b"X: " + b"x" * 70_000,
    ],
    ids=["long body", "two lengths", "no length", "long head"],
)
def test_request_that_is_none_or_too_long_is_refused_at_once(connect, head):
    began = monotonic()

    assert re.match(rb"HTTP/1.1 4\d\d ", connect(POST + head + b"\r\n\r\n").recv(100))
    assert monotonic() - began < 1.8


def test_longer_body_in_chunks_is_refused_while_it_comes(connect):
    client = connect(POST + b"Transfer-Encoding: chunked\r\n\r\n", b"%x\r\n" % 3_000_000, b"x" * 2_000_001)

    assert client.recv(100).startswith(b"HTTP/1.1 413 ")


def test_client_that_waits_to_be_asked_for_its_body_is_asked(connect):
    client = connect(POST + b"Content-Length: 3\r\nExpect: 100-continue\r\n\r\n")
    assert client.recv(100).startswith(b"HTTP/1.1 100 Continue")

    client.sendall(b"abc")

    assert rest_of(client).endswith(sha256(b"abc").hexdigest().encode())


@pytest.mark.parametrize("path", ["/large", "/pieces", "/file"])
def test_large_answer_arrives_as_a_whole(port, path):
    assert ask(port, path) == "x" * LARGE


def test_worker_that_is_due_for_renewal_goes_on_while_a_client_is_slow(tmp_path):
    with (
        served(tmp_path, "--max-requests", "5", "--max-requests-jitter", "0") as port,
        create_connection(("127.0.0.1", port), timeout=30) as slow,
    ):
        slow.sendall(b"GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert slow.recv(15) == b"HTTP/1.1 200 OK"
        began = monotonic()
        for _time in range(20):
            assert ask(port) == NOTHING

        # No other would begin before it has given this client up.
        assert monotonic() - began < 5
        slow.close()
        while (tmp_path / "log").read_text().count("Booting worker") == 1:
            assert ask(port) == NOTHING
