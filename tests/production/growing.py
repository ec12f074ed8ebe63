"""What an operator adds to the machine of README's block: PgBouncer, a site, a further host, Caddy.

Run with `make production`; the commands are blocks of docs/operations.md, executed as a person copies them.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import psycopg
import pytest
import requests

from tests.faults import wait_for
from tests.production.caddy import Caddy, caddy_in_front_of
from tests.production.machine import HOST, Machine, block_below
from tests.production.newsroom import SITE, send, sign_in

SECOND, FURTHER, UNKNOWN = "news.example.org", "news.example.net", "unknown.example.org"
SECOND_SITE = f"https://{SECOND}"
CONNECTIONS = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'portal'"


@pytest.fixture(scope="module")
def pooled(ran) -> Machine:
    """The machine with PgBouncer between its web server and PostgreSQL."""
    made, _shown = ran
    made.run(block_below("## A pooler of connections"))
    wait_until_ready(made)
    return made


def wait_until_ready(made: Machine) -> None:
    try:
        wait_for(made.is_ready, 120)
    except AssertionError as error:
        for unit in ("portal-web", "pgbouncer"):
            error.add_note((made.folder / "log" / unit).read_text()[-3000:])
        raise


@contextmanager
def stopped(made: Machine, *units: str) -> Iterator[None]:
    made.systemctl("stop", *units)
    try:
        yield
    finally:
        made.systemctl("start", *units)
    wait_until_ready(made)


def setting(made: Machine, name: str) -> str:
    return re.search(rf"^{name}=(.*)$", (made.home / ".env").read_text(), re.MULTILINE)[1]


def serve_new_hosts(made: Machine, browser: requests.Session, host: str) -> None:
    made.run(block_below("### Hosts and certificates"))

    def is_served() -> bool:
        try:
            return browser.get(f"https://{host}/", allow_redirects=False, timeout=30).ok
        except requests.ConnectionError:
            return False

    # nginx reloads without a pause, so its former workers may still respond.
    wait_for(is_served, 30)


@pytest.fixture
def second(pooled, installed, browser) -> str:
    """The host of a site that the administrator created with the form Settings → New site."""
    if SECOND not in installed.manage("hosts"):
        sign_in(browser)
        facts = {"host": SECOND, "name": "News", "own_language": "fr", "other_languages": "de", "theme": "ocean"}
        assert "News was created" in send(browser, "/admin/sites/create/", **facts).text
        serve_new_hosts(installed, browser, SECOND)
    return SECOND


@pytest.fixture
def further(second, installed, browser) -> str:
    """A host that the administrator added to the second site with Settings → Hosts."""
    if FURTHER not in installed.manage("hosts"):
        sign_in(browser)
        form = browser.get(f"{SITE}/admin/hosts/", timeout=30).text
        key = re.search(r'<option value="(\d+)"[^>]*>\s*News\s*<', form)[1]
        send(browser, "/admin/hosts/", host=FURTHER, site=key)
        serve_new_hosts(installed, browser, FURTHER)
    return FURTHER


@pytest.fixture
def caddy(further, installed, tmp_path) -> Iterator[Caddy]:
    with caddy_in_front_of(installed.web, tmp_path / "caddy") as made:
        yield made


class TestPgBouncer:
    def test_readers_get_503_while_pgbouncer_is_stopped(self, pooled):
        with stopped(pooled, "pgbouncer"):
            assert pooled.get("/-/ready").status_code == 503

    def test_commands_work_while_pgbouncer_is_stopped(self, pooled):
        with stopped(pooled, "pgbouncer"):
            assert HOST in pooled.manage("hosts")

    def test_web_server_has_no_connection_beside_pgbouncer(self, second, browser, pooled):
        assert browser.get(f"{SITE}/fr/", timeout=30).status_code == 200

        with stopped(pooled, "portal-scheduler", "pgbouncer"):
            # PostgreSQL notices within a moment that a client is gone.
            wait_for(lambda: pooled.cluster.run(CONNECTIONS) == "0", 10)

    def test_long_queries_are_cancelled_as_the_sample_says(self, pooled):
        with psycopg.connect(setting(pooled, "DATABASE_POOLER_URL")) as client:
            assert client.execute("SHOW statement_timeout").fetchone() == ("30s",)

    def test_file_of_pgbouncer_has_the_hash_of_the_password_only(self, pooled):
        password = urlsplit(setting(pooled, "DATABASE_URL")).password
        stored = (pooled.folder / "etc/pgbouncer/userlist.txt").read_text()

        assert '"portal" "SCRAM-SHA-256$' in stored
        assert password not in stored


class TestNewSite:
    """`ALLOWED_HOSTS=sites` in README's block: neither .env nor the web server's processes are touched."""

    def test_pages_name_its_address(self, second, browser):
        page = browser.get(f"{SECOND_SITE}/fr/", timeout=30)

        assert page.status_code == 200
        assert f'<link rel="canonical" href="{SECOND_SITE}/fr/">' in page.text
        assert f'hreflang="de" href="{SECOND_SITE}/de/"' in page.text

    def test_feed_names_its_address(self, second, browser):
        feed = browser.get(f"{SECOND_SITE}/fr/a-la-une/feed.rss", timeout=30).text

        assert f"<link>{SECOND_SITE}/fr/a-la-une/</link>" in feed
        assert ":8000" not in feed

    def test_links_in_mails_name_its_address(self, second, installed):
        lines = "from portal.editorial.sites import site_by_host as site"
        lines += "; from portal.newsletter.subscribers.links import unsubscribe_link as link"
        lines += f"; print(link(1, site('{SECOND}'), 'fr'))"

        assert installed.manage("shell", "--no-imports", "-v0", "-c", lines).startswith(f"{SECOND_SITE}/fr/")

    def test_command_creates_no_second_site_for_its_host(self, second, installed):
        message = installed.manage("create_site", "--host", SECOND, "--name", "News", "--languages", "fr,de")

        assert "existed already, with all of these languages" in message

    def test_first_site_is_still_served(self, second, browser):
        assert f'<link rel="canonical" href="{SITE}/fr/">' in browser.get(f"{SITE}/fr/", timeout=30).text


class TestFurtherHost:
    def test_it_redirects_to_the_same_page_of_its_site_for_good(self, further, browser):
        response = browser.get(f"https://{FURTHER}/fr/?a=b", timeout=30, allow_redirects=False)

        assert (response.status_code, response.headers["Location"]) == (301, f"{SECOND_SITE}/fr/?a=b")

    @pytest.mark.parametrize(
        ("host", "status"), [(HOST, 200), (SECOND, 200), (FURTHER, 200), (UNKNOWN, 404), (f"x.{HOST}", 404)]
    )
    def test_proxy_may_obtain_certificates_for_hosts_of_sites_only(self, further, installed, host, status):
        assert installed.get(f"/-/host?domain={host}").status_code == status

    def test_readers_cannot_find_out_which_hosts_there_are(self, further, browser):
        assert browser.get(f"{SITE}/-/host?domain={HOST}", timeout=30).status_code == 404


class TestCaddy:
    def test_caddy_obtains_a_certificate_for_each_host_at_its_first_request(self, caddy):
        page, redirect = caddy.get("/fr/", SECOND), caddy.get("/fr/", FURTHER)

        assert page.status == 200
        assert f'<link rel="canonical" href="{SECOND_SITE}/fr/">' in page.body
        assert (redirect.status, redirect.location) == (301, f"{SECOND_SITE}/fr/")
        assert caddy.names() == {SECOND, FURTHER}

    def test_caddy_has_no_certificate_for_an_unknown_host(self, caddy):
        assert caddy.is_refused(UNKNOWN)
        assert caddy.names() == set()
