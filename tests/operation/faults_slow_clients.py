"""Slow clients do not delay others behind the sample proxies. Run with `make faults`.

Needs nginx and Caddy. The samples are used unchanged, except for ports, folders and certificates.
"""

import os
import shutil
import ssl
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from socket import SO_RCVBUF, SOL_SOCKET, create_connection, socket
from threading import Event, Thread
from time import monotonic

import pytest

from portal.env import BASE_DIR
from tests.faults import tell, wait_for
from tests.sink import free_port

HOST = "www.example.org"
SLOW, SECONDS, ALLOWED = 60, 8, 3.0
APP = """
from pathlib import Path

Path("file").write_bytes(b"x" * 12_000_000)

def application(environ, start_response):
    if environ["PATH_INFO"] == "/file":
        start_response("200 OK", [("Content-Length", "12000000")])
        return environ["wsgi.file_wrapper"](open("file", "rb"))
    if environ["PATH_INFO"] == "/sent-by-proxy":
        start_response("200 OK", [("Content-Length", "0"), ("X-Accel-Redirect", "/-/files/file")])
        return []
    body = b"x" * (1_000_000 if environ["PATH_INFO"] == "/large" else 20_000)
    environ["wsgi.input"].read()
    start_response("200 OK", [("Content-Length", str(len(body)))])
    return [body]
"""
GET_REQUEST = f"GET / HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n\r\n".encode()
LENGTH = f"Host: {HOST}\r\nContent-Length: 3000\r\n\r\n".encode()
BEGINNINGS = {
    "head": f"GET / HTTP/1.1\r\nHost: {HOST}\r\nX-Slow: ".encode(),
    "body": b"POST /fr/ HTTP/1.1\r\n" + LENGTH,
    "body of a POST to the click counter": b"POST /-/click HTTP/1.1\r\n" + LENGTH,
    "page": GET_REQUEST.replace(b"GET / ", b"GET /large "),
    "file": GET_REQUEST.replace(b"GET / ", b"GET /file "),
    "file that the proxy sends": GET_REQUEST.replace(b"GET / ", b"GET /sent-by-proxy "),
}


@dataclass(frozen=True)
class Endpoint:
    """A host and port that clients connect to."""

    name: str
    port: int
    has_tls: bool = True

    def connect(self, *, reads_slowly: bool = False) -> socket:
        client = create_connection(("127.0.0.1", self.port), timeout=30)
        if reads_slowly:
            client.setsockopt(SOL_SOCKET, SO_RCVBUF, 4_096)
        if not self.has_tls:
            return client
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        return context.wrap_socket(client, server_hostname=HOST)

    def get(self) -> float:
        """The duration of a response."""
        began = monotonic()
        with self.connect() as client:
            client.sendall(GET_REQUEST)
            response = b"".join(iter(lambda: client.recv(65_536), b""))
        assert response.startswith(b"HTTP/1.1 200 ")
        return monotonic() - began

    def is_open(self) -> bool:
        with suppress(OSError):
            return bool(self.get())
        return False


type Start = Callable[..., None]


@pytest.fixture(scope="module")
def start() -> Iterator[Start]:
    with ExitStack() as stack:

        def start(*command: str | Path, **options: object) -> None:
            process = subprocess.Popen(command, **options)
            stack.callback(process.wait, 20)
            stack.callback(process.terminate)

        yield start


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("slow")
    subject = ["-subj", f"/CN={HOST}", "-keyout", folder / "privkey.pem", "-out", folder / "fullchain.pem"]
    make = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    subprocess.run([*make, *subject], check=True, stderr=subprocess.DEVNULL)
    return folder


@pytest.fixture(scope="module")
def direct(start: Start, folder: Path) -> Endpoint:
    """The portal's web server, with one four-thread worker."""
    port = free_port()
    (folder / "faults_app_of_test.py").write_text(APP)
    options = ["--config", "portal/server.py", "--workers", "1", "--threads", "4", "--chdir", str(folder)]
    environment = os.environ | {"PORT": str(port), "PYTHONPATH": str(BASE_DIR)}
    start(sys.executable, "-m", "gunicorn", *options, "faults_app_of_test:application", cwd=BASE_DIR, env=environment)
    endpoint = Endpoint("directly", port, has_tls=False)
    wait_for(endpoint.is_open, 30)
    return endpoint


def behind_nginx(start: Start, folder: Path, server: Endpoint) -> Endpoint:
    port, plain = free_port(), free_port()
    text = (BASE_DIR / "deploy/nginx.conf").read_text(encoding="utf-8")
    stored = [line for line in text.splitlines() if "listen [::]" not in line]
    text = "\n".join(stored).replace(f"/etc/letsencrypt/live/{HOST}", str(folder)).replace(":8000", f":{server.port}")
    text = text.replace("listen 443 ", f"listen 127.0.0.1:{port} ").replace("listen 80", f"listen 127.0.0.1:{plain}")
    text = text.replace("/srv/portal/var/media", str(folder))
    (folder / "site").write_text(text)
    names = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    places = "".join(f"{name}_temp_path {folder}/{name};\n" for name in names)
    (folder / "nginx.conf").write_text(
        f"daemon off; pid {folder}/pid; error_log {folder}/error;\nevents {{}}\n"
        f"http {{ access_log off; {places} include {folder}/site; }}\n"
    )
    start("nginx", "-e", folder / "error", "-c", folder / "nginx.conf")
    return Endpoint("nginx", port)


def behind_caddy(start: Start, folder: Path, server: Endpoint) -> Endpoint:
    port = free_port()
    text = (BASE_DIR / "deploy/Caddyfile").read_text(encoding="utf-8")
    text = text.replace("tls {\n\t\ton_demand\n\t}", f"tls {folder}/fullchain.pem {folder}/privkey.pem")
    text = text.replace("\n{\n", "\n{\n\tadmin off\n\tauto_https disable_redirects\n", 1)
    (folder / "Caddyfile").write_text(text)
    places = {"XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    names = {
        "PORTAL_HOSTS": f"https://{HOST}:{port}",
        "PORTAL_ADDRESS": f"127.0.0.1:{server.port}",
        "PORTAL_MEDIA": str(folder),
    }
    if subprocess.check_output(["caddy", "version"], text=True).removeprefix("v").startswith("2.6."):
        names |= {"PORTAL_BUFFER_REQUESTS": "buffer_requests", "PORTAL_BUFFER_RESPONSES": "buffer_responses"}
    command = ["caddy", "run", "--adapter", "caddyfile", "--config", folder / "Caddyfile"]
    start(*command, env=os.environ | places | names, stderr=subprocess.DEVNULL)
    return Endpoint("Caddy", port)


@pytest.fixture(params=[behind_nginx, behind_caddy], ids=["nginx", "Caddy"], scope="module")
def endpoint(request, start: Start, folder: Path, direct: Endpoint) -> Endpoint:
    found: Endpoint = request.param(start, folder, direct)
    wait_for(found.is_open, 30)
    return found


@pytest.mark.parametrize("what", BEGINNINGS)
def test_slow_clients_do_not_delay_other_clients(endpoint, what):
    slow, is_over, reads_slowly = [], Event(), BEGINNINGS[what].endswith(GET_REQUEST[-40:])
    for _number in range(SLOW):
        slow.append(endpoint.connect(reads_slowly=reads_slowly))
        slow[-1].sendall(BEGINNINGS[what])

    def trickle() -> None:
        """Send or read one byte per second on each connection."""
        while not is_over.wait(1):
            for each in slow:
                with suppress(OSError):
                    each.recv(1) if reads_slowly else each.sendall(b"x")

    trickling = Thread(target=trickle)
    trickling.start()
    took, end = [], monotonic() + SECONDS
    while monotonic() < end:
        took.append(endpoint.get())
    is_over.set()
    trickling.join()
    for each in slow:
        each.close()

    late = sum(seconds > ALLOWED for seconds in took)
    tell(f"{SLOW} slow clients ({what}), {endpoint.name}", len(took), late, remark=f"slowest {max(took):.2f} s")
    assert not late


def test_sample_proxies_are_installed():
    assert [name for name in ("nginx", "caddy") if not shutil.which(name)] == []
