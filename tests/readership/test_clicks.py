"""Clicks on links to other hosts are counted without a cookie, if the page has the link."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portal.readership import writing
from portal.readership.models import ClickDay, ReadershipChoices
from portal.readership.places import targets_of
from tests.builders import make_article, make_event

pytestmark = pytest.mark.django_db

PARTNER = "www.partner.example"


@pytest.fixture
def story(lorraine):
    text = f'<p><a href="https://{PARTNER}/a?b=1">A</a></p>'
    return make_article(lorraine.section, "Fonderie", body=[("paragraph", text)])


def clicks(watched) -> list[tuple[str, int]]:
    watched.write()
    return list(ClickDay.objects.order_by("host").values_list("host", "views"))


def test_click_on_a_link_of_the_page_counts_once_for_its_host(watched, lorraine, saar, story):
    for _time in range(3):
        assert watched.click(lorraine, story, PARTNER, address="198.51.100.7").startswith("204")
    watched.click(lorraine, story, "www.advertiser.example")
    watched.click(saar, saar.home, PARTNER)
    assert clicks(watched) == [(PARTNER, 1)]


def test_very_fast_clicks_are_attributed_to_a_robot(watched, lorraine, story):
    for number in range(50):
        watched.click(lorraine, story, f"{number}.example", address="198.51.100.7")
    watched.click(lorraine, story, PARTNER, address="198.51.100.7")
    assert clicks(watched) == []


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://elsewhere.example"},
        {"origin": None},
        {"cookie": "uncounted=1"},
        {"sec_gpc": "1"},
        {"dnt": "1"},
        {"user_agent": "Mozilla/5.0 (compatible; Examplebot/1.0)"},
    ],
)
def test_other_sites_robots_and_readers_who_object_are_not_counted(watched, lorraine, story, headers):
    watched.click(lorraine, story, PARTNER, **headers)
    assert clicks(watched) == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"page=/fr/",
        b"page=fr&to=a.example",
        b"page=/&to=a.example",
        b"page=%2F%2F&to=a.example",
        b"page=/fr/&to=a.example&more=1",
        b"to=%00&page=/fr/",
        b"\xff",
        b"x" * 5000,
        b"to=a.example&page=/fr/" + b"a" * 1100,
    ],
)
def test_malformed_report_gets_the_same_response_and_counts_nothing(watched, lorraine, body, caplog):
    status, headers = watched.request(
        lorraine, "/-/click", method="POST", body=body, origin=f"http://{lorraine.host}", accept="*/*"
    )
    assert status.startswith("204")
    assert "Set-Cookie" not in headers
    assert clicks(watched) == []
    assert [record for record in caplog.records if record.exc_info] == []


@pytest.mark.parametrize(
    ("host", "counted"),
    [("www.bücher.example", "www.xn--bcher-kva.example"), ("Straße.example", "xn--strae-oqa.example")],
)
def test_internationalized_host_is_counted_in_unicode(watched, lorraine, host, counted):
    story = make_article(lorraine.section, body=[("paragraph", f'<p><a href="https://{host}/">A</a></p>')])
    watched.click(lorraine, story, counted)
    assert clicks(watched) == [(counted, 1)]


def test_page_with_the_most_clicks_is_verified_first(watched, lorraine, story, monkeypatch):
    monkeypatch.setattr(writing, "MAX_CLICKED", 1)
    watched.click(lorraine, lorraine.home, PARTNER)
    for _reader in range(2):
        watched.click(lorraine, story, PARTNER)
    assert clicks(watched) == [(PARTNER, 2)]


def test_page_has_the_click_script_only_if_the_site_counts_readers(lorraine, story, reader):
    assert "readership/clicks.js" in reader.get(lorraine.address(story)).content.decode()

    ReadershipChoices.objects.create(site=lorraine.site, is_counting=False)

    assert "clicks.js" not in reader.get(lorraine.address(story)).content.decode()


def test_opened_registration_form_is_counted_for_the_event(watched, lorraine):
    event = make_event(lorraine.calendar, "Matinée", takes_registrations=True)
    date = event.occurrences.get()
    status, _headers = watched.request(lorraine, f"/fr/_registration/{event.pk}/{date.key}/")
    assert status.startswith("200")
    assert clicks(watched) == [("", 1)]
    assert ClickDay.objects.get().page_id == event.pk


def test_many_registration_forms_need_no_more_queries_than_one(lorraine, saar, django_assert_num_queries):
    event = make_event(lorraine.calendar, "Matinée", takes_registrations=True)
    foreign = make_event(saar.calendar, "Markt", takes_registrations=True)
    keys = [foreign.pk, *(event.pk + number for number in range(20))]
    forms = {(lorraine.host, f"/fr/_registration/{key}/x/") for key in keys}
    one = {(lorraine.host, f"/fr/_registration/{event.pk}/x/")}
    targets_of(one)
    with CaptureQueriesContext(connection) as queries:
        targets_of(one)
    with django_assert_num_queries(len(queries)):
        found = targets_of(forms)
    assert {address: target.form_of for address, target in found.items()} == dict.fromkeys(one, event.pk)
