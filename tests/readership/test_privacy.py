"""Readers are told what is counted, and no page sets a cookie or asks anybody else for it."""

import pytest
from bs4 import BeautifulSoup

from portal.readership.models import ReadershipChoices
from tests.builders import make_privacy_notice

OBJECTION = "/fr/_readership/objection/"

pytestmark = pytest.mark.django_db


def test_privacy_notice_says_what_is_counted_and_how_to_be_left_out(lorraine, reader):
    notice = make_privacy_notice(lorraine.homes["fr"])
    page = BeautifulSoup(reader.get(lorraine.address(notice)).content, "html.parser")
    assert "Global Privacy Control" in page.text
    assert "25" in page.text
    assert page.select_one("form[data-objection-form]")["action"] == OBJECTION
    assert page.select_one("script[src*='objection']")


def test_privacy_notice_of_a_site_that_counts_nobody_says_nothing_of_it(lorraine, reader):
    ReadershipChoices.objects.create(site=lorraine.site, is_counting=False)
    notice = make_privacy_notice(lorraine.homes["fr"])
    assert "Global Privacy Control" not in reader.get(lorraine.address(notice)).content.decode()


@pytest.fixture
def asking(lorraine, reader):
    """Sends the form of a page as a browser does, from the page of the origin given."""

    def ask(choice: str, origin: str = ""):
        sent = {"origin": origin or f"http://{lorraine.host}"}
        return reader.post(OBJECTION, {"choice": choice}, headers=sent)

    return ask


def offered(reader) -> str:
    """What the page of the form lets a reader choose, who has chosen the other."""
    page = BeautifulSoup(reader.get(OBJECTION).content, "html.parser")
    return page.select_one("form [name=choice]")["value"]


def test_server_itself_sets_the_cookie_of_who_objects_for_thirteen_months(asking, reader):
    cookie = asking("refuse").cookies["uncounted"]
    assert (cookie.value, cookie["max-age"], cookie["samesite"]) == ("1", 34_128_000, "Lax")
    assert offered(reader) == "allow"


def test_who_objected_can_take_it_back(asking, reader):
    asking("refuse")
    asking("allow")
    assert offered(reader) == "refuse"


def test_other_sites_can_neither_leave_out_a_reader_nor_count_them_again(asking):
    answer = asking("allow", origin="https://elsewhere.example")
    assert (answer.status_code, answer.cookies) == (403, {})


def test_who_objected_by_the_form_is_not_counted(watched, lorraine):
    watched.read(lorraine, lorraine.home, cookie="uncounted=1")
    assert watched.views(lorraine.home) == 0


def test_counting_adds_no_cookie_and_nothing_of_anybody_else(watched, lorraine):
    _status, headers = watched.ask(lorraine, "/fr/")
    assert "Set-Cookie" not in headers
    assert "script-src 'self'" in headers["Content-Security-Policy"]
