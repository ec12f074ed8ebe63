"""`/-/version` gives proxies the content version, which nginx includes in its cache keys."""

from django.db import OperationalError, connection
from django.test import Client

from portal.content.records.people import Person
from portal.platform.operation import changes
from portal.platform.operation.changes import content_version


def test_version_is_in_a_header_for_any_host_and_changes_with_the_content(db):
    proxy = Client(headers={"host": "127.0.0.1:8000"})
    first = proxy.get("/-/version")
    Person.objects.create(name="Claire", slug="claire")
    second = proxy.get("/-/version")

    assert [first.status_code, second.status_code] == [204, 204]
    assert first["X-Content-Version"] != second["X-Content-Version"] == str(content_version())
    assert first["Cache-Control"] == "no-store"


def test_there_is_no_version_during_migrations(db):
    changes.suspend(connection)
    try:
        assert Client().get("/-/version").status_code == 404
    finally:
        changes.install(connection)


def test_proxy_gets_an_error_without_a_database(db):
    def fail(*_arguments):
        raise OperationalError("the connection is lost")

    with connection.execute_wrapper(fail):
        assert Client(raise_request_exception=False).get("/-/version").status_code == 503
