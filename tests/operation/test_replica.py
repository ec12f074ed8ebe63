"""The database that a request uses if readers have a replica. faults_replica.py tests this with real servers."""

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError
from django.http import HttpResponse
from django.test import RequestFactory

from articles.models import ArticlePage
from portal import databases
from portal.platform.operation import replica
from portal.platform.operation.replica import PRIMARY, REPLICA, WRITTEN, ReadersReplica, Router

SQLITE, POSTGRESQL = {"ENGINE": databases.SQLITE}, {"ENGINE": databases.POSTGRESQL}


@pytest.fixture
def databases_of(monkeypatch):
    """Returns a function that records the database of each query in a request; the replica is up to date."""
    monkeypatch.setattr(replica, "is_configured", lambda: True)
    monkeypatch.setattr(replica, "_is_up_to_date", lambda: True)

    def record_databases(request, *queries: str) -> list[str]:
        found: list[str] = []
        router = Router()

        def respond(_request):
            found.extend(getattr(router, f"db_for_{query}")(ArticlePage) for query in queries)
            return HttpResponse()

        ReadersReplica(respond)(request)
        return found

    return record_databases


@pytest.mark.parametrize(
    ("method", "path", "cookies", "where"),
    [
        ("get", "/fr/", {}, [REPLICA, PRIMARY, PRIMARY]),
        ("get", "/fr/", {settings.SESSION_COOKIE_NAME: "of-somebody"}, [PRIMARY] * 3),
        ("post", "/fr/", {}, [PRIMARY] * 3),
        ("get", "/admin/login/", {}, [PRIMARY] * 3),
    ],
)
def test_reader_without_a_session_reads_from_the_replica_until_the_first_write(
    databases_of, method, path, cookies, where
):
    request = getattr(RequestFactory(), method)(path)
    request.COOKIES |= cookies

    assert databases_of(request, "read", "write", "read") == where


def test_code_outside_of_requests_reads_from_the_primary():
    assert Router().db_for_read(ArticlePage) == PRIMARY


@pytest.fixture
def servers(monkeypatch):
    """The responses of the two servers: a position, an error code, or an empty text for no response."""
    monkeypatch.setattr(replica, "_paused_until", {PRIMARY: 0.0, REPLICA: 0.0})
    monkeypatch.setattr(replica, "_silent", set())
    monkeypatch.setattr(replica, "_last_written", "")
    state = {"primary": 5, "error": None, "replica": 5, "in recovery": True}

    class Server:
        def __init__(self, alias):
            self.alias = alias

        cursor = close = __enter__ = lambda self: self

        def __exit__(self, *_failure):
            return False

        def execute(self, query, values):
            self.query, self.values = query, values
            if self.alias == PRIMARY and state["error"] is not None:
                fault = Exception()
                fault.sqlstate = state["error"]
                raise OperationalError from fault

        def fetchone(self):
            if self.query == WRITTEN:
                return [str(state["primary"])]
            return [state["replica"] >= int(self.values[0]) if self.values else state["in recovery"]]

    monkeypatch.setattr(replica, "connections", {alias: Server(alias) for alias in (PRIMARY, REPLICA)})
    return state


def test_replica_that_lags_is_not_read(servers):
    servers["replica"] = 4
    assert not replica._is_up_to_date()


@pytest.mark.parametrize(("code", "is_read"), [("", True), ("57P01", True), ("08006", True), ("53300", False)])
def test_primary_with_an_error_is_not_considered_down(servers, code, is_read):
    replica._is_up_to_date()
    servers["error"] = code
    assert replica._is_up_to_date() is is_read


def test_lagging_replica_is_not_used_when_the_primary_is_down(servers):
    servers["primary"] = 6
    replica._is_up_to_date()
    servers["error"] = ""
    assert not replica._is_up_to_date()


def test_promoted_replica_is_not_read_as_a_replica(servers):
    replica._is_up_to_date()
    servers.update({"error": "", "in recovery": False})
    assert not replica._is_up_to_date()


@pytest.mark.parametrize(("primary", "copy"), [(SQLITE, POSTGRESQL), (POSTGRESQL, SQLITE)])
def test_sqlite_has_no_replica(primary, copy):
    with pytest.raises(ImproperlyConfigured):
        databases.replicas(primary, copy)
