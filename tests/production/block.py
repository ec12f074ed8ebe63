"""README.md's production block, executed as a person copies it. Run with `make production`.

Needs root, and Debian with PostgreSQL, PgBouncer, Redis, nginx and Caddy; tests/production/machine.py lists the
differences from a real machine.
"""

import re
import sys
from pathlib import Path

import pytest
import requests

from tests.production.machine import ADMINISTRATOR, HOST, PASSWORD, Machine
from tests.production.newsroom import SITE, sign_in

MAX_SEARCHES = 40


def log(made: Machine) -> str:
    return (made.folder / "log/portal-web").read_text()


def test_status_has_no_warning(ran, capsys):
    with capsys.disabled():
        sys.stdout.write("\n" + re.search(r"(?s)database\b.*", ran[1].rpartition("test is successful")[2])[0])

    assert "ATTENTION" not in ran[1]


def test_front_page_is_served_over_https_at_the_host_of_the_site(browser):
    page = browser.get(f"{SITE}/", timeout=30)

    assert page.status_code == 200
    assert page.url == f"{SITE}/fr/"
    assert f'<link rel="canonical" href="{SITE}/fr/">' in page.text


def test_http_redirects_to_https(browser):
    assert browser.get(f"http://{HOST}/fr/", timeout=30, allow_redirects=False).headers["Location"] == f"{SITE}/fr/"


def test_certificate_is_renewed_while_nginx_runs(browser, installed):
    proofs = installed.folder / "var/www/html/.well-known/acme-challenge"
    (proofs / "renewal").write_text("renewed")

    assert browser.get(f"http://{HOST}/.well-known/acme-challenge/renewal", timeout=30).text == "renewed"


def test_security_txt_names_the_contact(browser):
    assert "mailto:security@example.org" in browser.get(f"{SITE}/.well-known/security.txt", timeout=30).text


def test_style_sheet_of_the_page_is_served(browser):
    sheet = re.search(r'href="(/static/[^"]+\.css)"', browser.get(f"{SITE}/fr/", timeout=30).text)[1]

    assert browser.get(f"{SITE}{sheet}", timeout=30).headers["Content-Type"].startswith("text/css")


def test_installation_is_ready(installed):
    assert installed.get("/-/ready").status_code == 200


def test_state_of_the_installation_is_not_public(browser):
    assert browser.get(f"{SITE}/-/ready", timeout=30).status_code == 404


def test_clicks_of_readers_reach_the_portal(browser):
    assert browser.post(f"{SITE}/-/click", data={"page": "/fr/", "to": "a.example"}, timeout=30).status_code == 204


def test_unknown_host_gets_400_and_one_log_line(installed):
    before = log(installed)
    response = installed.get("/fr/", Host="unknown.example", **{"X-Forwarded-Proto": "https"})

    assert response.status_code == 400
    assert log(installed).removeprefix(before).count("\n") == 1


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_proxy_drops_requests_for_an_unknown_host(browser, scheme):
    with pytest.raises(requests.ConnectionError, match="without response"):
        browser.get(f"{scheme}://{HOST}/fr/", headers={"Host": "unknown.example"}, timeout=30)


def test_forged_addresses_do_not_bypass_the_search_limit(browser):
    found = [
        browser.get(f"{SITE}/fr/search/?q=pont", headers={"X-Forwarded-For": f"203.0.113.{number}"}, timeout=30)
        for number in range(MAX_SEARCHES + 5)
    ]

    statuses = [response.status_code for response in found]
    assert statuses[0] == 200
    assert statuses[-5:] == [429] * 5


def test_administrator_signs_in_with_a_secure_cookie(browser):
    signed_in = sign_in(browser)
    cookie = next(each for each in browser.cookies if each.name == "__Host-sessionid")

    assert signed_in.url == f"{SITE}/admin/"
    assert signed_in.status_code == 200
    assert cookie.secure


def test_administrator_signs_in_at_another_port_too(browser):
    address = f"{HOST}:8443"
    page = browser.get(f"{SITE}/admin/login/", headers={"Host": address}, timeout=30)
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)[1]
    facts = {"username": ADMINISTRATOR, "password": PASSWORD, "csrfmiddlewaretoken": token, "next": "/admin/"}
    headers = {"Host": address, "Origin": f"https://{address}", "Referer": f"https://{address}/admin/login/"}
    response = browser.post(page.url, data=facts, headers=headers, timeout=30, allow_redirects=False)

    assert (response.status_code, response.headers.get("Location")) in [(302, "/admin/"), (302, "/admin/login/code/")]


def test_backup_was_made(installed):
    assert list(Path(installed.home, "var/backups/snapshots").iterdir())


def test_settings_are_readable_by_root_and_the_portal_only(installed):
    facts = Path(installed.home, ".env").stat()

    assert (facts.st_uid, facts.st_mode & 0o777) == (0, 0o640)
