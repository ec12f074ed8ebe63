"""nginx and Varnish on loopback, configured by the samples in deploy/ as caches in front of the portal."""

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from socketserver import ThreadingMixIn
from threading import Event, Thread
from time import monotonic, time
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.db import connections

from portal.platform.caching.purge_watch import PurgeWatch
from portal.platform.caching.wsgi_cache import ResponseCache
from portal.platform.operation.changes import content_version
from tests.database_copies import ROOT
from tests.faults import wait_for
from tests.page_cache.wire import Request, Response
from tests.sink import free_port

MODULES = list(Path("/usr/lib").glob("*/varnish/vmods/libvmod_xkey.so"))
needs = {
    "nginx": pytest.mark.skipif(not shutil.which("nginx"), reason="nginx is not installed: apt-get install nginx"),
    "varnish": pytest.mark.skipif(
        shutil.which("varnishd") is None or not MODULES,
        reason="Varnish is not installed: apt-get install varnish varnish-modules",
    ),
}
# Headers in which an intermediate cache describes itself or the connection.
OF_THE_CACHE = {
    *("age", "via", "x-varnish", "x-cache", "connection", "keep-alive", "server", "date"),
    *("accept-ranges", "transfer-encoding"),
}


class Threads(ThreadingMixIn, WSGIServer):
    block_on_close = True


class Silent(WSGIRequestHandler):
    def log_message(self, *words: object) -> None:
        pass


class Portal:
    """A web server worker in threads of this process."""

    def __init__(self) -> None:
        self.cache = ResponseCache(WSGIHandler(), 16)
        self.server = make_server("127.0.0.1", 0, self._answer, Threads, Silent)
        self.thread = Thread(target=self.server.serve_forever, args=[0.05])
        self.thread.start()

    def _answer(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        body = self.cache(environ, start_response)
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
class Front:
    name: str
    port: int
    portal: Portal = field(default_factory=Portal)
    watch: PurgeWatch | None = None

    def send(self, request: Request) -> Response:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=120)
        try:
            connection.request(request.method, request.path, headers={"Host": request.host, **dict(request.headers)})
            response = connection.getresponse()
            headers = [(name.lower(), value) for name, value in response.getheaders()]
            return Response(f"{response.status} {response.reason}", tuple(headers), response.read())
        finally:
            connection.close()

    def is_hit(self, response: Response) -> bool:
        """Whether the cache served the response without a request. In that case, Varnish lists two requests."""
        return response["x-cache"] == "HIT" or len(response["x-varnish"].split()) == 2

    def settle(self) -> float:
        """Wait until the last commit takes effect, and return the seconds: nginx reads the version once a second."""
        began = monotonic()
        if self.watch:
            version = content_version()
            wait_for(lambda: self.watch.purged == version, 10)
        else:
            Event().wait(1.01 - time() % 1)
        return monotonic() - began

    def command(self, folder: Path) -> list[str]:
        own = (ROOT / f"deploy/{self.name}").with_suffix(".conf" if self.name == "nginx" else ".vcl")
        text, portal = own.read_text(encoding="utf-8"), str(self.portal.server.server_port)
        if self.name == "varnish":
            # On a busy machine, the portal may start slowly.
            text = text.replace(".timeout = 2s", ".timeout = 60s").replace('"8000"', f'"{portal}"')
            (folder / "portal.vcl").write_text(text, encoding="utf-8")
            # -F: in the foreground; -j none: as the user who runs the test.
            command = ["varnishd", "-F", "-j", "none", "-n", f"{folder}/varnish", "-a", f"127.0.0.1:{self.port}"]
            return [*command, "-f", f"{folder}/portal.vcl", "-s", "malloc,64m", "-p", "thread_pool_min=10"]
        # The server for readers, without TLS and with the cache line.
        server = re.sub(
            r"^ +(?:listen|ssl_|http2).*\n", "", text.split("\nserver {")[2].split("\n}\n")[0], flags=re.MULTILINE
        )
        server = server.replace("www.example.org", "localhost *.localhost").replace(
            "# include /etc/nginx/snippets/portal-cache.conf", f"listen 127.0.0.1:{self.port};\ninclude {folder}/server"
        )
        http, of_server = (
            (ROOT / "deploy" / name).read_text(encoding="utf-8")
            for name in ("nginx-cache.conf", "nginx-cache-server.conf")
        )
        (folder / "server").write_text(of_server.replace(":8000", f":{portal}"))
        names = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        places = "".join(f"{name}_temp_path {folder}/{name};\n" for name in names)
        # Without this, nginx would switch to an account without access to the folder.
        user = "user root; " if os.geteuid() == 0 else ""
        http = http.replace("/var/cache/portal", f"{folder}/cache")
        (folder / "conf").write_text(
            f"{user}daemon off; pid {folder}/pid; error_log {folder}/error;\nevents {{}}\nhttp {{ access_log off;\n{places}{http}\n"
            f"server {{{server.replace(':8000', f':{portal}')}\n}}\n}}\n"
        )
        return ["nginx", "-e", f"{folder}/error", "-c", f"{folder}/conf"]

    def is_up(self) -> bool:
        try:
            return self.send(Request("localhost", "/-/live")).code in (200, 404)
        except (OSError, HTTPException):
            return False


@contextmanager
def served(name: str, folder: Path, settings: Any) -> Iterator[Front]:
    """Run the cache and the portal, with the required purges; stop both at the end."""
    with ExitStack() as stack:
        front = Front(name, free_port())
        stack.callback(front.portal.end)
        cache = subprocess.Popen(front.command(folder), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        stack.callback(cache.wait, 60)
        stack.callback(cache.terminate)
        wait_for(lambda: cache.poll() is not None or front.is_up(), 180)
        assert cache.poll() is None
        settings.SHARED_CACHE_SECONDS = 86_400
        if name == "varnish":
            settings.SHARED_CACHE_PURGE = {"kind": "varnish", "place": f"127.0.0.1:{front.port}", "key": ""}
            front.watch, stopped = PurgeWatch(), Event()
            thread = Thread(target=front.watch.run, args=[stopped])
            thread.start()
            stack.callback(thread.join)
            stack.callback(stopped.set)
            wait_for(lambda: front.watch.has_begun, 60)
        yield front
