"""README.md's production block, executed as a person copies it. Run with `make production`.

Needs root and Debian with PostgreSQL, Redis and nginx; tests/production/machine.py lists the differences from a real
machine.
"""

import re
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from time import monotonic

import pytest
import requests
from urllib3.util import connection

from tests.editorial.sign_in.acts import app_code
from tests.production.machine import ADMINISTRATOR, HOST, PASSWORD, Machine, machine, production_block

SITE = f"https://{HOST}"
MAX_SEARCHES = 40
SECOND = "news.example.org"


@pytest.fixture(scope="module")
def ran() -> Iterator[tuple[Machine, str]]:
    with machine() as made:
        yield made, made.run(production_block())


@pytest.fixture
def installed(ran, monkeypatch) -> Machine:
    """The machine after the block was run; within, the site's host resolves to it."""
    made, _shown = ran
    places = {(HOST, 443): made.https, (HOST, 80): made.http}

    def connect(address, *arguments, **options) -> socket.socket:
        return socket.create_connection(("127.0.0.1", places.get(address) or address[1]))

    monkeypatch.setattr(connection, "create_connection", connect)
    return made


@pytest.fixture
def browser(installed) -> Iterator[requests.Session]:
    with requests.Session() as session:
        # The system's CA bundle would be tried first.
        session.trust_env = False
        session.verify = str(installed.certificate)
        yield session


def local(made: Machine, path: str, **headers: str) -> requests.Response:
    """The response of the machine's web server without the proxy."""
    return requests.get(f"http://127.0.0.1:{made.web}{path}", headers=headers, allow_redirects=False, timeout=30)


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
    assert local(installed, "/-/ready").status_code == 200


def test_state_of_the_installation_is_not_public(browser):
    assert browser.get(f"{SITE}/-/ready", timeout=30).status_code == 404


def test_clicks_of_readers_reach_the_portal(browser):
    assert browser.post(f"{SITE}/-/click", data={"page": "/fr/", "to": "a.example"}, timeout=30).status_code == 204


def test_unknown_host_gets_400_and_one_log_line(installed):
    before = log(installed)
    response = local(installed, "/fr/", Host="unknown.example", **{"X-Forwarded-Proto": "https"})

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


def send(browser: requests.Session, path: str, **fields: str) -> requests.Response:
    """Fill in and submit a newsroom page's form."""
    browser.headers["Accept-Language"] = "en"
    page = browser.get(f"{SITE}{path}", timeout=30)
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)[1]
    data = {"csrfmiddlewaretoken": token, **fields}
    return browser.post(page.url, data=data, headers={"Referer": page.url}, timeout=60)


# The administrator's recovery codes, each valid for one sign-in.
_codes: list[str] = []


def sign_in(browser: requests.Session) -> requests.Response:
    """Sign in the administrator, who sets up a second factor the first time."""
    page = send(browser, "/admin/login/", username=ADMINISTRATOR, password=PASSWORD, next="/admin/")
    if page.url == f"{SITE}/admin/account/factors/":
        shown = browser.get(f"{page.url}app/", timeout=30).text
        secret = re.search(r'id="authenticator_secret">(\w+)<', shown)[1]
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', shown)[1]
        facts = {"csrfmiddlewaretoken": token, "code": app_code(secret)}
        codes = browser.post(f"{page.url}app/", data=facts, headers={"Referer": f"{page.url}app/"}, timeout=60).text
        _codes.extend(re.findall(r"<li><code>(\d+)</code>", codes))
    else:
        send(browser, "/admin/login/code/", code=_codes.pop())
        send(browser, "/admin/login/trust/", action="skip")
    return browser.get(f"{SITE}/admin/", timeout=30)


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


def ask_second(browser: requests.Session, path: str) -> str:
    # It has the certificate of the first site, the only one on this machine.
    response = browser.get(f"{SITE}{path}", headers={"Host": SECOND}, timeout=30)
    assert response.status_code == 200
    return response.text


@pytest.fixture
def second(installed, browser) -> str:
    """A site that the administrator created with the form Settings → New site."""
    if SECOND not in (installed.home / ".env").read_text():
        installed.answer_host(SECOND)
        sign_in(browser)
        facts = {"host": SECOND, "name": "News", "own_language": "fr", "other_languages": "de", "theme": "ocean"}
        until = monotonic() + 120
        # The former workers do not know the host, and respond until the new ones are ready.
        while "to ALLOWED_HOSTS first" in (shown := send(browser, "/admin/sites/create/", **facts).text):
            assert monotonic() < until, log(installed)[-3000:]
        assert "News was created" in shown
    return f"https://{SECOND}"


def test_pages_of_a_site_made_by_the_form_name_its_address(second, browser):
    page = ask_second(browser, "/fr/")

    assert f'<link rel="canonical" href="{second}/fr/">' in page
    assert f'hreflang="de" href="{second}/de/"' in page


def test_feed_of_a_site_made_by_the_form_names_its_address(second, browser):
    feed = ask_second(browser, "/fr/a-la-une/feed.rss")

    assert f"<link>{second}/fr/a-la-une/</link>" in feed
    assert ":8000" not in feed


def test_links_in_mails_of_a_site_made_by_the_form_name_its_address(second, installed):
    lines = "from portal.editorial.sites import site_by_host as site"
    lines += "; from portal.newsletter.subscribers.links import unsubscribe_link as link"

    message = installed.manage("shell", "--no-imports", "-v0", "-c", f"{lines}; print(link(1, site('{SECOND}'), 'fr'))")

    assert message.startswith(f"{second}/fr/")


def test_command_creates_no_second_site_for_a_host(second, installed):
    message = installed.manage("create_site", "--host", SECOND, "--name", "News", "--languages", "fr,de")

    assert "existed already, with all of these languages" in message


def test_backup_was_made(installed):
    assert list(Path(installed.home, "var/backups/snapshots").iterdir())


def test_settings_are_readable_by_root_and_the_portal_only(installed):
    facts = Path(installed.home, ".env").stat()

    assert (facts.st_uid, facts.st_mode & 0o777) == (0, 0o640)
