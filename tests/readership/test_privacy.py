"""The privacy notice describes the counting, and readers can opt out. Counting needs no cookie and no third party."""

import pytest
from bs4 import BeautifulSoup

from portal.readership.models import ReadershipChoices
from tests.builders import make_privacy_notice

OBJECTION = "/fr/_readership/objection/"

pytestmark = pytest.mark.django_db


def test_privacy_notice_says_what_is_counted_and_how_to_object(lorraine, reader):
    notice = make_privacy_notice(lorraine.homes["fr"])
    page = BeautifulSoup(reader.get(lorraine.address(notice)).content, "html.parser")
    assert "Global Privacy Control" in page.text
    assert "25" in page.text
    assert page.select_one("form[data-objection-form]")["action"] == OBJECTION
    assert page.select_one("script[src*='objection']")

    ReadershipChoices.objects.create(site=lorraine.site, is_counting=False)

    assert "Global Privacy Control" not in reader.get(lorraine.address(notice)).content.decode()


@pytest.fixture
def post_choice(lorraine, reader):
    """Submit a page's form as a browser does, with the page's origin."""

    def post(choice: str, origin: str = ""):
        sent = {"origin": origin or f"http://{lorraine.host}"}
        return reader.post(OBJECTION, {"choice": choice}, headers=sent)

    return post


def offered(reader) -> str:
    """The option that the form offers, depending on the current choice."""
    page = BeautifulSoup(reader.get(OBJECTION).content, "html.parser")
    return page.select_one("form [name=choice]")["value"]


def test_objection_is_a_cookie_for_thirteen_months(post_choice, reader):
    cookie = post_choice("refuse").cookies["uncounted"]
    assert (cookie.value, cookie["max-age"], cookie["samesite"]) == ("1", 34_128_000, "Lax")
    assert offered(reader) == "allow"

    post_choice("allow")

    assert offered(reader) == "refuse"


def test_other_sites_cannot_change_a_readers_choice(post_choice):
    response = post_choice("allow", origin="https://elsewhere.example")
    assert (response.status_code, response.cookies) == (403, {})


def test_counting_adds_no_cookie_and_no_third_party(watched, lorraine):
    _status, headers = watched.request(lorraine, "/fr/")
    assert "Set-Cookie" not in headers
    assert "script-src 'self'" in headers["Content-Security-Policy"]
