"""With ALLOWED_HOSTS=sites, exactly the hosts of the database are served, without a query for others."""

import logging

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from wagtail.models import Site

from portal import allowed_hosts, logs
from portal.allowed_hosts import SITE_HOSTS, SiteHosts
from portal.content.records.hosts import FurtherHost
from portal.platform.caching.wsgi_cache import ResponseCache
from portal.sites.creation import SiteSpec, create_site
from tests.builders import newsroom_client, reader_of


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(allowed_hosts, "monotonic", made)
    return made


@pytest.fixture
def hosts(lorraine, saar, settings, clock) -> SiteHosts:
    FurtherHost.objects.create(hostname="bare.example", site=lorraine.site)
    settings.ALLOWED_HOSTS = SiteHosts(["sites"])
    return settings.ALLOWED_HOSTS


def test_sites_of_the_database_are_served(hosts):
    assert reader_of("lorraine.localhost").get("/fr/").status_code == 200
    assert reader_of("saar.localhost").get("/fr/").status_code == 200


def test_further_host_redirects(hosts):
    assert reader_of("bare.example").get("/fr/").headers["Location"] == "http://lorraine.localhost/fr/"


@pytest.mark.parametrize(
    "host", ["unknown.example", "sites", "x.lorraine.localhost", "lorraine.localhost.evil.example", ".localhost", "*"]
)
@pytest.mark.parametrize("path", ["/fr/", "/", "/admin/login/", "/robots.txt", "/pictures/x/1/max-165x165/"])
def test_all_other_hosts_are_refused(hosts, host, path):
    assert reader_of(host).get(path).status_code == 400


def test_unknown_host_is_not_redirected_to_https(hosts, settings):
    settings.SECURE_SSL_REDIRECT = True

    assert Client(headers={"Host": "evil.example"}).get("/fr/").status_code == 400


def test_unknown_hosts_cost_one_query_a_second(hosts, clock):
    reader_of("lorraine.localhost").get("/fr/")

    def queries(first: int, host: str = "unknown-{}.example") -> int:
        with CaptureQueriesContext(connection) as captured:
            for number in range(first, first + 20):
                assert reader_of(host.format(number)).get("/fr/").status_code == 400
        return len(captured)

    assert queries(0) == 0
    clock.now += 1
    assert queries(20) == 1
    assert queries(40) == 0


def test_unknown_host_passes_the_cache_without_a_query(hosts):
    reader_of("lorraine.localhost").get("/fr/")
    passed = []
    cache = ResponseCache(lambda environ, start: passed.append(environ["HTTP_HOST"]) or [], 1)

    with CaptureQueriesContext(connection) as captured:
        cache(
            {
                "REQUEST_METHOD": "GET",
                "HTTP_HOST": "unknown.example:8000",
                "PATH_INFO": "/fr/",
                "wsgi.url_scheme": "http",
            },
            None,
        )

    assert (passed, len(captured)) == (["unknown.example:8000"], 0)


def test_new_site_is_served_within_a_second(hosts, clock):
    assert reader_of("vosges.example").get("/fr/").status_code == 400

    create_site(SiteSpec("vosges.example", "Vosges", ("fr",), port=80))
    clock.now += 1

    assert reader_of("vosges.example").get("/fr/").status_code == 200


def test_host_of_a_deleted_site_is_refused_at_once(hosts, saar):
    assert reader_of("saar.localhost").get("/fr/").status_code == 200

    saar.site.delete()

    assert reader_of("saar.localhost").get("/fr/").status_code == 400
    assert reader_of("lorraine.localhost").get("/fr/").status_code == 200


def test_hosts_of_the_setting_are_served_beside_the_database(hosts, settings):
    settings.ALLOWED_HOSTS = SiteHosts(["sites", "localhost"])
    Site.objects.filter(hostname="localhost").delete()

    assert reader_of("lorraine.localhost").get("/fr/").status_code == 200
    assert next(iter(settings.ALLOWED_HOSTS)) == "localhost"


def fail(*args):
    raise OperationalError("the server is down")


def test_last_known_hosts_stay_while_the_database_is_down(hosts, clock):
    reader_of("lorraine.localhost").get("/fr/")
    clock.now += 60

    with connection.execute_wrapper(fail):
        known, unknown = reader_of("saar.localhost"), reader_of("unknown.example")
        known.raise_request_exception = unknown.raise_request_exception = False
        assert known.get("/fr/").status_code == 503
        assert unknown.get("/fr/").status_code == 400
    clock.now += allowed_hosts.PAUSE_AFTER_FAILURE

    assert reader_of("lorraine.localhost").get("/fr/").status_code == 200


def test_no_host_is_served_before_the_database_has_responded(hosts):
    with connection.execute_wrapper(fail):
        reader = reader_of("evil.example")
        reader.raise_request_exception = False
        response = reader.get("/fr/")

    assert response.status_code == 503
    assert "evil.example" not in response.content.decode()


def test_scan_of_unknown_hosts_is_one_log_line(hosts, monkeypatch):
    written = []
    handler = logging.Handler()
    handler.emit = written.append
    handler.addFilter(logs.OneUnknownHostPerMinute())
    logger = logging.getLogger(logs.UNKNOWN_HOST)
    logger.addHandler(handler)
    try:
        for number in range(20):
            reader_of(f"unknown-{number}.example").get("/fr/")
    finally:
        logger.removeHandler(handler)

    assert len(written) == 1


def test_new_host_needs_no_entry_in_the_settings(hosts):
    assert create_site(SiteSpec("news.example", "News", ("fr",))).site.hostname == "news.example"


def test_form_of_the_newsroom_is_accepted_from_its_own_host_only(lorraine, newsroom, hosts):
    client = newsroom_client(lorraine, next(iter(newsroom.values())))
    client.handler.enforce_csrf_checks = True
    page = client.get("/admin/account/")
    token = page.context["csrf_token"]

    def send(origin: str) -> int:
        data = {"csrfmiddlewaretoken": str(token)}
        return client.post("/admin/account/", data, headers={"Origin": origin}).status_code

    assert send("http://saar.localhost") == 403
    assert send("http://lorraine.localhost") != 403


class TestProxy:
    """A proxy requests `/-/host?domain=` before it obtains a certificate."""

    @pytest.fixture(autouse=True)
    def unread(self, hosts, settings, monkeypatch):
        monkeypatch.setattr(SITE_HOSTS, "_known", None)
        monkeypatch.setattr(SITE_HOSTS, "_next", 0.0)

    def ask(self, host: str, **facts: str):
        return Client(headers={"Host": "127.0.0.1:8000"}).get("/-/host", {"domain": host}, **facts)

    @pytest.mark.parametrize("host", ["lorraine.localhost", "SAAR.localhost", "bare.example"])
    def test_known_host_may_have_a_certificate(self, host):
        response = self.ask(host)

        assert response.status_code == 200
        assert not response.cookies
        assert response.headers["Cache-Control"] == "no-store"

    @pytest.mark.parametrize("host", ["unknown.example", "", "*", "x.lorraine.localhost", "\0", "a" * 5_000])
    def test_other_host_may_not(self, host):
        assert self.ask(host).status_code == 404

    def test_unknown_hosts_cost_one_query_a_second(self, django_assert_num_queries):
        with django_assert_num_queries(1):
            for number in range(20):
                assert self.ask(f"unknown-{number}.example").status_code == 404

    def test_former_site_gets_no_certificate_any_more(self, saar, clock):
        assert self.ask("saar.localhost").status_code == 200

        saar.site.delete()
        clock.now += 1

        assert self.ask("saar.localhost").status_code == 404

    def test_site_outside_an_explicit_setting_gets_none(self, settings):
        settings.ALLOWED_HOSTS = ["lorraine.localhost"]

        assert self.ask("lorraine.localhost").status_code == 200
        assert self.ask("saar.localhost").status_code == 404

    def test_nobody_else_gets_a_response(self):
        assert self.ask("lorraine.localhost", REMOTE_ADDR="8.8.8.8").status_code == 404
        assert self.ask("lorraine.localhost", headers={"X-Forwarded-For": "127.0.0.1"}).status_code == 404

    def test_it_needs_no_https(self, settings):
        settings.SECURE_SSL_REDIRECT = True

        assert self.ask("lorraine.localhost").status_code == 200
