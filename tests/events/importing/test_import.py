"""A partner's calendar is imported as drafts: its changes are applied, local edits stay, errors are reported."""

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from time_machine import travel
from wagtail.models import TaskState

from events.importing import subscriptions
from events.importing.fetch import Fetched, FetchError
from events.importing.subscriptions import import_file, refresh
from events.models import AddedDate, ChangedDate, EventPage, ImportedEvent, Occurrence, Subscription
from events.recurrence import MAX_DATES
from portal.platform.tasks.periodic import periodic_tasks
from tests.builders import make_event, make_newsroom, work_off
from tests.events.calendars import file_of, parse_strictly, spans
from tests.events.partners import NOW, PARIS, basic, changed, draft, file, import_events

FROZEN_AT = NOW


# Import and update


def test_event_is_imported_as_a_draft_in_the_workflow_with_its_source(lorraine, partner):
    make_newsroom(lorraine)
    import_events(partner, basic(LOCATION="Halle", URL="https://partner.example/1"))
    page = ImportedEvent.objects.get().event

    assert not page.live
    assert TaskState.objects.filter(workflow_state__object_id=str(page.pk), status="in_progress").exists()
    assert (page.source, page.source_url, page.place) == ("Office du bois", "https://partner.example/1", "Halle")
    assert page.calendar_uid == "a@partner"
    assert "Visite" not in lorraine.reader().get("/fr/calendrier/").content.decode()
    page.get_latest_revision().publish()
    shown = lorraine.reader().get(lorraine.address(page)).content.decode()
    assert "Office du bois" in shown


def test_script_is_removed(lorraine, partner):
    html = '<p>Bonjour <a href="javascript:alert(1)">ici</a><script>alert(1)</script><img src=x onerror=alert(1)></p>'
    import_events(partner, basic(DESCRIPTION=html, URL="javascript:alert(1)", LOCATION="<b>Halle</b>"))
    page = draft()
    page.save_revision().publish()
    text = lorraine.reader().get(lorraine.address(page)).content.decode()
    main = text[text.index("<main") : text.index("</main>")]

    assert page.source_url == ""
    assert "Bonjour" in main
    for evil in ("javascript:", "alert(1)", "onerror", "<b>Halle"):
        assert evil not in main


def test_same_file_again_changes_nothing(partner):
    import_events(partner, basic())
    revisions = draft().revisions.count()
    report = import_events(partner, basic())

    assert report.counts["same"] == 1
    assert draft().revisions.count() == revisions
    assert EventPage.objects.filter(uid="a@partner").count() == 1


def test_change_of_the_source_is_imported(partner):
    import_events(partner, basic())
    times = {"DTSTART;TZID=Europe/Paris": "20260312T100000", "DTEND;TZID=Europe/Paris": "20260312T120000"}
    report = import_events(partner, basic(SUMMARY="Grande visite", **times))

    assert report.counts["updated"] == 1
    assert draft().title == "Grande visite"
    assert draft().local_start == datetime(2026, 3, 12, 10, tzinfo=PARIS)


def test_field_that_was_edited_here_stays(partner):
    import_events(partner, basic(LOCATION="Halle"))
    page = draft()
    page.title = "Visite guidée"
    page.save_revision()

    report = import_events(partner, basic(SUMMARY="Autre titre", LOCATION="Gare"))
    assert (draft().title, draft().place) == ("Visite guidée", "Gare")
    assert report.conflicts
    report = import_events(partner, basic(SUMMARY="Autre titre", LOCATION="Port"))
    assert (draft().title, draft().place) == ("Visite guidée", "Port")


def test_field_that_was_edited_only_here_causes_no_conflict(partner):
    import_events(partner, basic())
    page = draft()
    page.place = "Gare"
    page.save_revision()

    report = import_events(partner, basic(SUMMARY="Autre titre"))

    assert (draft().title, draft().place) == ("Autre titre", "Gare")
    assert not report.conflicts


def test_published_event_gets_a_draft_and_stays_as_it_is(lorraine, partner):
    make_newsroom(lorraine)
    import_events(partner, basic())
    draft().save_revision().publish()
    import_events(partner, basic(SUMMARY="Autre titre"))
    page = EventPage.objects.get(uid="a@partner")

    assert (page.live, page.title, draft().title) == (True, "Visite", "Autre titre")


def test_event_deleted_here_stays_deleted(partner):
    import_events(partner, basic())
    EventPage.objects.get(uid="a@partner").delete()

    report = import_events(partner, basic(SUMMARY="Encore"))

    assert not EventPage.objects.filter(uid="a@partner").exists()
    assert report.counts["deleted"] == 1


@pytest.mark.parametrize(
    ("when_gone", "live", "status"),
    [("keep", True, "scheduled"), ("cancel", True, "cancelled"), ("unpublish", False, "scheduled")],
)
def test_event_removed_from_the_source(partner, when_gone, live, status):
    partner.when_gone = when_gone
    import_events(partner, basic(), basic("b@partner"))
    draft().save_revision().publish()

    report = import_events(partner, basic("b@partner"))

    page = EventPage.objects.get(uid="a@partner")
    assert report.counts["gone"] == 1
    assert page.live is live
    assert page.get_latest_revision_as_object().status == status
    assert import_events(partner, basic("b@partner")).counts["gone"] == 0


def test_unreadable_event_and_empty_file_are_not_gone(partner):
    partner.when_gone = "unpublish"
    import_events(partner, basic())
    draft().save_revision().publish()

    import_events(partner)
    import_events(partner, basic(RRULE="FREQ=SECONDLY"), basic("b@partner"))

    assert EventPage.objects.get(uid="a@partner").live


def test_cancelled_event_and_cancelled_date(partner):
    exception = changed("20260317", "20260317T090000", "STATUS:CANCELLED", uid="b@partner")
    import_events(partner, basic(STATUS="CANCELLED"), basic("b@partner", RRULE="FREQ=WEEKLY;COUNT=3"), exception)

    assert draft().status == "cancelled"
    assert draft("b@partner").status == "scheduled"
    assert draft("b@partner").recurrence == "FREQ=WEEKLY;COUNT=3"
    assert [(row.day, row.kind) for row in draft("b@partner").changed_dates.all()] == [(date(2026, 3, 17), "cancelled")]


def test_export_import_export_gives_the_same_dates_and_words(lorraine, partner):
    event = make_event(
        lorraine.calendar,
        "Café; du, matin",
        start=datetime(2026, 3, 3, 9, tzinfo=UTC),
        place="Halle, quai 2",
        standfirst="Une ligne.\nUne autre; et une virgule,",
        recurrence="FREQ=WEEKLY;UNTIL=20260430",
        changed_dates=[
            ChangedDate(day=date(2026, 3, 10), kind="cancelled"),
            ChangedDate(day=date(2026, 3, 17), new_day=date(2026, 3, 18), new_start=time(14)),
            ChangedDate(day=date(2026, 3, 24), kind="removed"),
            ChangedDate(day=date(2026, 3, 31), title="Café breton", place="Gare"),
        ],
        added_dates=[AddedDate(day=date(2026, 4, 2), start_time=time(16), end_time=time(17))],
    )
    first = file_of(lorraine, event).content
    event.delete()
    import_file(partner, first, NOW)
    draft(event.calendar_uid).save_revision().publish()
    page = EventPage.objects.get(uid=event.calendar_uid)
    second = file_of(lorraine, page).content

    assert spans(first) == spans(second)
    assert comparable_lines(first) == comparable_lines(second)


def comparable_lines(content: bytes) -> list[str]:
    """A file without values that depend on its site: URLs, versions and the label of a moved date."""
    own = ("URL", "DTSTAMP", "CREATED", "LAST-MODIFIED", "SEQUENCE")
    parse_strictly(content)
    text = content.decode().replace("\r\n ", "").replace("Moved: ", "").replace("Reporté\u00a0: ", "")
    return sorted(line for line in text.split("\r\n") if not line.startswith(own))


# Subscriptions and the command


def test_periodic_task_refreshes_calendars_in_the_background(partner, monkeypatch):
    monkeypatch.setattr(subscriptions, "fetch_in_time", lambda *args: Fetched(file(basic()), '"1"'))
    task = next(each for each in periodic_tasks() if each.name == "events.periodic.refresh_subscribed_calendars")
    task.run(NOW)
    task.run(NOW)
    assert not ImportedEvent.objects.exists()
    work_off()

    assert draft().title == "Visite"
    partner.refresh_from_db()
    assert partner.read_at == NOW
    task.run(NOW + timedelta(minutes=30))
    work_off()
    partner.refresh_from_db()
    assert partner.read_at == NOW


def test_source_that_fails_is_reported_and_does_not_stop_others(lorraine, partner, monkeypatch):
    other = Subscription.objects.create(calendar=lorraine.calendar, name="Zut", url="https://other.example/")

    def fetch(url, *_validators):
        if url == partner.url:
            raise FetchError("nobody there")
        return Fetched(file(basic("b@partner")))

    monkeypatch.setattr(subscriptions, "fetch_in_time", fetch)
    for subscription in (partner, other):
        subscriptions.refresh_if_due.call(subscription.pk)

    partner.refresh_from_db()
    assert partner.is_failing
    assert "nobody there" in partner.report
    assert draft("b@partner").source == other.name
    monkeypatch.setattr(subscriptions, "fetch_in_time", lambda *args: Fetched(b"<html>"))
    assert refresh(partner, NOW) is None


def test_command_reads_a_file_and_the_same_file_again(lorraine, tmp_path, capsys):
    path = Path(tmp_path) / "agenda.ics"
    path.write_bytes(file(basic()))
    for _turn in range(2):
        call_command("import_ical", str(path), calendar=lorraine.calendar.pk, name="Office du bois")

    assert EventPage.objects.filter(uid="a@partner").count() == 1
    assert "1" in capsys.readouterr().out


@pytest.mark.parametrize("source", ["/nowhere.ics", "http://127.0.0.1/agenda.ics", "file:///etc/passwd"])
def test_command_reports_a_source_that_it_cannot_read(lorraine, source):
    with pytest.raises(CommandError):
        call_command("import_ical", source, calendar=lorraine.calendar.pk)
    with pytest.raises(CommandError):
        call_command("import_ical", source, calendar=0)


LONG_AGO = {
    "DTSTART;TZID=Europe/Paris": "20120102T090000",
    "DTEND;TZID=Europe/Paris": "20120102T110000",
    "RRULE": "FREQ=DAILY",
}


def of_long_ago(**changes: str) -> str:
    return basic(**{"DTSTART": None, "DTEND": None, **LONG_AGO, **changes})


def test_daily_series_of_many_years_is_imported_with_its_future_dates(lorraine, partner):
    report = import_events(partner, of_long_ago())
    draft().save_revision().publish()

    days = Occurrence.objects.filter(start__gt=NOW).values_list("start__date", flat=True)
    assert not report.problems
    assert {date(2026, 3, 2), date(2026, 8, 14), date(2028, 1, 1)} <= set(days)
    assert Occurrence.objects.filter(event=ImportedEvent.objects.get().event).count() == MAX_DATES
    assert "Visite" in lorraine.reader().get("/fr/calendrier/").content.decode()


def test_series_of_many_years_is_the_same_at_the_next_reading(partner):
    import_events(partner, of_long_ago())
    before = ImportedEvent.objects.get().event.latest_revision_id

    with travel(NOW + timedelta(days=30)):
        import_file(partner, file(of_long_ago()), NOW + timedelta(days=30))

    assert ImportedEvent.objects.get().event.latest_revision_id == before
    assert draft().start.year == 2012


def test_exceptions_of_a_long_series_apply_to_its_used_dates(partner):
    moved = [changed(day, f"{day}T140000", end=f"{day}T160000") for day in ("20130106", "20260406")]
    exceptions = {"EXDATE;TZID=Europe/Paris": "20130105T090000,20260405T090000"}
    report = import_events(partner, of_long_ago(**exceptions), *moved)
    page = draft()
    page.save_revision().publish()

    dates = {(row.start.astimezone(PARIS).date(), row.start.astimezone(PARIS).hour) for row in Occurrence.objects.all()}
    assert not report.problems
    assert page.added_dates.count() == 0
    assert not {day for day, _hour in dates} & {date(2013, 1, 6), date(2026, 4, 5)}
    assert (date(2026, 4, 6), 14) in dates


def test_series_of_too_many_dates_is_refused(partner):
    report = import_events(
        partner, of_long_ago(**{"DTSTART;TZID=Europe/Paris": "19010101T090000", "DTEND;TZID=Europe/Paris": None})
    )

    assert "20000" in "".join(report.problems).replace(",", "").replace(" ", "")
    assert not ImportedEvent.objects.exists()
