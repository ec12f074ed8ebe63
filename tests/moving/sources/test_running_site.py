"""The URL of a running WordPress, entered in the newsroom's form, is read and imported."""

import json
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import StringIO
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page

from events.importing.fetch import fetch
from portal.moving import fetching
from portal.moving.models import ImportRun
from tests.builders import SampleSite, work_off
from tests.moving.conftest import POSTS, act, shown, upload
from tests.moving.exports import OLD, sitemap
from tests.moving.sources.test_rest import POST, routes

pytestmark = pytest.mark.usefixtures("media")
HELD = {**POST, "featured_media": 0}


class WordPress(BaseHTTPRequestHandler):
    """Responds as the REST API of a site with one post and no event, and with a sitemap."""

    found = routes(**{"wp/v2/posts": [HELD], "wp/v2/media": [], "tribe/events/v1/events": {"events": []}})

    def do_GET(self) -> None:
        body = self.found.get(urlsplit(self.path).path.removeprefix("/wp-json/"))
        sent = sitemap(f"{OLD}/wp-login.php") if self.path == "/sitemap.xml" else json.dumps(body)
        self.send_response(404 if sent == "null" else 200)
        self.end_headers()
        self.wfile.write(sent.encode())

    def log_message(self, *facts: Any) -> None:
        """Print nothing."""


@pytest.fixture
def old_site() -> Iterator[str]:
    """The URL of a running WordPress on this machine."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), WordPress)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def begun(administrator, lorraine: SampleSite, old_site: str) -> ImportRun:
    """An import of the running site, not read yet."""
    sent = {"edition": f"{lorraine.site.pk}-{lorraine.home.locale_id}", "address": old_site}
    administrator.post(reverse("moving_begin"), sent)
    return ImportRun.objects.get()


def test_running_site_is_read_proposed_and_imported(administrator, begun, saar, settings, monkeypatch):
    settings.CALENDAR_HOSTS = [urlsplit(begun.address).netloc]
    monkeypatch.setattr(fetching, "fetch", lambda address, **facts: fetch(address, **{**facts, "private_hosts": None}))
    work_off()
    assert "posts (1)" in shown(administrator, "moving_run", begun.pk)

    begun.refresh_from_db()
    act(administrator, begun, "import")

    assert begun.state == ImportRun.State.DONE
    page = Page.objects.get(title="L’atelier").specific
    assert page.get_site().pk == begun.site_id
    assert page.body[0].value.source == "<p>Le texte.</p>"


def test_running_site_waits_until_another_one_is_read(administrator, begun, saar, settings, monkeypatch):
    settings.CALENDAR_HOSTS = [urlsplit(begun.address).netloc]
    monkeypatch.setattr(fetching, "fetch", lambda address, **facts: fetch(address, **{**facts, "private_hosts": None}))
    facts = {"site": saar.site, "locale": saar.home.locale, "origin": OLD, "address": OLD}
    other = ImportRun.objects.create(**facts, claimed_until=timezone.now() + timedelta(minutes=10))
    work_off()
    assert "Another running site is being read" in shown(administrator, "moving_run", begun.pk)

    other.delete()
    work_off(pauses=True)

    page = shown(administrator, "moving_run", begun.pk)
    assert "posts (1)" in page
    assert "Another running site" not in page


def test_uploaded_export_waits_for_no_running_site(administrator, lorraine, saar):
    facts = {"site": saar.site, "locale": saar.home.locale, "origin": OLD, "address": OLD}
    ImportRun.objects.create(**facts, claimed_until=timezone.now() + timedelta(minutes=10))
    upload(administrator, lorraine, *POSTS)
    work_off()

    run = ImportRun.objects.get(site=lorraine.site)
    assert run.state == ImportRun.State.PROPOSED


def test_running_site_in_an_internal_network_is_not_read(administrator, begun, settings):
    settings.CALENDAR_HOSTS = [urlsplit(begun.address).netloc]
    work_off()

    begun.refresh_from_db()
    assert begun.state == ImportRun.State.FAILED
    assert f"--private-host {urlsplit(begun.address).netloc}" in shown(administrator, "moving_run", begun.pk)


def test_command_reads_a_site_in_an_internal_network_that_it_names(lorraine, old_site, tmp_path):
    output = StringIO()
    options = {"site": lorraine.host, "language": "fr", "private_host": [urlsplit(old_site).netloc], "stdout": output}

    call_command("import_wordpress", old_site, **options)

    assert Page.objects.filter(title="L’atelier").exists()
    assert "IS READ ALTHOUGH IT IS NOT PUBLIC" in output.getvalue()


@pytest.mark.parametrize("named", [[], ["127.0.0.1"], ["autre.example"]])
def test_command_reads_no_other_internal_site(lorraine, old_site, named):
    with pytest.raises(CommandError, match="--private-host"):
        call_command("import_wordpress", old_site, site=lorraine.host, language="fr", private_host=named)

    assert not Page.objects.filter(title="L’atelier").exists()


def test_sitemap_in_an_internal_network_is_read_if_its_host_is_named(lorraine, old_site):
    output = StringIO()
    options = {"site": lorraine.host, "private_host": [urlsplit(old_site).netloc], "stdout": output}
    call_command("import_wordpress", old_site, language="fr", **options)
    call_command("check_old_addresses", f"{old_site}/sitemap.xml", **options)
    assert output.getvalue().endswith("None of 1 addresses is lost.\n")

    with pytest.raises(CommandError, match="unless an administrator permits the host"):
        call_command("check_old_addresses", f"{old_site}/sitemap.xml", site=lorraine.host)
