"""Readers are told what is counted, and no page sets a cookie or asks anybody else for it."""

import pytest
from bs4 import BeautifulSoup

from portal.readership.models import ReadershipChoices
from tests.builders import make_privacy_notice

pytestmark = pytest.mark.django_db


def test_privacy_notice_says_what_is_counted_and_how_to_be_left_out(lorraine, reader):
    notice = make_privacy_notice(lorraine.homes["fr"])
    page = BeautifulSoup(reader.get(lorraine.address(notice)).content, "html.parser")
    assert "Global Privacy Control" in page.text
    assert "25" in page.text
    assert page.select_one("[data-objection]")["data-cookie"] == "uncounted"
    assert page.select_one("script[src*='objection']")


def test_privacy_notice_of_a_site_that_counts_nobody_says_nothing_of_it(lorraine, reader):
    ReadershipChoices.objects.create(site=lorraine.site, is_counting=False)
    notice = make_privacy_notice(lorraine.homes["fr"])
    assert "Global Privacy Control" not in reader.get(lorraine.address(notice)).content.decode()


def test_counting_adds_no_cookie_and_no_script(watched, lorraine):
    _status, headers = watched.ask(lorraine, "/fr/")
    assert "Set-Cookie" not in headers
    assert "script-src 'self'" in headers["Content-Security-Policy"]
