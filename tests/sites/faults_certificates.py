"""Caddy obtains certificates for the hosts of the database at their first request. Run with `make faults`.

Needs Caddy.
"""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from portal.allowed_hosts import SITE_HOSTS
from portal.content.records.hosts import FurtherHost
from portal.env import BASE_DIR
from portal.sites.creation import SiteSpec, create_site
from portal.sites.deletion import delete_site
from tests.database_copies import Installation, finished
from tests.faults import tell, wait_for
from tests.production.caddy import Caddy, caddy_in_front_of
from tests.sink import free_port

HOST, FURTHER, NEW = "www.example.org", "example.org", "news.example.org"


@pytest.fixture
def caddy(light_settings, installation: Installation, db, tmp_path: Path, settings) -> Iterator[Caddy]:
    settings.ALLOWED_HOSTS = SITE_HOSTS
    with installation.here():
        site = create_site(SiteSpec(HOST, "Example", ("fr",), port=443, is_open=True)).site
        FurtherHost.objects.create(hostname=FURTHER, site=site)
    own = {"HTTPS": "yes", "TRUSTED_PROXY": "yes", "ALLOWED_HOSTS": "sites", "WEB_WORKERS": "1", "HOST_CHECKS": "no"}
    finished(installation.start("manage.py", "collectstatic", "--noinput", "-v0", **own))
    web = free_port()
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "--config", "portal/server.py"],
            cwd=BASE_DIR,
            env=installation.environment | own | {"PORT": str(web)},
            stdout=log,
            stderr=log,
        )
    try:
        wait_for(lambda: _responds(f"http://127.0.0.1:{web}/-/live"), 60)
        with caddy_in_front_of(web, tmp_path / "caddy-data") as made:
            yield made
    finally:
        process.terminate()
        process.wait(30)


def _responds(address: str) -> bool:
    try:
        return requests.get(address, timeout=5).ok
    except requests.ConnectionError:
        return False


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


def test_new_site_is_served_without_a_reload_and_a_deleted_one_no_longer(caddy, installation):
    assert caddy.is_refused(NEW)

    with installation.here():
        site = create_site(SiteSpec(NEW, "News", ("fr",), port=443)).site
    wait_for(lambda: not caddy.is_refused(NEW), 30)
    assert caddy.get("/fr/", NEW).status == 200

    with installation.here():
        delete_site(site)
    assert caddy.get("/fr/", NEW).status == 400
