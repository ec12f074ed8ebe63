"""Responses are as strict as their page allows: for readers, before sign-in, and in the newsroom."""

import logging
import re
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.test import Client, RequestFactory
from django.utils import timezone

from portal.editorial.roles import Role
from tests.builders import (
    content_of,
    make_article,
    make_document,
    make_form_page,
    make_image,
    newsroom_client,
    reader_of,
)
from tests.project.observatory import score

MAIN_PAGES = ("/fr/", "/fr/recherche/?q=bois", "/de/", "/fr/nulle-part/")


@pytest.fixture
def https_settings(settings):
    """Production settings for HTTPS; tests use HTTP."""
    settings.SECURE_HSTS_SECONDS = 31_536_000
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True


@pytest.mark.parametrize("path", MAIN_PAGES)
def test_public_page_scores_125(lorraine, https_settings, path):
    assert score(lorraine.reader().get(path, secure=True)) >= 125


def test_page_with_a_form_scores_125(lorraine, https_settings):
    page = make_form_page(lorraine.home)

    assert score(lorraine.reader().get(lorraine.address(page), secure=True)) >= 125


@pytest.mark.parametrize("path", ["/admin/login/", "/admin/password_reset/", "/admin/address/falsch/"])
def test_sign_in_page_scores_115_with_the_policy_of_public_pages(lorraine, https_settings, path):
    response = lorraine.reader().get(path, secure=True)

    assert score(response) >= 115
    assert response["Content-Security-Policy"] == lorraine.reader().get("/fr/", secure=True)["Content-Security-Policy"]


@pytest.mark.parametrize("path", ["", "pages/{home}/edit/", "pages/", "images/", "reports/site-history/"])
def test_page_of_the_newsroom_scores_90(lorraine, https_settings, path, newsroom):
    member = newsroom_client(lorraine, newsroom[Role.SITE_ADMINISTRATOR])

    response = member.get(f"/admin/{path.format(home=lorraine.home.pk)}", secure=True)

    assert response.status_code == 200
    assert score(response) >= 90


def test_rules_detect_missing_headers(lorraine):
    response = lorraine.reader().get("/fr/")
    strict = score(response)
    for name in list(response.headers):
        del response.headers[name]

    assert strict == 100 - 20
    assert score(response) == 100 - 25 - 20 - 20 - 5


def test_pages_use_no_device_and_cannot_be_framed(reader):
    headers = reader.get("/fr/").headers

    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]


def test_pictures_may_be_shown_by_mail_programs_and_feed_readers(lorraine, reader):
    article = make_article(lorraine.section, lead_image=make_image())
    html = reader.get(lorraine.address(article)).content.decode()
    address = re.search(r'src="(/pictures/[^"]+)"', html)[1]

    response = reader.get(address)
    assert content_of(response)
    assert response.get("Cross-Origin-Resource-Policy") is None


def test_browsers_report_to_the_configured_address(reader, settings):
    settings.SECURE_CSP = settings.SECURE_CSP | {"report-uri": ["https://reports.example.org/csp"]}

    assert "report-uri https://reports.example.org/csp" in reader.get("/fr/")["Content-Security-Policy"]


@pytest.mark.parametrize("secure", [True, False])
def test_unknown_host_is_logged_in_one_line(lorraine, caplog, secure):
    with caplog.at_level(logging.WARNING):
        response = reader_of("nobody.localhost").get("/", secure=secure)

    assert response.status_code == 400
    assert response["Content-Security-Policy"] == lorraine.reader().get("/fr/")["Content-Security-Policy"]
    records = [record for record in caplog.records if record.name == "django.security.DisallowedHost"]
    assert len(records) == 1
    assert "\n" not in logging.Formatter().format(records[0])


@pytest.fixture
def raw_body(lorraine):
    """Headers and body as the WSGI application returns them: Django's test client drops the body of HEAD itself."""

    def ask(method: str, path: str) -> tuple[dict[str, str], bytes]:
        handler, sent = WSGIHandler(), {}
        environ = RequestFactory()._base_environ(PATH_INFO=path, REQUEST_METHOD=method, SERVER_NAME=lorraine.host)
        environ |= {"HTTP_HOST": lorraine.host, "wsgi.input": BytesIO()}
        body = handler(environ, lambda status, headers: sent.update(dict(headers)))
        content = b"".join(body)
        body.close()
        return sent, content

    return ask


@pytest.mark.parametrize("path", ["/fr/", "/", "/fr/feed.rss", "/robots.txt", "/fr/nulle-part/", "/admin/login/"])
def test_head_has_the_headers_of_get_and_no_body(raw_body, path):
    headers, body = raw_body("HEAD", path)

    assert body == b""
    assert headers["Content-Type"] == raw_body("GET", path)[0]["Content-Type"]


def test_head_of_a_file_has_no_body(lorraine, raw_body):
    document = make_document("Guide", "guide.pdf")
    make_article(lorraine.section, body=[("download", {"title": "Guide", "document": document})])

    headers, body = raw_body("HEAD", document.url)

    assert (body, headers["Content-Type"]) == (b"", "application/pdf")


def test_security_txt_is_missing_without_a_contact(reader):
    assert reader.get("/.well-known/security.txt").status_code == 404


def fields(client: Client) -> dict[str, list[str]]:
    response = client.get("/.well-known/security.txt", secure=True)
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    found: dict[str, list[str]] = {}
    for line in response.content.decode().splitlines():
        name, _colon, value = line.partition(": ")
        found.setdefault(name, []).append(value)
    return found


def test_security_txt_has_the_contacts(lorraine, saar, settings):
    settings.SECURITY_CONTACT = ["security@example.org", "https://example.org/report"]
    settings.SECURITY_POLICY = "https://example.org/policy"

    found = fields(lorraine.reader())

    assert found["Contact"] == ["mailto:security@example.org", "https://example.org/report"]
    assert found["Policy"] == ["https://example.org/policy"]
    assert found["Preferred-Languages"] == ["fr, de"]
    assert found["Canonical"] == [f"https://{lorraine.host}/.well-known/security.txt"]
    assert fields(saar.reader())["Canonical"] == [f"https://{saar.host}/.well-known/security.txt"]
    (expires,) = found["Expires"]
    assert timezone.now() < datetime.fromisoformat(expires) < timezone.now() + timedelta(days=366)


def test_security_txt_expires_on_the_configured_day(reader, settings):
    settings.SECURITY_CONTACT = ["security@example.org"]
    settings.SECURITY_EXPIRES = datetime(2027, 6, 30, tzinfo=UTC).date()

    assert fields(reader)["Expires"] == ["2027-06-30T00:00:00Z"]
