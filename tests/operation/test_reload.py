"""The web server takes new code and settings at a reload, and no request fails meanwhile."""

import os
import signal
import subprocess
import sys
from threading import Thread
from time import monotonic

import pytest
import requests

from portal.env import BASE_DIR
from tests.own_code import code_in
from tests.sink import free_port

APP = """
import os
import time
from {package} import WORD

def application(environ, start_response):
    if environ["PATH_INFO"] == "/slow":
        print("begun", flush=True)
        time.sleep(1.5)
    body = (WORD + os.environ.get("SETTING", "")).encode()
    start_response("200 OK", [("Content-Length", str(len(body)))])
    return [body]
"""


class Server:
    def __init__(self, folder, code=BASE_DIR):
        self.folder, self.port = folder, free_port()
        (folder / "app_of_test.py").write_text(APP.format(package="word_of_test"))
        self.release("one")
        gunicorn = [sys.executable, "-m", "gunicorn", "--config", "portal/server.py"]
        with (folder / "log").open("w") as log:
            self.process = subprocess.Popen(
                [*gunicorn, "--pythonpath", str(folder), "app_of_test:application"],
                cwd=code,
                env={**os.environ, "PORT": str(self.port), "PYTHONDONTWRITEBYTECODE": "1"},
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )

    def release(self, word: str) -> None:
        (self.folder / "word_of_test.py").write_text(f"WORD = {word!r}\n")

    def ask(self, path: str = "/") -> str:
        response = requests.get(f"http://127.0.0.1:{self.port}{path}", timeout=20)
        return f"{response.status_code} {response.text}"

    def until(self, answer: str) -> list[str]:
        """All answers until this one comes."""
        found, end = [], monotonic() + 20
        while monotonic() < end:
            try:
                found.append(self.ask())
            except requests.ConnectionError:
                found.append("refused")
            if found[-1] == answer:
                return found
        raise AssertionError(found[-5:])


@pytest.fixture
def server(tmp_path):
    server = Server(tmp_path)
    server.until("200 one")
    yield server
    server.process.terminate()
    server.process.communicate(timeout=20)


def test_reload_takes_new_code_and_fails_no_request(server):
    slow: list[str] = []
    asking = Thread(target=lambda: slow.append(server.ask("/slow")))
    asking.start()
    assert server.process.stdout.readline() == "begun\n"
    server.release("two")
    server.process.send_signal(signal.SIGHUP)

    answers = server.until("200 two")
    asking.join(20)

    assert set(answers) == {"200 one", "200 two"}
    assert slow == ["200 one"]
    # Nobody of the former version is left.
    assert {server.ask() for _ in range(20)} == {"200 two"}


def test_second_reload_works_as_the_first(server):
    for word in ("two", "three"):
        server.release(word)
        server.process.send_signal(signal.SIGHUP)
        assert set(server.until(f"200 {word}")) <= {"200 one", "200 two", "200 three"}
    assert server.process.poll() is None


def test_reload_takes_what_was_changed_in_the_settings_file(tmp_path):
    code = code_in(tmp_path)
    (code / ".env").write_text("SETTING=-before\n")
    server = Server(tmp_path, code)
    try:
        server.until("200 one-before")
        (code / ".env").write_text("SETTING=-after\n")
        server.process.send_signal(signal.SIGHUP)

        assert set(server.until("200 one-after")) <= {"200 one-before", "200 one-after"}
    finally:
        server.process.terminate()
        server.process.communicate(timeout=20)
