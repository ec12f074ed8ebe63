"""Caddy with the sample of deploy/, unchanged except for ports and its own certificate authority."""

import os
import socket
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPResponse
from pathlib import Path
from typing import NamedTuple

from portal.env import BASE_DIR
from tests.faults import wait_for
from tests.sink import free_port


class Reply(NamedTuple):
    status: int
    location: str
    body: str


@dataclass(frozen=True)
class Caddy:
    folder: Path
    port: int

    def get(self, path: str, host: str, header: str = "") -> Reply:
        """The response with a verified certificate. Raises ssl.SSLError if Caddy has none for the host."""
        authority = self.folder / "caddy/pki/authorities/local/root.crt"
        context = ssl.create_default_context(cafile=str(authority) if authority.exists() else None)
        with (
            socket.create_connection(("127.0.0.1", self.port), timeout=30) as plain,
            context.wrap_socket(plain, server_hostname=host) as client,
        ):
            client.sendall(f"GET {path} HTTP/1.1\r\nHost: {header or host}\r\nConnection: close\r\n\r\n".encode())
            response = HTTPResponse(client)
            response.begin()
            return Reply(response.status, response.getheader("Location", ""), response.read().decode())

    def is_refused(self, host: str) -> bool:
        try:
            self.get("/fr/", host)
        except ssl.SSLError:
            return True
        return False

    def names(self) -> set[str]:
        """The hosts with a certificate."""
        return {path.stem for path in self.folder.rglob("certificates/**/*.crt")}

    def is_open(self) -> bool:
        with socket.socket() as client:
            return client.connect_ex(("127.0.0.1", self.port)) == 0


@contextmanager
def caddy_in_front_of(web: int, folder: Path) -> Iterator[Caddy]:
    """Caddy before the web server on the port `web`; its certificates are in `folder`, which must not exist."""
    folder.mkdir()
    made = Caddy(folder, free_port())
    text = (BASE_DIR / "deploy/Caddyfile").read_text(encoding="utf-8")
    ports = f"admin off\n\tskip_install_trust\n\thttp_port {free_port()}\n\thttps_port {made.port}"
    text = text.replace("\n{\n", f"\n{{\n\t{ports}\n", 1).replace(
        "\t\ton_demand\n", "\t\ton_demand\n\t\tissuer internal\n"
    )
    (folder / "Caddyfile").write_text(text)
    names = {"XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder), "PORTAL_ADDRESS": f"127.0.0.1:{web}"}
    if subprocess.check_output(["caddy", "version"], text=True).removeprefix("v").startswith("2.6."):
        names |= {"PORTAL_BUFFER_REQUESTS": "buffer_requests", "PORTAL_BUFFER_RESPONSES": "buffer_responses"}
    command = ["caddy", "run", "--adapter", "caddyfile", "--config", str(folder / "Caddyfile")]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=BASE_DIR, env=os.environ | names, stdout=log, stderr=log)
    try:
        wait_for(made.is_open, 30)
        yield made
    finally:
        process.terminate()
        process.wait(30)
