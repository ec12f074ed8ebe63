"""The workers of the web server share what comes, and a client that waits or is slow keeps nobody from being answered."""

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from pathlib import Path
from socket import create_connection
from threading import Thread
from time import monotonic

import pytest

from portal.env import BASE_DIR
from tests.sink import free_port

APP = """
import os
from pathlib import Path
from time import thread_time

def application(environ, start_response):
    path = environ["PATH_INFO"]
    if path == "/waits":
        Path("begun").touch()
        with open("released", "rb") as pipe:
            pipe.read()
    if path == "/releases":
        Path("released").write_bytes(b"x")
    if path == "/fails":
        raise ValueError("Said in two\\nlines")
    if path == "/calculates":
        end = thread_time() + 0.004
        while thread_time() < end:
            pass
    body = str(os.getpid()).encode()
    start_response("200 OK", [("Content-Length", str(len(body)))])
    return [body]
"""

type Start = Callable[..., int]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts the portal's web server with so many workers for the application above, and gives its port."""
    servers = []

    def start(workers: int, **environment: str) -> int:
        port = free_port()
        (tmp_path / "app_of_test.py").write_text(APP)
        os.mkfifo(tmp_path / "released")
        command = [sys.executable, "-m", "gunicorn", "--config", "portal/server.py", "--workers", str(workers)]
        with (tmp_path / "log").open("wb") as log:
            servers.append(
                subprocess.Popen(
                    [*command, "--chdir", str(tmp_path), "app_of_test:application"],
                    cwd=BASE_DIR,
                    env=os.environ | {"PORT": str(port), "PYTHONPATH": str(BASE_DIR)} | environment,
                    stdout=log,
                    stderr=log,
                )
            )
        end = monotonic() + 30
        while monotonic() < end:
            try:
                ask(port, "/")
            except ConnectionError:
                assert servers[-1].poll() is None, (tmp_path / "log").read_text()
            else:
                return port
        raise AssertionError((tmp_path / "log").read_text())

    yield start
    for server in servers:
        server.kill()
        server.wait()


def ask(port: int, path: str) -> str:
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", path)
        return connection.getresponse().read().decode()
    finally:
        connection.close()


def test_busy_worker_leaves_its_clients_to_the_one_that_is_free(start):
    port = start(2)
    clients = [HTTPConnection("127.0.0.1", port, timeout=30) for _number in range(8)]
    one = another = ask(port, "/")
    while another == one:
        another = ask(port, "/")
    answers: Counter[str] = Counter()

    def ask_often(client: HTTPConnection, times: int) -> None:
        """As a proxy does that keeps its connections: it opens one anew only where the server has closed it."""
        for _time in range(times):
            client.request("GET", "/calculates")
            answers[client.getresponse().read().decode()] += 1

    os.kill(int(another), signal.SIGSTOP)
    for client in clients:
        ask_often(client, 1)
    assert dict(answers) == {one: 8}
    os.kill(int(another), signal.SIGCONT)
    threads = [Thread(target=ask_often, args=(client, 50)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert answers[another] > 100

    for client in clients:
        client.close()


def test_others_are_answered_while_one_request_waits_for_something(start, tmp_path):
    port = start(1)
    waiting = Thread(target=ask, args=(port, "/waits"))
    waiting.start()
    while not (tmp_path / "begun").exists():
        assert ask(port, "/")

    assert ask(port, "/releases")

    waiting.join(30)
    assert not waiting.is_alive()


def test_connections_that_say_nothing_keep_nobody_waiting(start):
    port = start(1)
    silent = [create_connection(("127.0.0.1", port)) for _number in range(12)]
    began = monotonic()

    assert ask(port, "/")

    # Each would have a thread for five seconds.
    assert monotonic() - began < 4
    for each in silent:
        each.close()


def test_clients_that_do_not_hang_up_keep_nobody_waiting(start):
    port = start(1)
    began = monotonic()
    lingering = [create_connection(("127.0.0.1", port)) for _number in range(4)]
    for each in lingering:
        each.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        assert b"200 OK" in each.recv(4096)

    # The server waits two seconds for each of them to close its side.
    assert monotonic() - began < 4
    for each in lingering:
        each.close()


def test_client_alone_keeps_its_connection(start):
    port = start(2)
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", "/")
    first = connection.getresponse()
    first.read()

    assert first.getheader("Connection") == "keep-alive"

    connection.close()


def test_lines_of_the_web_server_are_json_where_those_of_the_portal_are(start, tmp_path):
    port = start(1, LOG_FORMAT="json")

    assert "Internal Server Error" in ask(port, "/fails")

    lines = [json.loads(line) for line in (tmp_path / "log").read_text().splitlines()]
    assert {line["logger"] for line in lines} == {"gunicorn.error"}
    assert "Booting worker" in " ".join(line["message"] for line in lines)
    assert "Said in two\nlines" in lines[-1]["traceback"]


def test_words_for_the_terminal_are_said_when_it_answers(start, tmp_path):
    start(1, PORTAL_SAYS_WHEN_READY="News: http://localhost:8000/")

    assert (tmp_path / "log").read_text().splitlines().count("News: http://localhost:8000/") == 1
