"""Where queries go when readers have a replica; what they notice of it is asked by faults_replica.py."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpResponse
from django.test import RequestFactory

from articles.models import ArticlePage
from portal import databases
from portal.core.operation import replica
from portal.core.operation.replica import PRIMARY, REPLICA, ReadersReplica, Router

SQLITE, POSTGRESQL = {"ENGINE": databases.SQLITE}, {"ENGINE": databases.POSTGRESQL}


@pytest.fixture
def asked(monkeypatch):
    """Asks a request where its queries go, one after the other, with a replica that has everything."""
    monkeypatch.setattr(replica, "is_configured", lambda: True)
    monkeypatch.setattr(replica, "_has_everything", lambda: True)

    def ask(request, *queries: str) -> list[str]:
        found: list[str] = []
        router = Router()

        def respond(_request):
            found.extend(getattr(router, f"db_for_{query}")(ArticlePage) for query in queries)
            return HttpResponse()

        ReadersReplica(respond)(request)
        return found

    return ask


def test_reader_reads_from_the_replica(asked):
    assert asked(RequestFactory().get("/fr/"), "read") == [REPLICA]


def test_who_has_written_reads_from_the_primary(asked):
    assert asked(RequestFactory().get("/fr/"), "read", "write", "read") == [REPLICA, PRIMARY, PRIMARY]


def test_whoever_has_a_session_reads_from_the_primary(asked, settings):
    request = RequestFactory().get("/fr/")
    request.COOKIES[settings.SESSION_COOKIE_NAME] = "of-somebody"

    assert asked(request, "read") == [PRIMARY]


def test_form_and_newsroom_read_from_the_primary(asked):
    requests = [RequestFactory().post("/fr/"), RequestFactory().get("/admin/login/")]

    assert [asked(request, "read") for request in requests] == [[PRIMARY], [PRIMARY]]


def test_what_runs_outside_of_requests_reads_from_the_primary():
    assert Router().db_for_read(ArticlePage) == PRIMARY


@pytest.mark.parametrize(("primary", "copy"), [(SQLITE, POSTGRESQL), (POSTGRESQL, SQLITE)])
def test_sqlite_has_no_replica(primary, copy):
    with pytest.raises(ImproperlyConfigured):
        databases.replicas(primary, copy)
