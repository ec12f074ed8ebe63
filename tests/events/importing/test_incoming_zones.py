"""The time zones of partners' files: a definition is valid for its own file only, and known names are recognised."""

import random
from datetime import UTC, datetime
from importlib import resources

import pytest
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from events.importing.bounded import parse_in_time
from events.importing.parse import parse
from events.importing.zones import named_zone
from portal.platform.zones import known_names, zone
from tests.events.partners import (
    AMERICA,
    EUROPE,
    NOW,
    PARIS,
    described,
    draft,
    file,
    fixed,
    import_events,
    instants,
    parsed,
    zoned,
)


@pytest.mark.parametrize("turn", [1, -1])
@pytest.mark.parametrize("name", ["Customized Time Zone", "Hausuhr"])
def test_zone_of_one_file_does_not_affect_the_next(name, turn):
    files = {
        7: file(zoned(name), head=described(name, EUROPE)),
        13: file(zoned(name), head=described(name, AMERICA)),
    }
    for hour, content in list(files.items())[::turn]:
        assert instants(parse(content, PARIS, NOW)) == [("a@partner", datetime(2026, 7, 10, hour, tzinfo=UTC))]


def test_files_have_the_same_instants_alone_and_in_sequence():
    files = [generated(random.Random(number)) for number in range(20)]
    alone = [instants(parse_in_time(content, PARIS, NOW)) for content in files]

    in_sequence = [instants(parse(content, PARIS, NOW)) for content in files]

    assert all(len(found) == 3 for found in alone)
    assert in_sequence == alone


def generated(chance: random.Random) -> bytes:
    """A file whose zones have the names of other files' zones, but different offsets."""
    names = ["Customized Time Zone", "Romance Standard Time", "Local", "/partner.example/Hall", "Europe/Paris"]
    rules = [EUROPE, AMERICA, fixed("+0530"), fixed("-0300"), fixed("+0845"), fixed("+0017")]
    own = {name: described(name, chance.choice(rules)) for name in chance.sample(names, 3)}
    events = [
        zoned(
            name,
            chance.choice(["", "RRULE:FREQ=WEEKLY;COUNT=4\r\n", f"EXDATE;TZID={name}:20260717T090000\r\n"]),
            f"{number}@partner",
            f"20260{chance.randint(1, 9)}{chance.randint(10, 28)}T{chance.randint(4, 23):02}0000",
        )
        for number, name in enumerate(own)
    ]
    return file(*events, head="".join(own.values()))


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("W. Europe Standard Time", "Europe/Berlin"),
        ("Tokyo Standard Time", "Asia/Tokyo"),
        ("/freeassociation.sourceforge.net/Tzfile/Europe/Berlin", "Europe/Berlin"),
        ("/partner.example/20260101_1/America/Argentina/Buenos_Aires", "America/Argentina/Buenos_Aires"),
        ("europe/berlin", "Europe/Berlin"),
        ("US/Eastern", "US/Eastern"),
        ("US-Eastern", "US/Eastern"),
        ("America-New_York", "America/New_York"),
        ("America/New York", "America/New_York"),
        ("Eastern Standard Time", "America/New_York"),
        ("Eastern Daylight Time", "America/New_York"),
        ("Eastern Time (US & Canada)", "US/Eastern"),
        ('"(UTC-05:00) Eastern Time (US & Canada)"', "US/Eastern"),
        ('"(GMT-08.00) Pacific Time (US & Canada)"', "US/Pacific"),
        ('"(UTC+01:00) Amsterdam, Berlin, Bern, Rom, Stockholm, Wien"', "Europe/Amsterdam"),
        ('"(UTC) Dublin, Edinburgh, Lissabon, London"', "Europe/Dublin"),
        ('"(UTC+05:30) Chennai, Kolkata, Mumbai, New Delhi"', "Asia/Kolkata"),
        ('"tzone://Microsoft/Utc"', "Europe/Paris"),
    ],
)
@pytest.mark.parametrize("head", ["", "described"])
def test_zone_is_found_by_its_name(name, place, head):
    found = parsed(zoned(name), head=described(name, EUROPE) if head and place == "Europe/Berlin" else "")

    assert found.events[0].zone == place
    assert not found.problems


@pytest.mark.parametrize(
    ("rules", "place"),
    [
        (EUROPE, "Europe/Paris"),
        (AMERICA, "America/New_York"),
        (fixed("+0530"), "Asia/Calcutta"),
        (fixed("-0100"), "Etc/GMT+1"),
    ],
)
def test_zone_of_an_unknown_name_is_one_with_the_described_offsets(rules, place):
    found = parsed(zoned("Hausuhr", "RRULE:FREQ=MONTHLY;COUNT=9\r\n"), head=described("Hausuhr", rules))

    assert (found.events[0].zone, found.events[0].start.hour) == (place, 9)
    assert not found.problems


def test_unknown_zone_keeps_the_instants_and_is_reported():
    found = parsed(zoned("Hausuhr"), head=described("Hausuhr", fixed("+0017")))

    assert instants(found) == [("a@partner", datetime(2026, 7, 10, 8, 43, tzinfo=UTC))]
    assert found.events[0].zone == "Europe/Paris"
    assert "Hausuhr" in found.problems[0]


def test_known_name_with_other_offsets_keeps_its_times_and_is_reported():
    found = parsed(zoned("Europe/Berlin"), head=described("Europe/Berlin", fixed("+0530")))

    assert (found.events[0].zone, found.events[0].start.hour) == ("Europe/Berlin", 9)
    assert len(found.problems) == 1
    assert "Europe/Berlin" in found.problems[0]


@pytest.mark.parametrize("name", ["CET", "Japan", "EST5EDT", "Etc/GMT+1", "GB", "US/Pacific"])
def test_older_name_of_a_zone_is_imported_and_published(partner, name):
    import_events(partner, zoned(name))
    page = draft()

    page.save_revision().publish()
    page.full_clean()

    assert page.time_zone == name
    assert page.local_start.hour == 9


def test_time_in_utc_beside_a_zone_is_in_utc():
    found = parsed(zoned("Europe/Berlin", start="20260710T070000Z"))

    assert instants(found) == [("a@partner", datetime(2026, 7, 10, 7, tzinfo=UTC))]


def test_eastern_time_with_midnight_changes_is_new_york():
    """Only Havana changes its clocks at midnight, but some programs describe New York in this way."""
    found = parsed(
        zoned("US-Eastern", "RRULE:FREQ=WEEKLY;COUNT=60\r\n"),
        head=described("US-Eastern", AMERICA.replace("T020000", "T000000")),
    )

    assert found.events[0].zone == "US/Eastern"


def older_names() -> list[tuple[str, str]]:
    """The links of the time zone database: an older name and its current zone."""
    lines = (resources.files("tzdata") / "zoneinfo" / "tzdata.zi").read_text().splitlines()
    return [(older, name) for kind, name, older in (line.split() for line in lines if line.startswith("L "))]


@pytest.mark.parametrize("signs", ["/", "-", " "])
def test_older_name_of_a_zone_is_its_link_target(signs):
    times = [datetime(2026, month, 1, 12) for month in (1, 7)]
    wrong = []
    for older, name in older_names():
        found = named_zone(older.replace("/", signs).replace("_", " ") if signs == " " else older.replace("/", signs))
        meant = zone(name)
        if "/GMT" not in older and (
            found is None or any(found.utcoffset(time) != meant.utcoffset(time) for time in times)
        ):
            wrong.append((older, found))

    assert len(older_names()) > 100
    assert wrong == []


def test_every_name_of_the_database_and_of_windows_is_known():
    assert [name for name in known_names() if named_zone(name) is None or named_zone(name).key != name] == []
    assert [name for name, place in WINDOWS_TO_OLSON.items() if place in known_names() and not named_zone(name)] == []
