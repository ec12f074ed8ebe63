"""Logs, error reports and metrics describe the state of the portal without personal data."""

import json
import logging
import sys
from io import StringIO
from time import process_time
from unittest.mock import patch

import pytest
import sentry_sdk
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone
from django.utils.log import log_response
from sentry_sdk.transport import Transport
from wagtail.admin.models import EditingSession

from portal.editorial.roles import Role
from portal.platform.addresses import mask_addresses
from portal.platform.operation.error_reports import options
from portal.platform.operation.log_lines import JsonLine, RequestId, TextLine
from portal.platform.records.maintenance import MaintenanceRun
from tests.builders import make_article, newsroom_client, reader_of

pytestmark = pytest.mark.django_db
SECRETS = ("claire", "fever", "secret-of-a-link", "sessionid", "203.0.113.9")
# This is far from the lines that a report includes as source context.
CLIENT = {
    "address": "claire.humbert@example.org",
    "request": {
        "url": "https://testserver/fr/_registration/secret-of-a-link/?q=fever",
        "method": "POST",
        "query_string": "q=fever",
        "data": {"name": "claire"},
        "headers": {"Cookie": "sessionid=1"},
        "env": {"REMOTE_ADDR": "203.0.113.9"},
    },
}


@pytest.fixture
def lines():
    """The formatted log lines of `django.request`."""
    written: list[str] = []

    class Kept(logging.Handler):
        def emit(self, record):
            written.append(self.format(record))

    handler, logger = Kept(), logging.getLogger("django.request")
    handler.setFormatter(JsonLine())
    logger.addHandler(handler)
    yield written
    logger.removeHandler(handler)


def test_log_line_names_request_site_and_account_key(lorraine, lines, newsroom):
    editor = newsroom[Role.EDITOR]
    response = newsroom_client(lorraine, editor).get(
        "/admin/pages/999999/", headers={"X-Request-ID": "from-the-proxy-1"}
    )
    line = json.loads(lines[-1])

    assert response["X-Request-ID"] == "from-the-proxy-1"
    assert (line["request"], line["site"], line["user"]) == ("from-the-proxy-1", "lorraine.localhost", editor.pk)
    assert (line["level"], line["logger"]) == ("INFO", "django.request")
    assert line["time"][-6] in "+-"
    assert editor.username not in lines[-1]


@pytest.mark.parametrize(
    ("status", "level"), [(404, "INFO"), (410, "INFO"), (429, "INFO"), (400, "WARNING"), (500, "ERROR")]
)
def test_everyday_refusals_are_no_warnings(lines, status, level):
    log_response("%s", "Refused", response=HttpResponse(status=status), request=RequestFactory().get("/"))

    assert json.loads(lines[-1])["level"] == level


@pytest.mark.parametrize("given", ["", "x", "a b c d e f g h", "x" * 65])
def test_request_without_a_proper_id_gets_one(reader, given):
    assert len(reader.get("/fr/", headers={"X-Request-ID": given})["X-Request-ID"]) == 16


@pytest.mark.parametrize("form", [TextLine, JsonLine])
def test_addresses_are_masked_in_tracebacks_too(form):
    try:
        raise ValueError("no such mailbox: claire.humbert@example.org")
    except ValueError:
        record = logging.LogRecord("any", logging.ERROR, "", 1, "of %s", ("anna@example.org",), sys.exc_info())
    line = form().format(record)

    assert "c…@example.org" in line
    assert "a…@example.org" in line
    assert "claire" not in line.replace("test_logs", "")


def test_long_word_is_masked_without_quadratic_time():
    begun = process_time()
    masked = mask_addresses("a" * 100_000 + " claire@reader.example")

    assert process_time() - begun < 1
    assert masked.endswith(" c…@reader.example")


def test_page_after_the_session_ended_logs_one_line(lorraine, lines, newsroom):
    page = make_article(lorraine.section)
    editor = newsroom[Role.EDITOR]
    session = EditingSession.objects.create(user=editor, content_object=page, last_seen_at=timezone.now())
    address = reverse("wagtailadmin_editing_sessions:ping", args=["articles", "articlepage", page.pk, session.pk])

    response = lorraine.reader().post(address, headers={"X-Requested-With": "XMLHttpRequest"})

    assert response.status_code == 403
    assert [line for line in lines if "Traceback" in line] == []
    assert any(address in line for line in lines)


def test_log_line_within_a_request_has_its_id():
    def answer(request):
        record = logging.LogRecord("any", logging.WARNING, "", 1, "Slow", None, None)
        return {"line": TextLine().format(record)}

    response = RequestId(answer)(RequestFactory().get("/", headers={"X-Request-ID": "one-two-three"}))

    assert response["line"].endswith(" WARNING any [request=one-two-three]: Slow")


def test_error_report_has_a_traceback_and_no_personal_data(lorraine):
    sent: list[dict] = []

    class Kept(Transport):
        def capture_envelope(self, envelope):
            sent.extend(item.payload.json for item in envelope.items)

    def fail():
        address = CLIENT["address"]
        raise ValueError(f"no mail to {address}")

    # Its integrations would remain in Django and slow down all later tests.
    client = sentry_sdk.Client(**options("https://key@sentry.example/1"), transport=Kept, default_integrations=False)
    with sentry_sdk.isolation_scope() as scope:
        scope.set_client(client)
        scope.set_user({"email": CLIENT["address"]})
        try:
            fail()
        except ValueError as error:
            event, hint = sentry_sdk.utils.event_from_exception(error, client_options=client.options)
            scope.capture_event({**event, "request": CLIENT["request"]}, hint)
    report = json.dumps(sent, ensure_ascii=False)

    assert "ValueError" in report
    assert "no mail to c…@example.org" in report
    assert sent[0]["request"] == {"method": "POST", "url": "https://testserver/"}
    for secret in SECRETS:
        assert secret not in report


def test_metrics_are_served_to_this_machine(reader):
    MaintenanceRun.note("backup", True)
    page = Client(headers={"host": "10.0.0.7"}).get("/-/metrics").content.decode()

    assert 'portal_condition_well{name="database"} 1.0' in page
    assert 'portal_figure{figure="length",name="queue"} 0.0' in page
    assert 'portal_condition_well{name="backup"} 1.0' in page
    assert Client().get("/-/metrics", REMOTE_ADDR="203.0.113.9").status_code == 404
    assert Client().get("/-/metrics", headers={"X-Forwarded-For": "203.0.113.9"}).status_code == 404


def test_metrics_are_served_with_the_token(settings):
    settings.METRICS_TOKEN = "t" * 32
    far = {"REMOTE_ADDR": "203.0.113.9"}

    assert Client().get("/-/metrics", **far).status_code == 404
    assert Client().get("/-/metrics", headers={"Authorization": "Bearer wrong"}).status_code == 404
    assert Client().get("/-/metrics", headers={"Authorization": f"Bearer {'t' * 32}"}, **far).status_code == 200


def test_untested_parts_are_not_healthy_in_the_metrics():
    def sample(name: str) -> list[str]:
        page = Client(headers={"host": "10.0.0.7"}).get("/-/metrics").content.decode()
        return [line.split()[-1] for line in page.splitlines() if line.startswith(f'{name}{{name="rehearsal"}}')]

    assert sample("portal_condition_untried") == ["1.0"]
    assert sample("portal_condition_well") == []

    MaintenanceRun.note("rehearsal", True, answers=278)

    assert sample("portal_condition_untried") == ["0.0"]
    assert sample("portal_condition_well") == ["1.0"]


def test_unknown_hosts_are_logged_once_a_minute(lorraine):
    console, stream = logging.getHandlerByName("console"), StringIO()
    usual = console.setStream(stream)
    try:
        # Other tests may have logged one within this minute.
        with patch("portal.logs.monotonic", return_value=10_000_000):
            for number in range(9):
                assert reader_of(f"host-{number}.localhost").get("/").status_code == 400
                assert reader_of("not a host").get("/").status_code == 400
        with patch("portal.logs.monotonic", return_value=10_000_061):
            reader_of("later.localhost").get("/")
    finally:
        console.setStream(usual)
    written = stream.getvalue().splitlines()

    assert len(written) == 2
    assert "WARNING" in written[0]
    assert "host-0.localhost" in written[0]
    assert "later.localhost" in written[1]
    assert "17 more" in written[1]
