"""Without the database, readers get a 503 in the site's look; without Redis, everything works."""

import errno
import io
import logging
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from time import monotonic
from uuid import uuid4

import pytest
from django.contrib.auth import get_user_model
from django.core.cache import caches
from django.core.files.storage import FileSystemStorage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import InternalError, OperationalError, connection, transaction
from django.urls import reverse
from psycopg.errors import ReadOnlySqlTransaction

from portal.media.models import Document
from portal.platform.operation.cache import PAUSE, faults_of
from portal.platform.operation.database import OncePerMinute, is_unavailable
from portal.platform.rate_limits import RateLimit
from search.models import LoggedQuery
from tests.builders import make_article, newsroom_client

pytestmark = pytest.mark.django_db


@contextmanager
def failing(matches="", message="the connection is lost", cause=None):
    """Every statement that contains this text fails."""

    def fail(execute, sql, params, many, context):
        if matches in sql:
            error = InternalError if cause else OperationalError
            raise error(message) from cause
        return execute(sql, params, many, context)

    with connection.execute_wrapper(fail):
        yield


@pytest.fixture
def patient_reader(reader):
    reader.raise_request_exception = False
    reader.get("/de/")
    return reader


def test_page_is_unavailable_for_half_a_minute_and_not_cached(patient_reader):
    with failing():
        response = patient_reader.get("/de/")

    assert response.status_code == 503
    assert (response["Retry-After"], response["Cache-Control"]) == ("30", "no-store")


def test_page_has_the_sites_name_language_and_colours(lorraine, patient_reader):
    with failing():
        page = patient_reader.get("/de/").content.decode()
        sheet = page.partition('href="/theme-')[2].partition('"')[0]
        theme = patient_reader.get(f"/theme-{sheet}")

    assert lorraine.site.site_name in page
    assert '<html lang="de">' in page
    assert (theme.status_code, theme["Content-Type"]) == (200, "text/css; charset=utf-8")


def test_site_that_the_worker_has_not_served_is_unavailable_too(reader):
    reader.raise_request_exception = False
    with failing():
        assert reader.get("/fr/").status_code == 503


@pytest.mark.parametrize("path", ["/admin/", "/fr/recherche/?q=bois", "/api/v2/pages/", "/fr/feed.rss", "/sitemap.xml"])
def test_no_other_address_is_an_internal_error(patient_reader, path):
    with failing():
        assert patient_reader.get(path).status_code == 503


def test_fault_during_rendering_is_a_503_too(lorraine, patient_reader):
    page = make_article(lorraine.section, "Une fonderie neuve")
    with failing("articles_articlepage"):
        assert patient_reader.get(lorraine.address(page)).status_code == 503


def test_write_to_a_read_only_database_is_a_503(patient_reader):
    message = "cannot execute INSERT in a read-only transaction"
    with failing("INSERT", message, ReadOnlySqlTransaction(message)):
        response = patient_reader.post("/admin/password_reset/", {"email": "redactrice@example.org"})

    assert (response.status_code, response["Retry-After"]) == (503, "30")


if connection.vendor == "postgresql":

    def test_read_only_database_is_reported_and_pages_are_served(lorraine, patient_reader):
        page = lorraine.address(make_article(lorraine.section, "Une fonderie neuve"))
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION READ ONLY")
            answers = [patient_reader.get(path) for path in (page, "/fr/recherche/?q=fonderie", "/-/ready")]
            # Make the database writable again.
            transaction.set_rollback(True)

        assert [response.status_code for response in answers] == [200, 200, 200]
        assert answers[2].json()["database"] is False


def test_other_errors_are_a_500():
    assert not is_unavailable(OperationalError("no such column: colour"))
    assert not is_unavailable(ValueError("the connection is lost"))


def test_log_has_one_line_for_a_fault_in_a_minute(patient_reader):
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.addFilter(OncePerMinute())
    logger = logging.getLogger("django.request")
    logger.addHandler(handler)
    try:
        with failing():
            for _number in range(20):
                patient_reader.get("/fr/")
    finally:
        logger.removeHandler(handler)

    assert written.getvalue() == "The database is unavailable: OperationalError: the connection is lost\n"


@pytest.mark.parametrize("message", ["attempt to write a readonly database", "database is locked", "disk is full"])
def test_search_works_if_it_cannot_be_counted(lorraine, reader, message):
    make_article(lorraine.section, "Une fonderie neuve")
    with failing(LoggedQuery._meta.db_table, message):
        response = reader.get("/fr/recherche/?q=fonderie")

    assert response.status_code == 200
    assert "fonderie" in response.content.decode()
    assert not LoggedQuery.objects.exists()


def test_upload_onto_a_full_disk_is_a_503(lorraine, monkeypatch):
    editor = newsroom_client(lorraine, get_user_model().objects.create_superuser("ada", "ada@example.org"))
    editor.raise_request_exception = False

    def full(*arguments, **options):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(FileSystemStorage, "_save", full)
    form = {"title": "Plan", "file": SimpleUploadedFile("plan.pdf", b"%PDF-1.4 plan"), "collection": "1"}
    response = editor.post(reverse("wagtaildocs:add"), form)

    assert (response.status_code, response["Retry-After"]) == (503, "30")
    assert not Document.objects.filter(title="Plan").exists()


@pytest.fixture(params=["gone", "hanging"])
def broken_redis(request, settings) -> Iterator[str]:
    """No server listens at its port; or one accepts connections and never responds."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
        if request.param == "hanging":
            listener.listen(50)
        address = f"redis://127.0.0.1:{port}/0"
        cache = {
            "BACKEND": "portal.platform.operation.cache.ForgivingRedisCache",
            "LOCATION": address,
            "KEY_PREFIX": uuid4().hex,
            "OPTIONS": {"socket_timeout": 0.2},
        }
        settings.CACHES = {**settings.CACHES, "default": cache, "limits": cache}
        yield address


@pytest.mark.parametrize("path", ["/fr/", "/fr/recherche/?q=fonderie", "/fr/rubrique/", "/api/v2/pages/"])
def test_pages_are_served_without_redis(lorraine, reader, broken_redis, path):
    make_article(lorraine.section, "Une fonderie neuve")

    assert reader.get(path).status_code == 200


def test_only_the_first_request_waits(reader, broken_redis):
    reader.get("/fr/recherche/?q=a")
    began = monotonic()
    for _number in range(5):
        reader.get("/fr/recherche/?q=a")

    assert monotonic() - began < PAUSE / 2
    assert faults_of(broken_redis).count == 1


def test_rate_limits_work_in_memory(broken_redis):
    limit = RateLimit("tried", 3, timedelta(hours=1))

    assert [limit.allows("somebody") for _number in range(5)] == [True, True, True, False, False]


def test_used_form_token_is_remembered_in_memory(broken_redis):
    assert [caches["limits"].add("ticket", "content") for _number in range(2)] == [True, False]


def test_redis_is_tried_again_after_a_pause(broken_redis):
    faults = faults_of(broken_redis)
    caches["default"].get("anything")
    faults.paused_until = 0
    caches["default"].get("anything")

    assert faults.count == 2
