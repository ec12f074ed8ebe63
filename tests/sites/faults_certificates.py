"""Caddy obtains certificates for the hosts of the database at their first request. Run with `make faults`.

Needs Caddy. The sample is used unchanged, except for ports and Caddy's own certificate authority.
"""

import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPResponse
from pathlib import Path
from typing import NamedTuple

import pytest
import requests

from portal.allowed_hosts import SITE_HOSTS
from portal.content.records.hosts import FurtherHost
from portal.env import BASE_DIR
from portal.sites.creation import SiteSpec, create_site
from portal.sites.deletion import delete_site
from tests.database_copies import Installation, finished
from tests.faults import tell, wait_for
from tests.sink import free_port

HOST, FURTHER, NEW = "www.example.org", "example.org", "news.example.org"


class Reply(NamedTuple):
    status: int
    location: str
    body: str


@dataclass(frozen=True)
class Caddy:
    installation: Installation
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


@pytest.fixture
def caddy(light_settings, installation: Installation, db, tmp_path: Path, settings) -> Iterator[Caddy]:
    settings.ALLOWED_HOSTS = SITE_HOSTS
    with installation.here():
        site = create_site(SiteSpec(HOST, "Example", ("fr",), port=443, is_open=True)).site
        FurtherHost.objects.create(hostname=FURTHER, site=site)
    own = {"HTTPS": "yes", "TRUSTED_PROXY": "yes", "ALLOWED_HOSTS": "sites", "WEB_WORKERS": "1", "HOST_CHECKS": "no"}
    finished(installation.start("manage.py", "collectstatic", "--noinput", "-v0", **own))
    web, port, folder = free_port(), free_port(), tmp_path / "caddy-data"
    folder.mkdir()
    text = (BASE_DIR / "deploy/Caddyfile").read_text(encoding="utf-8")
    ports = f"admin off\n\tskip_install_trust\n\thttp_port {free_port()}\n\thttps_port {port}"
    text = text.replace("\n{\n", f"\n{{\n\t{ports}\n", 1).replace(
        "\t\ton_demand\n", "\t\ton_demand\n\t\tissuer internal\n"
    )
    (folder / "Caddyfile").write_text(text)
    names = {"XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder), "PORTAL_ADDRESS": f"127.0.0.1:{web}"}
    if subprocess.check_output(["caddy", "version"], text=True).removeprefix("v").startswith("2.6."):
        names |= {"PORTAL_BUFFER_REQUESTS": "buffer_requests", "PORTAL_BUFFER_RESPONSES": "buffer_responses"}
    with (folder / "log").open("wb") as log:
        processes = [
            subprocess.Popen(command, cwd=BASE_DIR, env=installation.environment | own | more, stdout=log, stderr=log)
            for command, more in (
                ([sys.executable, "-m", "gunicorn", "--config", "portal/server.py"], {"PORT": str(web)}),
                (["caddy", "run", "--adapter", "caddyfile", "--config", str(folder / "Caddyfile")], names),
            )
        ]
    try:
        wait_for(lambda: _responds(f"http://127.0.0.1:{web}/-/live"), 60)
        wait_for(lambda: _is_open(port), 30)
        yield Caddy(installation, folder, port)
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(30)


def _responds(address: str) -> bool:
    try:
        return requests.get(address, timeout=5).ok
    except requests.ConnectionError:
        return False


def _is_open(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


def test_hosts_of_the_database_get_certificates_and_no_others(caddy):
    unknown = [f"unknown-{number}.example" for number in range(10)]
    refused = sum(caddy.is_refused(host) for host in unknown)
    page = caddy.get("/fr/", HOST)
    redirect = caddy.get("/fr/?a=b", FURTHER)
    state = caddy.get("/-/host?domain=" + HOST, HOST)
    # A certificate of one host does not open another one.
    forged = caddy.get("/fr/", HOST, header="evil.example")

    tell("certificates on demand: unknown hosts", len(unknown), errors=len(unknown) - refused)
    assert refused == len(unknown)
    assert page.status == 200
    assert f'<link rel="canonical" href="https://{HOST}/fr/">' in page.body
    assert (redirect.status, redirect.location) == (301, f"https://{HOST}/fr/?a=b")
    assert state.status == 404
    assert forged.status == 400
    assert "evil.example" not in forged.body
    assert caddy.names() == {HOST, FURTHER}


def test_new_site_is_served_without_a_reload_and_a_deleted_one_no_longer(caddy):
    assert caddy.is_refused(NEW)

    with caddy.installation.here():
        site = create_site(SiteSpec(NEW, "News", ("fr",), port=443)).site
    wait_for(lambda: not caddy.is_refused(NEW), 30)
    assert caddy.get("/fr/", NEW).status == 200

    with caddy.installation.here():
        delete_site(site)
    assert caddy.get("/fr/", NEW).status == 400
