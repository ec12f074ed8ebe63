"""gunicorn with the portal's configuration: workers share requests, and a reload loads new code without a failure."""

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
from tests.own_code import code_in
from tests.sink import free_port

APP = """
import os
from pathlib import Path
from time import thread_time

from word_of_test import WORD

FOLDER = Path(os.environ["FOLDER"])

def application(environ, start_response):
    path = environ["PATH_INFO"]
    if path == "/waits":
        (FOLDER / "begun").touch()
        with open(FOLDER / "released", "rb") as pipe:
            pipe.read()
    if path == "/releases":
        (FOLDER / "released").write_bytes(b"x")
    if path == "/fails":
        raise ValueError("Said in two\\nlines")
    if path == "/calculates":
        end = thread_time() + 0.004
        while thread_time() < end:
            pass
    body = f"{os.getpid()} {environ['SCRIPT_NAME']}{WORD}{os.environ.get('SETTING', '')}".encode()
    start_response("200 OK", [("Content-Length", str(len(body)))])
    return [body]
"""


class Server:
    """The portal's web server for the application above. Its responses contain the process id and the word."""

    def __init__(self, folder: Path, *options: str, code: Path = BASE_DIR, **environment: str) -> None:
        self.folder, self.port = folder, free_port()
        (folder / "app_of_test.py").write_text(APP)
        os.mkfifo(folder / "released")
        self.release("one")
        command = [sys.executable, "-m", "gunicorn", "--config", "portal/server.py", *options]
        paths = {"FOLDER": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
        with (folder / "log").open("wb") as log:
            self.process = subprocess.Popen(
                [*command, "--pythonpath", str(folder), "app_of_test:application"],
                cwd=code,
                env=os.environ | {"PORT": str(self.port)} | paths | environment,
                stdout=log,
                stderr=log,
            )

    def release(self, word: str) -> None:
        (self.folder / "word_of_test.py").write_text(f"WORD = {word!r}\n")

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text()

    def get(self, path: str = "/") -> tuple[str, str]:
        """The process that responded, and the rest of the response."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("GET", path)
            process, _space, rest = connection.getresponse().read().decode().partition(" ")
            return process, rest
        finally:
            connection.close()

    def until(self, word: str) -> set[str]:
        """The output until this word; `refused` if there was no connection."""
        found, end = set(), monotonic() + 30
        while word not in found:
            assert monotonic() < end, (found, self.log)
            assert self.process.poll() is None, self.log
            try:
                found.add(self.get()[1])
            except ConnectionError:
                found.add("refused")
        return found

    def reload(self) -> None:
        self.process.send_signal(signal.SIGHUP)


type Start = Callable[..., Server]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    servers: list[Server] = []

    def start(*options: str, word: str = "one", **others: str) -> Server:
        servers.append(Server(tmp_path, *options, **others))
        servers[0].until(word)
        return servers[0]

    yield start
    for server in servers:
        server.process.kill()
        server.process.wait()


def test_requests_go_to_a_free_worker(start):
    server = start("--workers", "2", "--threads", "2")
    one = another = server.get()[0]
    while another == one:
        another = server.get()[0]
    counts: Counter[str] = Counter()

    def get_often() -> None:
        for _time in range(50):
            counts[server.get("/calculates")[0]] += 1

    threads = [Thread(target=get_often) for _number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert min(counts[one], counts[another]) > 60


def test_stopped_worker_holds_no_more_requests_than_its_threads(start):
    server = start("--workers", "2", "--threads", "1")
    one = another = server.get()[0]
    while another == one:
        another = server.get()[0]
    os.kill(int(another), signal.SIGSTOP)

    assert {server.get()[0] for _time in range(20)} == {one}

    os.kill(int(another), signal.SIGCONT)


def test_other_requests_are_served_during_a_slow_one(start, tmp_path):
    server = start("--workers", "1")
    waiting = Thread(target=server.get, args=("/waits",))
    waiting.start()
    while not (tmp_path / "begun").exists():
        assert server.get()

    assert server.get("/releases")

    waiting.join(30)
    assert not waiting.is_alive()


def test_client_cannot_set_the_script_name(start):
    server = start()
    with create_connection(("127.0.0.1", server.port), timeout=30) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nSCRIPT_NAME: /admin\r\n\r\n")

        assert client.makefile("rb").read().endswith(b" one")


def test_web_server_logs_json_if_the_portal_does(start):
    server = start(LOG_FORMAT="json")

    assert "Server Error" in " ".join(server.get("/fails"))

    lines = [json.loads(line) for line in server.log.splitlines()]
    assert {line["logger"] for line in lines} == {"gunicorn.error"}
    assert "Booting worker" in " ".join(line["message"] for line in lines)
    assert "Said in two\nlines" in lines[-1]["traceback"]


def test_each_request_has_a_line_without_its_reader_and_secrets(start):
    server = start(LOG_FORMAT="json", ACCESS_LOG="yes")
    server.get("/fr/_registration/a-secret-of-a-link/?q=fever")
    # A line is written after its response was sent.
    while "_registration" not in server.log:
        server.get("/fr/")
    [line] = [found for found in map(json.loads, server.log.splitlines()) if "_registration" in found["message"]]

    assert (line["logger"], line["method"], line["path"], line["status"]) == (
        *("gunicorn.access", "GET"),
        *("/fr/_registration/…", 200),
    )
    assert not any(secret in server.log for secret in ("a-secret-of-a-link", "fever"))


def test_requests_have_no_lines_by_default(start):
    server = start(LOG_FORMAT="json")
    server.get("/fr/")

    assert "gunicorn.access" not in server.log


def test_start_message_is_printed_once_requests_are_served(start):
    server = start(PORTAL_SAYS_WHEN_READY="News: http://localhost:8000/")

    assert server.log.splitlines().count("News: http://localhost:8000/") == 1


def test_reload_loads_new_code_and_fails_no_request(start, tmp_path):
    server = start()
    slow: list[str] = []
    waiting = Thread(target=lambda: slow.append(server.get("/waits")[1]))
    waiting.start()
    while not (tmp_path / "begun").exists():
        pass
    for word in ("two", "three"):
        server.release(word)
        server.reload()
        assert server.until(word) <= {"one", "two", "three"}
    (tmp_path / "released").write_bytes(b"x")
    waiting.join(30)

    assert slow == ["one"]
    assert {server.get()[1] for _ in range(20)} == {"three"}


def test_reload_applies_a_changed_settings_file(start, tmp_path):
    code = code_in(tmp_path)
    (code / ".env").write_text("SETTING=-before\n")
    server = start(code=code, word="one-before")
    (code / ".env").write_text("SETTING=-after\n")
    server.reload()

    assert server.until("one-after") <= {"one-before", "one-after"}
