"""A real Varnish on loopback with the project's own configuration, and the portal behind it."""

import shutil
import subprocess
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from socketserver import ThreadingMixIn
from threading import Thread
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.db import connections

from portal.platform.caching.wsgi_cache import ResponseCache
from tests.faults import wait_for
from tests.keeping.asking import Answer, Question
from tests.kept import ROOT
from tests.sink import free_port

MODULES = list(Path("/usr/lib").glob("*/varnish/vmods/libvmod_xkey.so"))
needs_varnish = pytest.mark.skipif(
    shutil.which("varnishd") is None or not MODULES,
    reason="Varnish is not installed: apt-get install varnish varnish-modules",
)
# What a cache in between says of itself, or of the connection.
OF_THE_CACHE = {"age", "via", "x-varnish", "connection", "server", "date", "accept-ranges", "transfer-encoding"}


class Threads(ThreadingMixIn, WSGIServer):
    block_on_close = True


class Silent(WSGIRequestHandler):
    def log_message(self, *words: object) -> None:
        pass


class Portal:
    """A worker of the web server, in threads of this process."""

    def __init__(self) -> None:
        self.edge = ResponseCache(WSGIHandler(), 16)
        self.server = make_server("127.0.0.1", 0, self._answer, Threads, Silent)
        self.thread = Thread(target=self.server.serve_forever, args=[0.05])
        self.thread.start()

    def _answer(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        body = self.edge(environ, start_response)
        try:
            return [b"".join(body)]
        finally:
            getattr(body, "close", lambda: None)()
            connections.close_all()

    def end(self) -> None:
        if self.thread.is_alive():
            self.server.shutdown()
            self.thread.join()
            self.server.server_close()


@dataclass
class Varnish:
    port: int
    portal: Portal

    def ask(self, question: Question) -> Answer:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=120)
        try:
            connection.request(
                question.method, question.path, headers={"Host": question.host, **dict(question.headers)}
            )
            response = connection.getresponse()
            headers = [(name.lower(), value) for name, value in response.getheaders()]
            return Answer(f"{response.status} {response.reason}", tuple(headers), response.read())
        finally:
            connection.close()


def has_kept(answer: Answer) -> bool:
    """Whether Varnish gave it without asking: it then names two requests."""
    return len(answer["x-varnish"].split()) == 2


@contextmanager
def served(folder: Path) -> Iterator[Varnish]:
    """Both, and neither afterwards."""
    port = free_port()
    with ExitStack() as stack:
        portal = Portal()
        stack.callback(portal.end)
        vcl = folder / "portal.vcl"
        text = (ROOT / "deploy/varnish.vcl").read_text(encoding="utf-8")
        # On a busy machine the portal may take longer to say that it is there.
        text = text.replace(".timeout = 2s", ".timeout = 60s")
        vcl.write_text(text.replace('"8000"', f'"{portal.server.server_port}"'), encoding="utf-8")
        # -F: in the foreground; -j none: as whoever runs the test.
        command = ["varnishd", "-F", "-j", "none", "-n", str(folder / "varnish"), "-a", f"127.0.0.1:{port}"]
        command += ["-f", str(vcl), "-s", "malloc,64m", "-p", "thread_pool_min=10"]
        cache = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        stack.callback(cache.wait, 60)
        stack.callback(cache.terminate)
        made = Varnish(port, portal)
        wait_for(lambda: _answers(made), 180)
        yield made


def _answers(varnish: Varnish) -> bool:
    try:
        return varnish.ask(Question("localhost", "/-/live")).code == 200
    except (OSError, HTTPException):
        return False
