"""A partner's calendar file is uploaded, corrected, reviewed after one email, approved, read and subscribed to."""

import re
import urllib.request
from datetime import UTC, datetime

import pytest
import recurring_ical_events
from icalendar import Calendar
from playwright.sync_api import Page, expect

from tests.events.partners import EUROPE, described, file, vevent
from tests.journeys.editing.test_review import APPROVER, log_in_from_mail
from tests.journeys.newsroom import TIMEOUT, resume_session

SOURCE = "Halle aux bois"
VISIT, FAR, BROKEN = "Nuit de la scierie", "Conférence d’Auckland", "Marché des luthiers"
CALENDAR = "/fr/developpement-economique/agenda/"
YEAR = datetime.now(tz=UTC).year + 1


def event(number: int, title: str, tzid: str, start: str, end: str) -> str:
    return vevent(
        f"UID:{number}@halle.example\r\nDTSTAMP:20260201T000000Z\r\nSUMMARY:{title}\r\nLOCATION:Halle aux bois\r\n"
        f"DTSTART;TZID={tzid}:{YEAR}{start}\r\nDTEND;TZID={tzid}:{YEAR}{end}\r\n"
        "DESCRIPTION:Une visite avec les compagnons de l’atelier.\r\nCATEGORIES:Industrie\r\n"
    )


def exported(end: str) -> bytes:
    """A calendar as Exchange writes it, with an event in another part of the world and one that may be invalid."""
    events = (
        event(1, VISIT, "Romance Standard Time", "0310T190000", "0310T230000"),
        event(2, FAR, "Pacific/Auckland", "0705T070000", "0705T083000"),
        event(3, BROKEN, "Romance Standard Time", "0512T140000", end),
    )
    return file(*events, head=described("Romance Standard Time", EUROPE))


@pytest.fixture
def upload(tmp_path):
    def upload(page: Page, content: bytes) -> str:
        """Upload a file in the open form; return the messages."""
        path = tmp_path / "agenda.ics"
        path.write_bytes(content)
        page.locator("#id_file").set_input_files(path)
        page.get_by_role("button", name=re.compile("^(Create|Save)$")).first.click()
        expect(page).to_have_url(re.compile(r"/subscribed_calendars/$"), timeout=TIMEOUT)
        return page.locator(".messages").inner_text()

    return upload


def test_partner_s_file_becomes_events_that_readers_subscribe_to(server, visit, mailbox, upload):
    administrator, approver, reader = visit(), visit(), visit(width=360)
    resume_session(administrator, server, "siteadmin-lorraine")
    administrator.goto(f"{server}/admin/subscribed_calendars/new/")
    administrator.fill("#id_name", SOURCE)
    administrator.select_option("#id_calendar", label="L’Élan lorrain › Développement économique › Agenda")
    report = upload(administrator, exported("0512T100000"))
    assert BROKEN in report
    assert VISIT not in report

    request = mailbox.wait_for(APPROVER, lambda text: SOURCE in text)
    assert [title in request for title in (VISIT, FAR, BROKEN)] == [True, True, False]
    administrator.get_by_role("link", name=SOURCE).first.click()
    upload(administrator, exported("0512T170000"))
    assert BROKEN in mailbox.wait_for(APPROVER, lambda text: SOURCE in text)

    lines = [line.strip() for line in request.splitlines()]
    answers = [lines[lines.index(title) + 1] for title in (FAR, VISIT)]
    log_in_from_mail(approver, answers[0], "approver-lorraine")
    for title, address in zip((FAR, VISIT), answers, strict=True):
        approver.goto(address)
        approver.get_by_role("button", name="Approve").click()
        expect(approver.locator(".messages .success")).to_contain_text(title)

    reader.goto(server + CALENDAR)
    reader.get_by_role("link", name=FAR).first.click()
    expect(reader.get_by_text(re.compile(r"7\sh à 8\sh\s30, heure d’Auckland")).first).to_be_visible()
    assert starts(f"{server}/calendar.ics") == {
        VISIT: datetime(YEAR, 3, 10, 18, tzinfo=UTC),
        FAR: datetime(YEAR, 7, 4, 19, tzinfo=UTC),
    }


def starts(address: str) -> dict[str, datetime]:
    """The start times of this source's events, as another program reads them from the site's calendar."""
    with urllib.request.urlopen(address, timeout=TIMEOUT / 1000) as response:
        calendar = Calendar.from_ical(response.read())
    found = recurring_ical_events.of(calendar).between(
        datetime(YEAR, 1, 1, tzinfo=UTC), datetime(YEAR, 12, 1, tzinfo=UTC)
    )
    return {str(each["SUMMARY"]): each.start for each in found if str(each["SUMMARY"]) in (VISIT, FAR, BROKEN)}
