"""The calendar in a copy for a web server does not grow with the length of an event."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.test import override_settings
from django.utils import timezone

from tests.builders import make_event
from tests.moving.exporting.conftest import START, ExportOfSite, RichSite, exported

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def copy(module_network, tmp_path_factory) -> Iterator[ExportOfSite]:
    ground = module_network.lorraine
    make_event(ground.calendar, "Un chantier de dix ans", START, end=START + timedelta(days=3652), slug="chantier")
    # A calendar ends with the month in which the last event begins.
    make_event(ground.calendar, "Un jubilé", START + timedelta(days=1200), slug="jubile")
    short = make_event(ground.calendar, "Un bal", START + timedelta(days=3), slug="bal")
    with override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("media")):
        site = RichSite(ground, *[None] * 2, short, *[None] * 5)
        yield exported(site, tmp_path_factory.mktemp("calendar") / "copy", "static")


def pages_of(copy: ExportOfSite, name: str) -> list[str]:
    return sorted(str(path.parent) for path in copy.to.rglob(f"~{name}*/index.html"))


def test_event_of_ten_years_adds_few_pages(copy):
    assert len(list(copy.to.rglob("index.html"))) < 200


def test_day_has_a_page_if_a_one_day_event_takes_place(copy):
    day = f"{START + timedelta(days=3):%Y-%m-%d}"

    days = {re.search(r"first-([\d-]{10})", path)[1] for path in pages_of(copy, "first-")}

    # The first is that of the network's own events.
    assert sorted(days)[1:] == [day]


def test_months_end_after_two_years_and_the_export_says_so(copy):
    last = f"{timezone.localdate().year + 2}-{timezone.localdate().month:02}"
    months = {path[-7:] for path in pages_of(copy, "month-")}

    assert max(months) == last
    assert f"The months of calendars end with {last}" in copy.output


def test_last_month_has_no_link_to_the_next_one(copy):
    last = max(path for path in pages_of(copy, "month-") if "/fr/calendrier/" in path)
    html = BeautifulSoup((copy.to / last / "index.html").read_text(), "html.parser")

    assert html.select(".month-steps a[rel~=prev]")
    assert not html.select(".month-steps a[rel~=next]")
    assert "Un chantier de dix ans" in html.get_text()
