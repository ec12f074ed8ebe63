"""The event form: wall times in its zone, recurrence rules, and errors at their fields."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse
from wagtail.models import Page
from wagtail.test.utils.form_data import streamfield

from events.models import ChangedDate, EventPage
from portal.editorial.roles import Role
from tests.builders import change, make_event, make_member, make_settings, newsroom_client
from tests.events.forms import changed_date, event_form

PARIS = ZoneInfo("Europe/Paris")
NOW = FROZEN_AT = datetime(2026, 3, 1, 8, tzinfo=UTC)


@pytest.fixture
def editor(lorraine, newsroom):
    return newsroom_client(lorraine, newsroom[Role.EDITOR])


def add(client, lorraine, **facts):
    path = reverse("wagtailadmin_pages:add", args=["events", "eventpage", lorraine.calendar.pk])
    return client.post(path, event_form(**facts))


def edit(client, event, **facts):
    return client.post(reverse("wagtailadmin_pages:edit", args=[event.pk]), event_form(**facts))


def drafted() -> EventPage:
    return EventPage.objects.get(slug="rencontre-du-bois").get_latest_revision_as_object()


def make_weekly(calendar, **facts) -> EventPage:
    start = datetime(2026, 3, 3, 9, tzinfo=UTC)
    return make_event(calendar, "Café", start=start, recurrence="FREQ=WEEKLY;COUNT=3", **facts)


def shown(client, event) -> BeautifulSoup:
    """The event form."""
    return BeautifulSoup(client.get(reverse("wagtailadmin_pages:edit", args=[event.pk])).content, "html.parser")


def errors(response) -> dict:
    return response.context["form"].errors if response.context else {}


def test_times_are_in_the_zone_of_the_event(lorraine, editor):
    add(editor, lorraine, time_zone="America/Montreal")

    assert drafted().start == datetime(2027, 3, 2, 9, tzinfo=ZoneInfo("America/Montreal"))
    html = shown(editor, drafted())
    assert html.select_one("input[name=start]")["value"].startswith("2027-03-02 09:00")


def test_new_event_has_the_time_zone_of_its_site(lorraine, editor):
    make_settings(lorraine, time_zone="Europe/Lisbon")
    path = reverse("wagtailadmin_pages:add", args=["events", "eventpage", lorraine.calendar.pk])
    html = BeautifulSoup(editor.get(path).content, "html.parser")

    assert html.select_one("select[name=time_zone] option[selected]")["value"] == "Europe/Lisbon"


@pytest.mark.parametrize("start", ["0001-01-01 00:00", "9999-12-31 23:00", "1899-01-01 10:00"])
def test_implausible_year_is_refused_in_the_form(lorraine, editor, start):
    response = add(editor, lorraine, start=start)

    assert response.status_code == 200
    assert "start" in errors(response)
    assert start in response.content.decode()


def test_skipped_hour_is_refused(lorraine, editor):
    response = add(editor, lorraine, start="2027-03-28 02:30", end="2027-03-28 06:00")

    assert "start" in errors(response)


@pytest.mark.parametrize(("side", "hour"), [("first", 0), ("second", 1)])
def test_repeated_hour_is_stored_with_its_fold(lorraine, editor, side, hour):
    add(editor, lorraine, start="2027-10-31 02:30", end="2027-10-31 05:00", doubled_hour=side)

    # Python never compares an ambiguous local time as equal to a time in another zone.
    assert drafted().start.astimezone(UTC) == datetime(2027, 10, 31, hour, 30, tzinfo=UTC)
    html = shown(editor, drafted())
    assert html.select_one("select[name=doubled_hour] option[selected]")["value"] == side


def test_other_time_zone_requires_a_choice_of_hour_or_instant(lorraine, editor):
    add(editor, lorraine)
    event = drafted()

    assert "zone_change" in errors(edit(editor, event, time_zone="Europe/Helsinki"))
    edit(editor, event, time_zone="Europe/Helsinki", zone_change="instant")
    assert drafted().start == datetime(2027, 3, 2, 9, tzinfo=PARIS)
    assert drafted().local_start.hour == 10
    times = {"start": "2027-03-02 10:00", "end": "2027-03-02 13:00"}
    edit(editor, drafted(), **times, time_zone="Europe/Paris", zone_change="wall")
    assert drafted().local_start == datetime(2027, 3, 2, 10, tzinfo=PARIS)


def test_open_end_stays_open(lorraine, editor):
    add(editor, lorraine, end="")
    assert drafted().is_open_ended

    edit(editor, drafted(), end="")
    assert drafted().is_open_ended
    edit(editor, drafted(), end="2027-03-02 18:00")
    assert not drafted().is_open_ended


def test_last_day_of_an_all_day_event_is_inclusive(lorraine, editor):
    facts = {"start": "2027-03-02 00:00", "end": "2027-03-04 00:00", "is_all_day": "on"}
    add(editor, lorraine, **facts)

    for _turn in range(2):
        assert drafted().last_day == date(2027, 3, 4)
        html = shown(editor, drafted())
        assert html.select_one("input[name=end]")["value"].startswith("2027-03-04 00:00")
        edit(editor, drafted(), **facts)


@pytest.mark.parametrize(("typed", "meant"), [("19h30", (2, 19, 30)), ("8 Uhr", (3, 8, 0))])
def test_end_without_a_day_is_on_the_day_or_night_of_the_start(lorraine, editor, typed, meant):
    add(editor, lorraine, end=typed)

    day, hour, minute = meant
    assert drafted().end == datetime(2027, 3, day, hour, minute, tzinfo=PARIS)


def test_span_in_the_field_of_the_start_fills_the_empty_end(lorraine, editor):
    add(editor, lorraine, start="2 mars 2027 14h-17h", end="")

    assert (drafted().start, drafted().end) == tuple(datetime(2027, 3, 2, hour, tzinfo=PARIS) for hour in (14, 17))


def test_span_beside_an_end_is_an_error_with_a_hint(lorraine, editor):
    response = add(editor, lorraine, start="2 mars 2027 14h-17h", end="18h")

    assert errors(response)["start"] == ["Enter only the start here, and 17h in the “End” field."]
    html = BeautifulSoup(response.content, "html.parser")
    assert html.select_one("input[name=start]")["value"] == "2 mars 2027 14h-17h"


def test_end_without_a_day_or_start_is_an_error(lorraine, editor):
    assert "end" in errors(add(editor, lorraine, start="", end="19h30"))


def test_rule_is_chosen_with_controls(lorraine, editor):
    rule = {
        "recurrence-period": "WEEKLY",
        "recurrence-interval": "2",
        "recurrence-days": ["TU"],
        "recurrence-end": "count",
        "recurrence-count": "4",
    }
    add(editor, lorraine, **rule)

    assert drafted().recurrence == "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU;COUNT=4"


def test_rule_that_does_not_fit_is_reported_and_no_input_is_lost(lorraine, editor):
    rule = {"recurrence-period": "WEEKLY", "recurrence-days": ["WE"], "recurrence-interval": "1"}
    response = add(editor, lorraine, **rule)

    assert "recurrence" in errors(response)
    html = BeautifulSoup(response.content, "html.parser")
    assert [box["value"] for box in html.select("input[name=recurrence-days][checked]")] == ["WE"]


def test_exceptions_are_part_of_the_draft(lorraine, editor):
    rule = {"recurrence": "FREQ=WEEKLY;COUNT=4"}
    added = {"day": "2027-03-11", "start_time": "16:00", "end_time": ""}
    add(editor, lorraine, **rule, changed_dates=[changed_date(reason="Grève")], added_dates=[added])

    event = drafted()
    assert [(change.day, change.kind) for change in event.changed_dates.all()] == [(date(2027, 3, 9), "cancelled")]
    assert [(more.day, more.start_time) for more in event.added_dates.all()] == [(date(2027, 3, 11), time(16))]
    assert not event.occurrences.exists()


def test_new_day_and_end_of_a_pause_without_a_year_are_close_to_the_first_day(editor, lorraine):
    rule = {"start": "2029-03-02 09:00", "end": "2029-03-02 12:00", "recurrence": "FREQ=WEEKLY;COUNT=60"}
    moved = changed_date("2030-01-04", kind="changed", new_day="29.12")
    pause = {"first_day": "2030-01-11", "last_day": "18 janvier", "reason": ""}
    add(editor, lorraine, **rule, changed_dates=[moved], breaks=[pause])

    event = drafted()
    assert event.changed_dates.get().new_day == date(2029, 12, 29)
    assert event.breaks.get().last_day == date(2030, 1, 18)


def test_date_that_is_changed_twice_is_reported(lorraine, editor):
    row = changed_date()
    response = add(editor, lorraine, recurrence="FREQ=WEEKLY;COUNT=4", changed_dates=[row, row])

    assert response.status_code == 200
    assert not Page.objects.filter(slug="rencontre-du-bois").exists()


def test_exception_of_a_live_event_needs_approval(lorraine, editor):
    event = make_weekly(lorraine.calendar)
    editor.post(reverse("event_dates", args=[event.pk]), {"action": "cancel", "date": "2026-03-10", "reason": "Grève"})

    assert event.occurrences.get(key="2026-03-10").status == "scheduled"
    draft = EventPage.objects.get(pk=event.pk).get_latest_revision_as_object()
    assert [(row.day, row.kind, row.reason) for row in draft.changed_dates.all()] == [
        (date(2026, 3, 10), "cancelled", "Grève")
    ]


def test_opening_one_date_of_a_series_changes_nothing_until_it_is_saved(lorraine, editor):
    event = make_weekly(lorraine.calendar)
    address = reverse("wagtailadmin_pages:edit", args=[event.pk])

    def changed_days() -> list[tuple[date, date | None]]:
        draft = EventPage.objects.get(pk=event.pk).get_latest_revision_as_object()
        return [(row.day, row.new_day) for row in draft.changed_dates.all()]

    page = BeautifulSoup(editor.get(address, {"changed_date": "2026-03-10"}).content, "html.parser")
    assert page.select_one("input[name=changed_dates-0-day]")["value"].startswith("2026-03-10")
    assert changed_days() == []

    form = {"title": "Café", "slug": event.slug, "start": "2026-03-03 10:00", "end": "2026-03-03 12:00"}
    series = {"recurrence-period": "WEEKLY", "recurrence-interval": "1", "recurrence-end": "count"}
    row = {"day": "2026-03-10", "kind": "changed"}
    edit(editor, event, **form, **series, **{"recurrence-count": "3"}, changed_dates=[row])
    assert changed_days() == [(date(2026, 3, 10), None)]

    moved = {**row, "new_day": "2026-03-11"}
    edit(editor, event, **form, **series, **{"recurrence-count": "3"}, changed_dates=[moved])
    assert changed_days() == [(date(2026, 3, 10), date(2026, 3, 11))]

    assert editor.get(address, {"changed_date": "2026-03-12"}).status_code == 200
    assert editor.get(address, {"changed_date": "x"}).status_code == 200


def test_new_exception_is_a_cancellation_and_an_opened_date_a_change(lorraine, editor):
    event = make_weekly(lorraine.calendar)
    address = reverse("wagtailadmin_pages:edit", args=[event.pk])

    page = BeautifulSoup(editor.get(address, {"changed_date": "2026-03-10"}).content, "html.parser")

    template = BeautifulSoup(page.select_one("#id_changed_dates-EMPTY_FORM_TEMPLATE").decode_contents(), "html.parser")
    assert template.select_one("input[type=radio][checked]")["value"] == "cancelled"
    assert page.select_one("input[name=changed_dates-0-kind][checked]")["value"] == "changed"


def test_changed_date_without_a_change_takes_place_as_planned_and_is_reported(lorraine, editor):
    event = make_weekly(lorraine.calendar)
    calendar = event.entry.sequence, event.entry.modified_at
    event = change(event, changed_dates=[ChangedDate(day=date(2026, 3, 10))])

    assert event.occurrences.filter(is_withdrawn=False, is_changed=False).count() == 3
    assert (event.entry.sequence, event.entry.modified_at) == calendar
    advice = shown(editor, event).select_one(".checklist__findings--recommendations").get_text()
    assert "10 March 2026: this row does not change anything yet. Enter the change, or delete the row." in advice


def test_cancelled_day_without_a_date_is_reported(lorraine, editor):
    days = {date(2026, 2, 24), date(2026, 3, 10), date(2026, 3, 11)}
    cancelled = [ChangedDate(day=day, kind=ChangedDate.Kind.CANCELLED) for day in sorted(days)]
    event = make_weekly(lorraine.calendar, changed_dates=cancelled)

    advice = shown(editor, event).select_one(".checklist__findings--recommendations").get_text()
    assert "11 March 2026: the series has no date on this day." in advice
    # The series meets on the 10th, and the 24th is past.
    assert not [day for day in ("10 March 2026", "24 February 2026") if f"{day}:" in advice]


@pytest.mark.parametrize("typed", ["2027-03-02", "02/03/2027", " 2.3.2027 "])
def test_day_without_an_hour_is_refused_unless_the_event_lasts_all_day(lorraine, editor, typed):
    response = add(editor, lorraine, start=typed, end="")

    assert "Add a time, for example 18:00" in str(errors(response)["start"])
    assert not Page.objects.filter(slug="rencontre-du-bois").exists()

    add(editor, lorraine, start=typed, end=typed, is_all_day="on")

    assert drafted().start == datetime(2027, 3, 2, tzinfo=PARIS)


def test_change_of_a_nonexistent_date_is_flagged(lorraine, editor):
    event = make_weekly(lorraine.calendar, changed_dates=[ChangedDate(day=date(2026, 3, 17), title="Finale")])
    event = change(event, recurrence="FREQ=WEEKLY;COUNT=2")

    assert [row.title for row in event.changed_dates.all()] == ["Finale"]
    assert "help-critical" in editor.get(reverse("event_dates", args=[event.pk])).content.decode()


def test_bulk_publication_names_and_skips_a_draft_without_a_date(lorraine):
    admin = newsroom_client(lorraine, make_member("root", is_superuser=True))
    empty = EventPage(title="Sans date", slug="sans-date", live=False, locale=lorraine.home.locale)
    lorraine.calendar.add_child(instance=empty)
    empty.save_revision(clean=False)
    other = make_event(lorraine.calendar, "Complète", start=datetime(2026, 3, 3, 9, tzinfo=UTC))
    other.unpublish()
    address = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"])
    back = reverse("wagtailadmin_explore", args=[lorraine.calendar.pk])

    response = admin.post(
        f"{address}?id={empty.pk}&id={other.pk}&next={back}", {"include_descendants": ""}, follow=True
    )

    assert response.status_code == 200
    assert "Sans date" in response.content.decode()
    assert list(Page.objects.filter(pk__in=[empty.pk, other.pk], live=True).values_list("pk", flat=True)) == [other.pk]


def test_registration_is_set_up_in_the_form(editor, lorraine):
    question = {"label": "Entreprise", "is_required": "on", "choices": ""}
    facts = {"takes_registrations": "on", "capacity": "0", "has_waiting_list": "on", "most_seats": "3"}
    add(editor, lorraine, **facts, registration_until="2027-02-26", questions=streamfield([("question", question)]))

    event = drafted()
    assert (event.takes_registrations, event.capacity, event.has_waiting_list) == (True, 0, True)
    assert (event.most_seats, event.registration_until) == (3, date(2027, 2, 26))
    assert [block.value["label"] for block in event.questions] == ["Entreprise"]


@pytest.mark.parametrize(
    "facts",
    [
        {"most_seats": ""},
        {"most_seats": "0"},
        {"most_seats": "99"},
        {"registration_lead": ""},
        {"registration_lead": "-1"},
        {"reminder_hours": ""},
        {"reminder_hours": "500"},
        {"capacity": "-1"},
        {"capacity": "many"},
        {"registration_until": "soon"},
    ],
)
def test_invalid_registration_settings_are_reported_beside_the_field(editor, lorraine, facts):
    response = add(editor, lorraine, takes_registrations="on", **facts)

    assert response.status_code == 200
    assert set(facts) <= set(response.context["form"].errors)
    assert not EventPage.objects.filter(slug="rencontre-du-bois").exists()
