"""A published series' dates: exceptions, rule changes, and past dates that stay."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from bs4 import BeautifulSoup
from django.core.exceptions import ValidationError
from django.urls import reverse
from time_machine import travel

from events.models import AddedDate, CalendarEntry, ChangedDate, EventPage, Occurrence, OccurrencePlacement
from events.newsroom.dates_view import split_series
from events.occurrences import extend_horizon
from portal.editorial.roles import Role
from tests.builders import (
    change,
    make_draft,
    make_event,
    make_newsroom,
    make_recap,
    newsroom_client,
)
from tests.events.reading import read, titles

PARIS = ZoneInfo("Europe/Paris")
NOW = FROZEN_AT = datetime(2026, 3, 1, 8, tzinfo=UTC)
# A Tuesday, ten in the morning in Paris.
START = datetime(2026, 3, 3, 9, tzinfo=UTC)
Kind = ChangedDate.Kind


@pytest.fixture
def weekly(lorraine) -> EventPage:
    return make_event(lorraine.calendar, "Café", start=START, recurrence="FREQ=WEEKLY;COUNT=5", place="Halle")


def rows(event, **facts) -> list[Occurrence]:
    return list(event.occurrences.not_withdrawn().filter(**facts).order_by("start"))


def keys(event) -> list[str]:
    return [row.key for row in rows(event)]


def test_series_keeps_its_hour_over_the_clock_change(weekly):
    assert [row.local_start.hour for row in rows(weekly)] == [10] * 5
    assert {row.start.hour for row in rows(weekly)} == {9, 8}
    assert {row.end - row.start for row in rows(weekly)} == {timedelta(hours=2)}


def test_draft_has_no_dates_until_it_is_published(lorraine, weekly):
    weekly.recurrence = "FREQ=WEEKLY;COUNT=2"
    weekly.save_revision()

    assert len(rows(EventPage.objects.get(pk=weekly.pk))) == 5


@pytest.mark.parametrize("key", ["2026-03-11", "single", "2026-03-10-1000", "nonsense", "9999-99-99"])
def test_unknown_date_is_not_found(lorraine, weekly, key):
    read(lorraine, lorraine.address(weekly, f"{key}/"), 404)


def test_two_dates_on_one_day_have_two_addresses(lorraine, weekly):
    event = change(weekly, added_dates=[AddedDate(day=date(2026, 3, 10), start_time=time(16))])

    assert keys(event)[1:3] == ["2026-03-10", "2026-03-10-1600"]
    assert "16\xa0h" in read(lorraine, lorraine.address(event, "2026-03-10-1600/")).select_one(".practical").get_text()


def test_list_shows_a_series_once_with_its_next_date(lorraine, weekly):
    make_event(lorraine.calendar, "Autre", start=START + timedelta(days=3))
    address = "/fr/rubrique/agenda/"

    assert titles(lorraine, address)[:2] == ["Café", "Autre"]
    with travel(START + timedelta(days=1), tick=False):
        assert titles(lorraine, address)[:2] == ["Autre", "Café"]


def test_list_links_to_the_other_dates_of_a_series(lorraine, weekly):
    [link] = read(lorraine, "/fr/rubrique/agenda/").select(".event-row__rhythm a")
    assert link.get_text(" ", strip=True) == "Autres dates – Café"

    path, _mark, anchor = link["href"].partition("#")
    others = read(lorraine, path).find(id=anchor)
    assert others.get_text(strip=True) == "Autres dates"


def test_list_links_to_no_other_dates_if_none_is_left(lorraine, weekly):
    def linked_to_others() -> bool:
        return "Autres dates – Café" in read(lorraine, "/fr/rubrique/agenda/").select_one(".list").get_text()

    with travel(rows(weekly)[-2].end, tick=False):
        assert not linked_to_others()
    assert linked_to_others()
    change(weekly, changed_dates=[ChangedDate(day=row.first_day, kind=Kind.REMOVED) for row in rows(weekly)[1:]])
    assert not linked_to_others()


def test_series_is_past_after_its_last_date_and_not_before(lorraine, weekly):
    last = rows(weekly)[-1]
    address = "/fr/rubrique/agenda/?when=past"
    with travel(last.end - timedelta(minutes=1), tick=False):
        assert "Café" not in titles(lorraine, address)
    with travel(last.end, tick=False):
        assert titles(lorraine, address) == ["Café"]
        assert "Café" not in titles(lorraine, "/fr/rubrique/agenda/")


def test_cancelled_date_is_struck_through_with_its_reason(lorraine, weekly):
    event = change(weekly, changed_dates=[ChangedDate(day=date(2026, 3, 3), kind=Kind.CANCELLED, reason="Grève")])

    shown = read(lorraine, "/fr/rubrique/agenda/").select(".event-row")
    assert "event-row--cancelled" in shown[0]["class"]
    assert "Grève" in shown[0].get_text()
    assert "event-row--cancelled" not in shown[1]["class"]
    assert titles(lorraine, "/fr/rubrique/agenda/")[:2] == ["Café", "Café"]
    page = read(lorraine, lorraine.address(event, "2026-03-03/"))
    assert page.select_one(".event-status--cancelled")
    assert page.select_one("h1.is-cancelled")


def test_excluded_date_is_not_found(lorraine, weekly):
    event = change(weekly, changed_dates=[ChangedDate(day=date(2026, 3, 3), kind=Kind.REMOVED)])

    assert keys(event)[0] == "2026-03-10"
    read(lorraine, lorraine.address(event, "2026-03-03/"), 404)


def test_moved_date_shows_its_former_time_and_keeps_its_url(lorraine, weekly):
    event = change(
        weekly, changed_dates=[ChangedDate(day=date(2026, 3, 10), new_day=date(2026, 3, 12), new_start=time(14))]
    )
    row = rows(event, key="2026-03-10")[0]

    assert row.local_start == datetime(2026, 3, 12, 14, tzinfo=PARIS)
    assert row.end - row.start == timedelta(hours=2)
    assert row.previous_start == START + timedelta(days=7)
    html = read(lorraine, lorraine.address(event, "2026-03-10/"))
    assert "10 mars 2026" in html.select_one(".event-status--moved").get_text()


def test_one_date_has_another_title_place_and_is_full(lorraine, weekly):
    changed = ChangedDate(day=date(2026, 3, 10), title="Café breton", place="Gare", is_full=True)
    event = change(weekly, changed_dates=[changed])
    html = read(lorraine, lorraine.address(event, "2026-03-10/"))

    assert html.h1.get_text(strip=True) == "Café breton"
    assert "Gare" in html.select_one(".practical").get_text()
    assert "Halle" not in html.select_one(".practical").get_text()
    assert html.select_one(".event-status--full")
    other = read(lorraine, lorraine.address(event, "2026-03-17/"))
    assert other.h1.get_text(strip=True) == "Café"
    assert not other.select(".event-status")


def test_deleting_a_change_restores_the_date_of_the_rule(weekly):
    event = change(weekly, changed_dates=[ChangedDate(day=date(2026, 3, 10), new_day=date(2026, 3, 12))])
    event = change(event, changed_dates=[])

    row = rows(event, key="2026-03-10")[0]
    assert row.start == START + timedelta(days=7)
    assert row.status == "scheduled"


def test_cancelling_the_whole_series_cancels_every_date_to_come(lorraine, weekly):
    with travel(START + timedelta(days=8), tick=False):
        event = change(weekly, status="cancelled", status_note="Travaux")

        assert [row.status for row in rows(event)] == ["scheduled", "scheduled", "cancelled", "cancelled", "cancelled"]
        shown = read(lorraine, "/fr/rubrique/agenda/").select(".event-row--cancelled")
        assert len(shown) == 1
        assert "Travaux" in shown[0].get_text()


def test_change_of_the_rule_does_not_change_past_dates(lorraine, weekly):
    recap = None
    with travel(START + timedelta(days=8), tick=False):
        recap = make_recap(lorraine.calendar, event=weekly, event_date=date(2026, 3, 3))
        event = change(
            weekly,
            recurrence="FREQ=WEEKLY;INTERVAL=2;COUNT=4",
            start=START + timedelta(hours=2),
            end=START + timedelta(hours=3),
        )

        assert keys(event) == ["2026-03-03", "2026-03-10", "2026-03-17", "2026-03-31", "2026-04-14"]
        assert [row.local_start.hour for row in rows(event)] == [10, 10, 12, 12, 12]
        recap.refresh_from_db()
        assert recap.occurrence == rows(event)[0]


def test_new_hour_of_the_series_keeps_the_dates_to_come(weekly):
    before = {row.key: row.pk for row in rows(weekly)}
    event = change(weekly, start=START + timedelta(hours=1), end=START + timedelta(hours=3))

    assert {row.key: row.pk for row in rows(event)} == before
    assert [row.local_start.hour for row in rows(event)] == [11] * 5


def test_date_that_left_the_rule_is_withdrawn_and_not_deleted(lorraine, weekly):
    event = change(weekly, recurrence="FREQ=WEEKLY;COUNT=2")

    assert len(rows(event)) == 2
    assert event.occurrences.filter(is_withdrawn=True).count() == 3
    read(lorraine, lorraine.address(event, "2026-03-17/"), 404)
    assert len(rows(change(event, recurrence="FREQ=WEEKLY;COUNT=5"))) == 5


def test_single_event_that_becomes_a_series_keeps_its_date(lorraine):
    event = make_event(lorraine.calendar, start=START)
    date_ = rows(event)[0]
    event = change(event, recurrence="FREQ=WEEKLY;COUNT=3")

    assert rows(event)[0].pk == date_.pk
    assert len(rows(event)) == 3
    event = change(event, recurrence="")
    assert [(row.pk, row.key) for row in rows(event)] == [(date_.pk, "single")]


def test_series_of_many_dates_lists_its_future_ones(lorraine):
    with travel(datetime(2021, 12, 1, tzinfo=UTC), tick=False):
        event = make_event(
            lorraine.calendar, "Longue", start=datetime(2022, 6, 1, 9, tzinfo=UTC), recurrence="FREQ=DAILY;COUNT=1500"
        )
    with travel(NOW, tick=False):
        extend_horizon(NOW)
        assert len(rows(event)) == 1500
        assert "Longue" in titles(lorraine, "/fr/rubrique/agenda/")
        assert rows(event, end__gt=NOW)


def test_endless_series_continues_as_time_passes(lorraine):
    event = make_event(lorraine.calendar, start=START, recurrence="FREQ=WEEKLY")
    known = {row.key: row.pk for row in rows(event)}
    sequence = CalendarEntry.objects.get(event=event).sequence

    later = NOW + timedelta(days=100)
    with travel(later, tick=False):
        assert extend_horizon(later) == 1
        assert extend_horizon(later) == 0

    after = {row.key: row.pk for row in rows(event)}
    assert len(after) == len(known) + 14
    assert known.items() <= after.items()
    assert CalendarEntry.objects.get(event=event).sequence == sequence


def test_daily_task_changes_no_list(lorraine, weekly):
    later = START + timedelta(days=10)
    with travel(later, tick=False):
        before = titles(lorraine, "/fr/rubrique/agenda/")
        extend_horizon(later)
        assert OccurrencePlacement.objects.filter(event=weekly, is_over=True).exists()
        assert titles(lorraine, "/fr/rubrique/agenda/") == before


def test_unpublished_series_has_no_url_and_is_in_no_list(lorraine, weekly):
    make_draft(weekly)

    assert not OccurrencePlacement.objects.filter(event=weekly).exists()
    read(lorraine, lorraine.address(weekly, "2026-03-10/"), 410)
    assert weekly.occurrences.exists()


def test_this_and_following_splits_the_series(lorraine, weekly):
    event = change(weekly, changed_dates=[ChangedDate(day=date(2026, 3, 24), title="Dernier quart")])
    uid = event.calendar_uid
    follower = split_series(event.get_latest_revision_as_object(), "2026-03-17", None)

    earlier = EventPage.objects.get(pk=event.pk).get_latest_revision_as_object()
    later = EventPage.objects.get(pk=follower.pk).get_latest_revision_as_object()
    assert earlier.recurrence == "FREQ=WEEKLY;UNTIL=20260316"
    assert later.recurrence == "FREQ=WEEKLY;COUNT=3"
    assert later.local_start == datetime(2026, 3, 17, 10, tzinfo=PARIS)
    assert [row.title for row in later.changed_dates.all()] == ["Dernier quart"]
    assert not earlier.changed_dates.all()
    assert not follower.live
    assert len(rows(event)) == 5
    assert earlier.calendar_uid == uid != later.calendar_uid
    assert later.continues_id == event.pk


def test_series_cannot_be_split_at_its_first_date(weekly):
    with pytest.raises(ValidationError):
        split_series(weekly, "2026-03-03", None)


def test_recap_of_a_series_names_one_of_its_dates(lorraine, weekly):
    with travel(START + timedelta(days=8), tick=False):
        recap = make_recap(lorraine.calendar, "Ce qu’il en reste", event=weekly, event_date=date(2026, 3, 3))

        assert recap.occurrence.key == "2026-03-03"
        html = read(lorraine, lorraine.address(recap))
        assert html.select_one(".recap-of a")["href"] == lorraine.address(weekly, "2026-03-03/")
        assert "3 mars" in html.select_one(".recap-of").get_text()
        assert read(lorraine, lorraine.address(weekly, "2026-03-03/")).select_one(".recap-notice a")
        assert not read(lorraine, lorraine.address(weekly, "2026-03-10/")).select(".recap-notice")


def test_recap_of_a_day_without_a_date_is_refused(lorraine, weekly):
    with pytest.raises(ValidationError) as error:
        make_recap(lorraine.calendar, event=weekly, event_date=date(2026, 3, 4))

    assert "event_date" in error.value.message_dict


def test_night_is_listed_on_its_evening_as_configured(lorraine):
    from events.models import EventSettings

    concert = make_event(
        lorraine.calendar,
        start=datetime(2026, 3, 7, 19, tzinfo=UTC),
        end=datetime(2026, 3, 8, 1, tzinfo=UTC),
    )
    assert rows(concert)[0].last_day == date(2026, 3, 7)
    assert "samedi 7 mars 2026, de" in read(lorraine, lorraine.address(concert)).select_one(".practical").get_text()

    site_settings = EventSettings.for_site(lorraine.site)
    site_settings.night_ends = 0
    site_settings.save()
    assert rows(concert)[0].last_day == date(2026, 3, 8)


def test_moved_event_shows_its_former_time(lorraine):
    event = make_event(lorraine.calendar, start=START)
    event = change(event, start=START + timedelta(days=1), end=START + timedelta(days=1, hours=2), status="moved")

    assert event.previous_start == START
    assert "3 mars 2026" in read(lorraine, lorraine.address(event)).select_one(".event-status--moved").get_text()
    event = change(event, status="scheduled")
    assert event.previous_start is None


def test_reviewer_reads_a_changed_date_in_words(lorraine, weekly):
    draft = weekly.get_latest_revision_as_object()
    draft.takes_registrations = not draft.takes_registrations
    draft.changed_dates = [ChangedDate(day=date(2026, 3, 10), new_start=time(18, 30))]
    address = reverse("wagtailadmin_pages:revisions_compare", args=[weekly.pk, "live", draft.save_revision().pk])

    approver = newsroom_client(lorraine, make_newsroom(lorraine)[Role.APPROVER])
    html = BeautifulSoup(approver.get(address).content, "html.parser")

    row = html.select_one(".comparison__list")
    assert [each.get_text(strip=True) for each in row.select("dd")] == ["10 March 2026", "Changed", "18:30"]
    changed = html.select(".comparison > span.deletion, .comparison > span.addition")
    assert {each.get_text() for each in changed} == {"yes", "no"}
