"""The report on a partner's calendar: each problem once, in plain language, with its line and titles."""

import socket
import ssl
from datetime import datetime, timedelta

import pytest
from django.urls import reverse
from django.utils.translation import override

from events.importing import fetch
from events.importing.problems import Problems
from events.models import Subscription
from portal.editorial.roles import Role
from tests.builders import make_newsroom, newsroom_client
from tests.events.partners import NOW, basic, import_events, parsed

FROZEN_AT = NOW


def test_event_with_two_broken_dates_is_reported_once_with_the_line_of_its_start():
    with override("en"):
        problems = parsed(basic(DTSTART="tomorrow", DTEND="20x")).problems

    assert problems == ["line 8, “Visite”: DTSTART is invalid: tomorrow"]


def test_report_counts_folded_lines():
    with override("en"):
        problems = parsed(basic(SUMMARY="Visite\r\n  guidée", RRULE="FREQ=SOMETIMES")).problems

    assert problems == ["line 11, “Visite guidée”: RRULE is invalid: FREQ=SOMETIMES"]


def test_failure_without_a_line_names_its_events_line():
    with override("en"):
        problems = parsed(basic(DTSTART=None)).problems

    assert problems == ["event beginning at line 4, “Visite”: an event without a start (DTSTART)"]


def test_line_that_makes_an_event_unreadable_is_named():
    broken = basic().replace("END:VEVENT", "BEGIN:VALARM\r\nTRIGGER:soon\r\nEND:VALARM\r\nEND:VEVENT")
    with override("en"):
        problems = parsed(broken).problems

    assert problems == ["line 11, “Visite”: cannot be read because of this line: TRIGGER:soon"]


@pytest.mark.parametrize(
    ("title", "shown"),
    [("Facture", "“Facture”"), ("Atelier « facture »", "Atelier « facture »"), ("„Rechnung“", "„Rechnung“")],
)
def test_title_with_quotation_marks_gets_no_others(title, shown):
    problems = Problems()
    problems.titles[4] = title
    problems.add("x", 4)
    with override("en"):
        assert list(problems) == [f"event beginning at line 4, {shown}: x"]


def test_report_names_removed_and_past_events(partner):
    past = datetime(2026, 2, 10, 9)
    over = {
        "DTSTART;TZID=Europe/Paris": f"{past:%Y%m%dT%H%M%S}",
        "DTEND;TZID=Europe/Paris": f"{past + timedelta(hours=1):%Y%m%dT%H%M%S}",
    }
    import_events(partner, *(basic(f"{n}@partner", SUMMARY=f"Visite {n}") for n in range(7)))
    with override("en"):
        report = str(import_events(partner, basic("6@partner", SUMMARY="Visite 6"), basic("p", SUMMARY="Hier", **over)))

    gone = next(line for line in report.split("\n") if "Visite" in line)
    assert gone.endswith("“Visite 4” and 1 more")
    assert gone.count("Visite") == 5
    assert "“Hier”" in report


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ssl.SSLError(1, "[SSL: WRONG_VERSION_NUMBER] wrong version number (_ssl.c:1029)"), "encrypted"),
        (ssl.SSLCertVerificationError(1, "certificate verify failed (_ssl.c:1029)"), "certificate"),
        (TimeoutError("timed out"), "in time"),
        (ConnectionRefusedError(111, "Connection refused"), "refuses the connection"),
        (ConnectionResetError(104, "Connection reset by peer"), "closed the connection"),
        (OSError(101, "Network is unreachable"), "no connection"),
        (ValueError("read of closed file"), "valid HTTP"),
    ],
)
def test_unreachable_source_is_reported_in_plain_words(monkeypatch, error, words):
    def refuse(*_args, **_facts):
        raise error

    monkeypatch.setattr(fetch, "public_address", lambda *_args: "192.0.2.1")
    monkeypatch.setattr(socket, "create_connection", refuse)
    with override("en"), pytest.raises(fetch.FetchError) as raised:
        fetch.fetch("http://partner.example/agenda.ics")

    assert words in str(raised.value)
    assert str(error) not in str(raised.value)


def test_report_in_the_form_has_one_line_per_problem(lorraine, partner):
    Subscription.objects.filter(pk=partner.pk).update(report="new: 1\n<b>line 4</b>")
    client = newsroom_client(lorraine, make_newsroom(lorraine)[Role.SITE_ADMINISTRATOR])

    shown = client.get(reverse("subscribed_calendars:edit", args=[partner.pk])).content.decode()

    assert "new: 1<br>&lt;b&gt;line 4&lt;/b&gt;" in shown
