"""Calendar files: valid, with the site's dates, without private content, and not sent again unchanged."""

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from time_machine import travel

from events.models import AddedDate, Break, ChangedDate, EventPage, Venue
from tests.builders import (
    change,
    make_draft,
    make_event,
    make_private,
    make_topic,
)
from tests.events.calendars import events_in, file_of, master, parse_strictly, spans, spans_in_vobject
from tests.events.reading import read

NOW = FROZEN_AT = datetime(2026, 3, 1, 8, tzinfo=UTC)
START = datetime(2026, 3, 3, 9, tzinfo=UTC)
GOLDEN = Path(__file__).parent / "golden"
Kind = ChangedDate.Kind


@pytest.mark.parametrize("name", ["single", "series", "all-day"])
def test_file_equals_its_golden_file(lorraine, name, monkeypatch):
    """To renew a golden file, delete it and run this test once."""
    facts = {
        "single": {"place": "Halle aux grumes", "address": "2, chemin du Flottage; Épinal", "price": "5 €"},
        "series": {
            "recurrence": "FREQ=WEEKLY;COUNT=6",
            "changed_dates": [
                ChangedDate(day=date(2026, 3, 10), kind="cancelled", reason="Grève"),
                ChangedDate(day=date(2026, 3, 17), new_day=date(2026, 3, 18), new_start=time(14)),
                ChangedDate(day=date(2026, 3, 24), new_day=date(2026, 3, 31)),
            ],
        },
        "all-day": {"is_all_day": True, "end": START + timedelta(days=2), "online_url": "https://visio.example/1"},
    }[name]
    event = make_event(
        lorraine.calendar,
        "Rencontre « bois », du grume au violon \\ suite 🎻 et quelques mots de plus pour la pliure",
        start=START,
        slug="rencontre",
        translation_key="00000000-0000-4000-8000-000000000001",
        standfirst="Une ligne.\nUne autre, avec une virgule ; et un point-virgule.",
        topics=[],
        **{"place": "", **facts},
    )
    assert file_of(lorraine, event).content == (GOLDEN / f"{name}.ics").read_bytes()


def test_titles_inject_no_line_and_no_header(lorraine):
    event = make_event(lorraine.calendar, "Un\r\nDTSTART:19990101\r\nX-EVIL:1", start=START, standfirst="a\nb;c,d\\e")
    lorraine.site.site_name = "Nom\r\nX-EVIL:1"
    lorraine.site.save()

    for response in (file_of(lorraine, event), lorraine.reader().get("/fr/calendrier.ics")):
        assert b"\r\nX-EVIL" not in response.content
        assert "X-EVIL" not in response.headers
        parse_strictly(response.content)
    assert events_in(file_of(lorraine, event))[0]["DESCRIPTION"] == "a\nb;c,d\\e"


def test_event_without_a_place_has_no_location_line(lorraine):
    content = file_of(lorraine, make_event(lorraine.calendar, start=START, place="")).content

    assert b"LOCATION" not in content
    assert b"None" not in content


def test_place_of_a_venue_and_its_coordinates(lorraine):
    venue = Venue.objects.create(name="Halle", address="2, rue du Canal", latitude="48.5", longitude="6.25")
    event = make_event(lorraine.calendar, start=START, venue=venue, online_url="https://visio.example/1")
    found = master(file_of(lorraine, event))

    assert found["LOCATION"] == "Halle, 2, rue du Canal"
    assert found["GEO"].to_ical() == "48.5;6.25"
    assert found["CONFERENCE"] == "https://visio.example/1"


def test_uid_of_an_event_never_changes(lorraine, saar):
    event = make_event(lorraine.calendar, "Avant", start=START)
    uid = master(file_of(lorraine, event))["UID"]
    event = change(
        event, title="Après", slug="apres", start=START + timedelta(days=1), end=START + timedelta(days=1, hours=1)
    )
    assert master(file_of(lorraine, event))["UID"] == uid

    event.move(saar.calendars["fr"], pos="last-child")
    event = EventPage.objects.get(pk=event.pk)
    found = master(file_of(saar, event))
    assert found["UID"] == uid
    assert str(found["URL"]).startswith("http://saar.localhost/fr/")
    # The UID is not a number, because another installation could use the same number for its own event.
    assert UUID(uid.split("@")[0]).version == 4


def test_copy_has_its_own_uid(lorraine):
    event = make_event(lorraine.calendar, "Café", start=START, uid="partner@example.org")
    copy = event.copy(update_attrs={"slug": "copie", "title": "Copie"}, keep_live=True)

    assert copy.calendar_uid != event.calendar_uid == "partner@example.org"


def test_translations_are_one_event(lorraine):
    french = make_event(lorraine.calendars["fr"], "Café", start=START)
    german = french.copy_for_translation(lorraine.calendars["de"].locale)
    german.title = "Kaffee"
    german.save_revision().publish()
    german = EventPage.objects.get(pk=german.pk)

    assert german.calendar_uid == french.calendar_uid
    assert german.start == french.start
    summaries = [str(event["SUMMARY"]) for event in events_in(lorraine.reader().get("/calendar.ics"))]
    assert "Café" in summaries
    assert "Kaffee" not in summaries


def test_sequence_rises_with_dates_and_place_only(lorraine):
    event = make_event(lorraine.calendar, "Café", start=START)
    first = master(file_of(lorraine, event))

    with travel(NOW + timedelta(hours=1), tick=False):
        event = change(event)
        same = master(file_of(lorraine, event))
    with travel(NOW + timedelta(hours=2), tick=False):
        event = change(event, title="Café du matin")
        words = master(file_of(lorraine, event))
    with travel(NOW + timedelta(hours=3), tick=False):
        event = change(event, place="Gare")
        place = master(file_of(lorraine, event))

    assert [int(found["SEQUENCE"]) for found in (first, same, words, place)] == [0, 0, 0, 1]
    changed = [found["LAST-MODIFIED"].dt for found in (first, same, words, place)]
    assert changed == [NOW, NOW, NOW + timedelta(hours=2), NOW + timedelta(hours=3)]
    assert place["DTSTAMP"].dt == place["LAST-MODIFIED"].dt


@pytest.mark.parametrize("address", ["/fr/rubrique/agenda.ics", "/fr/calendrier.ics", "/calendar.ics"])
def test_unchanged_file_is_not_sent_again(lorraine, address):
    make_event(lorraine.calendar, start=START)
    first = lorraine.reader().get(address)
    with travel(NOW + timedelta(minutes=5), tick=False):
        again = lorraine.reader(if_none_match=first["ETag"]).get(address)

    assert (again.status_code, again.content) == (304, b"")
    assert "Cookie" not in first.get("Vary", "")
    assert not first.cookies
    make_event(lorraine.calendar, "Nouveau", start=START)
    assert lorraine.reader(if_none_match=first["ETag"]).get(address).status_code == 200


def test_file_responds_to_head_and_to_no_unsafe_method(lorraine):
    assert lorraine.reader().head("/fr/calendrier.ics").status_code == 200
    assert lorraine.reader().post("/fr/calendrier.ics").status_code == 405


@pytest.mark.parametrize(
    "address",
    [
        "/fr/nowhere.ics",
        "/fr/rubrique.ics",
        "/fr.ics",
        "/fr/rubrique/agenda/nothing.ics",
        "/fr/calendrier.ics?topic=nothing",
        "/fr/kalender.ics",
    ],
)
def test_unknown_file_is_not_found(lorraine, address):
    assert lorraine.reader().get(address).status_code == 404


def test_cancelled_event_stays_for_a_while(lorraine):
    event = change(make_event(lorraine.calendar, "Café", start=START), status="cancelled", status_note="Grève")

    found = master(file_of(lorraine, lorraine.calendar))
    assert (found["STATUS"], found["SUMMARY"]) == ("CANCELLED", "Café") if found["UID"] == event.calendar_uid else True
    for days, present in [(20, True), (40, False)]:
        with travel(START + timedelta(days=days), tick=False):
            uids = {str(found["UID"]) for found in events_in(file_of(lorraine, lorraine.calendar))}
            assert (event.calendar_uid in uids) is present


def test_list_has_more_than_thirty_events(lorraine, calendar):
    for number in range(35):
        make_event(calendar, f"Atelier {number}", start=START + timedelta(hours=number))

    assert len(events_in(file_of(lorraine, calendar))) == 35


def test_file_of_a_list_has_only_its_events(lorraine, saar, calendar):
    topic = make_topic("Énergie", slug="energie")
    make_event(calendar, "Bois", start=START, topics=[topic])
    make_event(lorraine.calendar, "Rubrique", start=START)
    make_event(lorraine.calendars["de"], "Deutsch", start=START)
    make_event(saar.calendars["fr"], "Sarroise", start=START)
    make_draft(make_event(calendar, "Brouillon", start=START))
    make_private(make_event(calendar, "Secret", start=START), password="sésame")

    def found(address: str) -> set[str]:
        return {str(event["SUMMARY"]) for event in events_in(lorraine.reader().get(address))}

    assert found("/fr/bois/agenda.ics") == found("/fr/bois/calendrier.ics") == {"Bois"}
    assert found("/fr/calendrier.ics?topic=energie") == {"Bois"}
    everything = found("/fr/calendrier.ics")
    assert {"Bois", "Rubrique"} <= everything
    assert not everything & {"Deutsch", "Sarroise", "Brouillon", "Secret"}
    assert "Deutsch" in found("/calendar.ics")
    assert not found("/calendar.ics") & {"Sarroise", "Brouillon", "Secret"}


@pytest.mark.parametrize("kind", ["password", "login"])
def test_private_event_has_no_file(lorraine, calendar, kind):
    event = make_event(calendar, "Secret", start=START)
    make_private(event, password="sésame" if kind == "password" else "")

    assert file_of(lorraine, event).status_code == 404
    make_private(calendar, password="sésame")
    assert file_of(lorraine, calendar).status_code == 404


def test_file_of_one_date(lorraine):
    event = make_event(lorraine.calendar, "Café", start=START, recurrence="FREQ=WEEKLY;COUNT=3")
    found = events_in(file_of(lorraine, event, "/2026-03-10"))

    assert len(found) == 1
    assert found[0]["UID"] == event.calendar_uid
    assert found[0]["RECURRENCE-ID"].dt == START + timedelta(days=7)
    assert str(found[0]["URL"]).endswith("/2026-03-10/")


def test_page_links_to_its_calendar_file(lorraine):
    event = make_event(lorraine.calendar, "Café", start=START)
    links = [link["href"] for link in read(lorraine, event).select(".subscribe a")]

    assert links[0].endswith(".ics")
    assert links[-1].startswith("webcal:")
    assert f"http://lorraine.localhost{lorraine.address(event).rstrip('/')}.ics" in links
    assert any(link.startswith("webcal://lorraine.localhost/") for link in links)
    assert any(link.startswith("https://calendar.google.com/") for link in links)
    assert any(link.startswith("https://outlook.live.com/") for link in links)


def test_page_of_one_date_offers_to_subscribe_to_its_series(lorraine):
    event = make_event(lorraine.calendar, "Café", start=START, recurrence="FREQ=WEEKLY;COUNT=3")
    links = [link["href"] for link in read(lorraine, lorraine.address(event, "2026-03-10/")).select(".subscribe a")]

    assert links[0].endswith("/2026-03-10.ics")
    assert links[-1] == f"webcal://lorraine.localhost{lorraine.address(event).rstrip('/')}.ics"


def test_feed_takes_few_queries_for_any_length(lorraine, calendar):
    counts = []
    for _turn in range(2):
        for _number in range(5):
            make_event(calendar, start=START, recurrence="FREQ=WEEKLY;COUNT=4")
        file_of(lorraine, calendar)
        with CaptureQueriesContext(connection) as queries:
            file_of(lorraine, calendar)
        counts.append(len(queries))

    assert counts[0] == counts[1] <= 6


def test_event_of_added_dates_names_its_first_date_too(lorraine):
    added = [AddedDate(day=date(2026, 4, 2)), AddedDate(day=date(2026, 4, 9))]
    event = make_event(lorraine.calendar, "Visite", start=NOW, added_dates=added)
    text = file_of(lorraine, event).content.decode().replace("\r\n ", "")
    [line] = [line for line in text.split("\r\n") if line.startswith("RDATE")]

    assert line.count(",") == 2
    assert len(spans(text.encode())) == len(spans_in_vobject(text.encode())) == 3


def test_series_keeps_its_rule_with_many_excluded_dates(lorraine):
    event = make_event(
        lorraine.calendar,
        "Visite",
        start=NOW,
        recurrence="FREQ=DAILY;COUNT=650",
        breaks=[Break(first_day=date(2026, 4, 1), last_day=date(2027, 8, 10))],
    )
    text = file_of(lorraine, event).content.decode()

    assert "RRULE:FREQ=DAILY" in text
    assert "RDATE" not in text
    assert len(spans(text.encode())) == 650 - 497
