"""Incomplete or mixed files: one bad line, dates without their series, two calendars in one file."""

from datetime import date, datetime

import pytest

from events.importing.parse import parse
from tests.events.partners import BASIC, HEAD, NOW, PARIS, TAIL, basic, draft, file, import_events, parsed, vevent


def instance(day: str, more: str = "", uid: str = "a@partner", hour: str = "090000") -> str:
    return vevent(
        f"UID:{uid}\r\nDTSTAMP:20260201T000000Z\r\nRECURRENCE-ID;TZID=Europe/Paris:{day}T{hour}\r\n"
        f"DTSTART;TZID=Europe/Paris:{day}T{hour}\r\nDURATION:PT2H\r\n{more or 'SUMMARY:Visite'}\r\n"
    )


# One bad line


@pytest.mark.parametrize(
    "broken",
    [
        "SEQUENCE:one",
        "SEQUENCE:1\r\nSEQUENCE:2",
        "LAST-MODIFIED:yesterday",
        "DTSTART;TZID=Europe/Paris:20260311T090000",
        "CATEGORIES",
        "DURATION:x",
        "EXDATE:x",
        "RDATE;VALUE=PERIOD:x/y",
        "GEO:x",
        'ATTENDEE;CN="Anna:mailto:a@x',
        "RECURRENCE-ID:x",
        "X-;:",
        "BEGIN:VALARM\r\nTRIGGER:x",
        "END:VALARM",
    ],
)
def test_bad_line_affects_its_event_only_and_is_reported_once(broken):
    found = parsed(vevent(f"{BASIC.replace('a@', 'bad@')}{broken}\r\n"), basic("good@partner"))

    assert "good@partner" in [entry.uid for entry in found.events]
    assert "bad@partner" in found.uids
    assert len(found.problems) <= 1
    assert found.problems or "bad@partner" in [entry.uid for entry in found.events]


@pytest.mark.parametrize(
    "head",
    [
        "no colon\r\n",
        "X-WR-CALNAME\r\n",
        "BEGIN:VTIMEZONE\r\nEND:VTIMEZONE\r\n",
        "BEGIN:VTIMEZONE\r\nTZID:Own\r\nBEGIN:STANDARD\r\nDTSTART:x\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n",
        "BEGIN:VTIMEZONE\r\nTZID:Own\r\nBEGIN:DAYLIGHT\r\n",
        "BEGIN:VTODO\r\nUID:t\r\nDUE:x\r\nEND:VTODO\r\n",
        "END:VTIMEZONE\r\n",
    ],
)
def test_bad_line_outside_of_events_affects_no_event(head):
    found = parsed(basic(), head=head)

    assert [entry.start for entry in found.events] == [datetime(2026, 3, 10, 9)]
    assert len(found.problems) <= 1


def test_same_failure_of_many_events_is_one_sentence_with_their_lines():
    found = parsed(*(basic(f"{number}@partner", DTSTART="x") for number in range(9)))

    assert len(found.problems) == 1
    assert "9, 16, 23, 30, 37" in found.problems[0]


# Dates without their series


def test_dates_without_their_series_are_one_event_with_all_of_them():
    found = parsed(*(instance(f"202603{day}") for day in (17, 10, 24)))
    event = found.events[0]

    assert len(found.events) == 1
    assert (event.start, event.end) == (datetime(2026, 3, 10, 9), datetime(2026, 3, 10, 11))
    assert event.added == [(datetime(2026, 3, 17, 9), None), (datetime(2026, 3, 24, 9), None)]
    assert len(found.problems) == 1


def test_date_without_its_series_keeps_title_and_cancellation(partner):
    import_events(
        partner,
        instance("20260310"),
        instance("20260317", "SUMMARY:Visite de nuit"),
        instance("20260324", "SUMMARY:Visite\r\nSTATUS:CANCELLED"),
    )
    page = draft()
    page.save_revision().publish()
    shown = [(row.first_day, row.shown_title, row.status) for row in page.occurrences.order_by("start")]

    assert shown == [
        (date(2026, 3, 10), "Visite", "scheduled"),
        (date(2026, 3, 17), "Visite de nuit", "scheduled"),
        (date(2026, 3, 24), "Visite", "cancelled"),
    ]


def test_date_of_another_kind_is_an_event_of_its_own():
    whole_day = vevent(
        "UID:a@partner\r\nRECURRENCE-ID;VALUE=DATE:20260317\r\nDTSTART;VALUE=DATE:20260317\r\nSUMMARY:Tout\r\n"
    )
    long = instance("20260324").replace("PT2H", "P3D")
    found = parsed(instance("20260310"), whole_day, long)

    assert [(entry.title, entry.start.day, entry.is_all_day) for entry in found.events] == [
        ("Visite", 10, False),
        ("Tout", 17, True),
        ("Visite", 24, False),
    ]
    assert len({entry.uid for entry in found.events}) == 3


def test_later_dates_of_the_same_series_are_the_same_event(partner):
    import_events(partner, instance("20260310"), instance("20260317"))
    report = import_events(partner, instance("20260317"), instance("20260324"))

    assert report.counts["updated"] == 1
    assert draft().local_start.day == 17
    assert [added.day.day for added in draft().added_dates.all()] == [24]


# Two calendars in one file


def calendar(head: str, *events: str) -> str:
    return HEAD + head + "".join(events) + TAIL


def test_both_calendars_of_a_file_use_their_own_time_zone():
    text = "UID:{uid}\r\nDTSTAMP:20260201T000000Z\r\nSUMMARY:Visite\r\nDTSTART:20260310T090000\r\n"
    first = calendar("X-WR-TIMEZONE:Europe/Helsinki\r\n", vevent(text.format(uid="a")))
    second = calendar("X-WR-TIMEZONE:America/New_York\r\n", vevent(text.format(uid="b")))
    found = parse((first + second).encode(), PARIS, NOW)

    assert {entry.uid: entry.zone for entry in found.events} == {"a": "Europe/Helsinki", "b": "America/New_York"}
    assert not found.problems


def test_change_in_the_second_calendar_belongs_to_the_series_in_the_first():
    first = calendar("", basic(RRULE="FREQ=WEEKLY;COUNT=3"))
    second = calendar("", instance("20260317", "SUMMARY:Visite de nuit"))
    found = parse((first + second).encode(), PARIS, NOW)

    assert len(found.events) == 1
    assert found.events[0].changes[0].title == "Visite de nuit"


def test_series_of_several_rules_says_which_it_keeps():
    found = parse(file(basic(RRULE="FREQ=WEEKLY;COUNT=3\r\nRRULE:FREQ=MONTHLY;COUNT=2")), PARIS, NOW)

    assert found.events[0].rule == "FREQ=WEEKLY;COUNT=3"
    assert len(found.problems) == 1
    assert "semaine" in found.problems[0]


def test_invalid_event_is_reported_and_not_stored(partner):
    endless = basic("bad@partner", RRULE="FREQ=DAILY").replace("2026031", "1956031")
    report = import_events(partner, endless, basic("good@partner"))

    assert report.counts["created"] == 1
    assert len(report.problems) == 1
    assert draft("good@partner").title == "Visite"


def test_newest_of_two_changes_of_a_date_applies():
    first = instance("20260311", "SUMMARY:Ancien\r\nSEQUENCE:1")
    second = instance("20260311", "SUMMARY:Nouveau\r\nSEQUENCE:2").replace(
        "RECURRENCE-ID;TZID=Europe/Paris:20260311T090000", "RECURRENCE-ID:20260311T080000Z"
    )
    for order in ((first, second), (second, first)):
        found = parsed(basic(RRULE="FREQ=DAILY;COUNT=3"), *order)
        assert [change.title for change in found.events[0].changes] == ["Nouveau"]
