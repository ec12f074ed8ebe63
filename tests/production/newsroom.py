"""What the network's administrator does in the newsroom of the installed machine, by requests."""

import re

import requests

from tests.editorial.sign_in.acts import app_code
from tests.production.machine import ADMINISTRATOR, HOST, PASSWORD

SITE = f"https://{HOST}"


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
    """Sign in the administrator once in a browser; the first time, a second factor is set up."""
    if "__Host-sessionid" in browser.cookies:
        return browser.get(f"{SITE}/admin/", timeout=30)
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
