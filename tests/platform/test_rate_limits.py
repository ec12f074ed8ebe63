"""Limits are exact at both ends of a window, apply to the real client, and lock nobody else out."""

import logging
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.core.checks import run_checks
from django.test import RequestFactory

from portal.content.readers import sources
from portal.content.readers.page_passwords import BY_SOURCE as GUESSES
from portal.content.readers.sources import network_of, source_of
from portal.platform.rate_limits import MAIL_LIMITS, GrowingDelay, RateLimit, may_send_mail_to
from tests.builders import make_article, make_private

MINUTE = timedelta(minutes=1)


@pytest.fixture
def behind(settings):
    """Returns the source to which a request with this header is attributed, behind this many proxies."""

    def source(forwarded: str | None, proxies: int = 1, remote: str = "192.0.2.1") -> str:
        settings.TRUSTED_PROXY, settings.TRUSTED_PROXIES = proxies > 0, max(proxies, 1)
        headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
        return source_of(RequestFactory().get("/", headers=headers, REMOTE_ADDR=remote))

    return source


@pytest.mark.parametrize("start", range(0, 60, 7))
def test_limit_is_not_doubled_at_the_edge_of_a_window(clock, start):
    limit = RateLimit("edge", 10, MINUTE)
    clock.shift(start)
    allowed = []
    for second in range(150):
        allowed += [second for _ in range(5) if limit.allows("anna")]
        clock.shift(1)

    assert max(sum(second <= each < second + 60 for each in allowed) for second in allowed) == limit.most
    assert len(allowed) >= 2 * limit.most


def test_refused_attempts_do_not_prolong_the_limit(clock):
    limit = RateLimit("refused", 2, MINUTE)
    for _ in range(50):
        limit.allows("anna")
    clock.shift(67)

    assert limit.allows("anna")


def test_growing_delay_admits_again_after_each_wait(clock):
    delay = GrowingDelay("growing", 3, timedelta(seconds=60))
    waits = []
    for _ in range(12):
        if seconds := delay.wait("anna"):
            waits.append(seconds)
            clock.shift(seconds)
            assert delay.wait("anna") == 0

    assert waits == [1, 2, 4, 8, 16, 32, 60, 60]


def test_growing_delay_admits_one_of_many_simultaneous_attempts(clock, settings):
    # Each thread would leave connections to Redis behind.
    settings.CACHES = settings.CACHES | {"limits": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    delay = GrowingDelay("at-once", 1, timedelta(minutes=15))
    delay.wait("anna")
    start, admitted = Barrier(20), []

    def attempt() -> None:
        start.wait()
        admitted.append(delay.wait("anna") == 0)

    threads = [Thread(target=attempt) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert admitted.count(True) == 1


def test_daily_limit_is_separate(clock):
    allowed = 0
    for _ in range(24):
        allowed += sum(may_send_mail_to("anna@example.org") for _ in range(10))
        clock.shift(timedelta(minutes=59))

    assert allowed == MAIL_LIMITS[1].most


def test_rate_limits_store_no_address(clock):
    from django.core.cache import caches

    may_send_mail_to("anna@example.org")

    assert "anna" not in repr(getattr(caches["limits"], "_cache", ""))


def test_counter_survives_two_thousand_others(clock):
    limit = RateLimit("test", 1, timedelta(hours=1))
    assert limit.allows("anna")
    for number in range(2000):
        limit.allows(number)

    assert not limit.allows("anna")


@pytest.mark.parametrize(
    ("proxies", "forwarded", "remote", "source"),
    [
        (0, "203.0.113.9", "192.0.2.1", "192.0.2.1"),
        (0, None, "2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        (0, None, "::ffff:192.0.2.7", "192.0.2.7"),
        (0, None, "", "unknown"),
        (1, "203.0.113.9", "192.0.2.1", "203.0.113.9"),
        (1, "1.1.1.1, 203.0.113.9", "192.0.2.1", "203.0.113.9"),
        (1, "1.1.1.1, 203.0.113.9:51000", "192.0.2.1", "203.0.113.9"),
        (1, "[2001:db8:1:2:3::4]:51000", "192.0.2.1", "2001:db8:1:2::/64"),
        (1, "nonsense", "192.0.2.1", "unknown"),
        (1, None, "192.0.2.1", "192.0.2.1"),
        (1, " ", "192.0.2.1", "192.0.2.1"),
        (2, "1.1.1.1, 203.0.113.9, 10.0.0.1", "10.0.0.2", "203.0.113.9"),
        (2, "1.1.1.1,2.2.2.2,203.0.113.9,10.0.0.1", "10.0.0.2", "203.0.113.9"),
        (2, "10.0.0.7", "10.0.0.2", "10.0.0.7"),
    ],
)
def test_source_is_the_client_of_the_outermost_trusted_proxy(behind, proxies, forwarded, remote, source):
    assert behind(forwarded, proxies, remote) == source


def test_network_is_wider_than_the_source(settings):
    def network(remote: str) -> str:
        return network_of(RequestFactory().get("/", REMOTE_ADDR=remote))

    assert network("192.0.2.7") == "192.0.2.0/24"
    assert network("2001:db8:1:2:3::4") == "2001:db8:1::/48"


def test_proxy_without_the_header_is_logged_once(behind, caplog):
    sources._warn_of_missing_header.cache_clear()
    with caplog.at_level(logging.WARNING, logger="portal.content.readers.sources"):
        behind(None)
        behind(None)

    assert [record.getMessage().partition(":")[0] for record in caplog.records] == [
        "TRUSTED_PROXY is set, but a request came without X-Forwarded-For"
    ]


@pytest.mark.parametrize(
    ("facts", "found"),
    [
        ({"TRUSTED_PROXY": True, "TRUSTED_PROXIES": 2, "HTTPS": True}, []),
        ({"TRUSTED_PROXY": False, "TRUSTED_PROXIES": 2, "HTTPS": False}, ["portal.E002"]),
        ({"TRUSTED_PROXY": True, "TRUSTED_PROXIES": 0, "HTTPS": True}, ["portal.E001"]),
        ({"TRUSTED_PROXY": False, "TRUSTED_PROXIES": 1, "HTTPS": True}, ["portal.W001"]),
    ],
)
def test_system_check_validates_the_proxy_settings(settings, facts, found):
    for name, value in facts.items():
        setattr(settings, name, value)

    ids = [each.id for each in run_checks(tags=["security"], include_deployment_checks=True)]
    assert [each for each in ids if each.startswith("portal.")] == found


def test_forms_search_and_api_count_the_same_source(lorraine, settings):
    settings.TRUSTED_PROXY, settings.API_REQUESTS_A_MINUTE = True, 1
    reader = lorraine.reader()

    def statuses(path: str, times: int) -> list[int]:
        # The client sends a different first entry each time; our proxy appends the last.
        return [
            reader.get(path, headers={"x-forwarded-for": f"198.51.100.{number}, 2001:db8:1:2::{number:x}"}).status_code
            for number in range(1, times + 1)
        ]

    assert statuses("/api/v2/pages/", 2) == [200, 429]
    assert statuses("/fr/recherche/?q=rien", 41)[-1] == 429


@pytest.mark.django_db
class TestPagePassword:
    @pytest.fixture
    def action(self, lorraine, reader):
        article = make_article(lorraine.section, "Réservé")
        make_private(article, password="sésame")
        return reader.get(lorraine.address(article)).context["action_url"]

    def test_guesses_beyond_the_limit_are_not_checked(self, reader, action, clock):
        for _ in range(GUESSES.free + 1):
            assert reader.post(action, {"password": "devinette", "return_url": "/fr/"}).status_code == 200

        response = reader.post(action, {"password": "sésame", "return_url": "/fr/"})

        assert response.status_code == 429
        assert int(response["Retry-After"]) > 0

    def test_other_readers_are_not_locked_out(self, lorraine, reader, action, clock):
        for _ in range(GUESSES.free + 5):
            reader.post(action, {"password": "devinette", "return_url": "/fr/"})

        other = lorraine.reader()
        response = other.post(action, {"password": "sésame", "return_url": "/fr/"}, REMOTE_ADDR="203.0.113.9")

        assert response.status_code == 302

    def test_password_of_one_page_does_not_reset_the_limit_of_another(self, lorraine, reader, action, clock):
        known = make_article(lorraine.section, "Connu de tous")
        make_private(known, password="connu")
        other = reader.get(lorraine.address(known)).context["action_url"]
        answers = []
        for number in range(2 * GUESSES.free):
            answers.append(reader.post(action, {"password": f"essai {number}", "return_url": "/fr/"}).status_code)
            reader.post(other, {"password": "connu", "return_url": "/fr/"})

        assert 429 in answers
