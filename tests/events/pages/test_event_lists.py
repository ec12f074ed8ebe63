"""The lists of upcoming and past events of a section or a site; each event is in exactly one of them."""

from datetime import UTC, datetime, timedelta

import pytest
from bs4 import BeautifulSoup
from django.utils import timezone
from hypothesis import HealthCheck, given, settings, strategies as st
from time_machine import travel

from events.models import EventPage, OccurrencePlacement
from portal.content.serving.snapshot import snapshot_of
from tests.builders import (
    change,
    make_calendar,
    make_draft,
    make_event,
    make_image,
    make_private,
    make_recap,
    make_section,
    make_topic,
)
from tests.events.reading import titles

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)
LISTS = ["/fr/calendrier/", "/fr/bois/calendrier/", "/fr/bois/agenda/"]


def test_french_heading_has_a_space_before_the_colon(lorraine):
    make_event(lorraine.calendar, "Bourse aux plantes")
    path = lorraine.address(lorraine.calendar)

    html = BeautifulSoup(lorraine.reader().get(f"{path}?when=past").content, "html.parser")

    assert html.select_one("h1 .list__what").get_text() == "Événements\u00a0: Passés"


def around_noon(hours: float) -> datetime:
    return NOON + timedelta(hours=hours)


def test_upcoming_events_are_listed_next_one_first(lorraine, calendar):
    for hours in (48, 24, 72):
        make_event(calendar, f"Dans {hours} h", start=around_noon(hours))

    with travel(NOON, tick=False):
        for path in LISTS[1:]:
            assert titles(lorraine, path) == ["Dans 24 h", "Dans 48 h", "Dans 72 h"]


def test_past_events_are_listed_most_recent_first(lorraine, calendar):
    for hours in (-48, -24, -72):
        make_event(calendar, f"Il y a {-hours} h", start=around_noon(hours))

    with travel(NOON, tick=False):
        assert titles(lorraine, "/fr/bois/calendrier/?when=past") == ["Il y a 24 h", "Il y a 48 h", "Il y a 72 h"]
        assert titles(lorraine, "/fr/bois/calendrier/") == []


@pytest.mark.parametrize(
    ("query", "words", "link"),
    [
        ("", "Aucun événement n’est annoncé pour le moment. Voir les événements passés", "?when=past"),
        ("?when=weekend", "Aucun événement ne correspond à ces critères. Voir les événements à venir", ""),
    ],
)
def test_calendar_of_past_events_leads_to_them(lorraine, saar, calendar, query, words, link):
    make_event(calendar, "Il y a un jour", start=around_noon(-24))
    make_event(saar.calendar, "Morgen", start=around_noon(24))

    with travel(NOON, tick=False):
        html = BeautifulSoup(lorraine.reader().get(f"/fr/bois/calendrier/{query}").content, "html.parser")
    line = html.select_one("main p.quiet")
    assert (line.get_text(), line.a["href"]) == (words, f"/fr/bois/calendrier/{link}")


@pytest.mark.parametrize(("seconds", "where"), [(-1, "coming"), (0, "past"), (1, "past")])
def test_event_is_past_from_its_end_on(lorraine, calendar, seconds, where):
    make_event(calendar, "Rencontre", start=around_noon(-2), end=NOON)

    with travel(NOON + timedelta(seconds=seconds), tick=False):
        coming, past = titles(lorraine, "/fr/bois/calendrier/"), titles(lorraine, "/fr/bois/calendrier/?when=past")
        assert (coming, past) == ((["Rencontre"], []) if where == "coming" else ([], ["Rencontre"]))


def test_event_of_today_is_in_one_list_late_in_the_evening(lorraine, calendar):
    """At 23.30 in Paris, the day has not changed anywhere. At 00.30, it has changed in Paris, but not in UTC."""
    make_event(calendar, "Toute la journée", start=datetime(2026, 3, 3, tzinfo=UTC), end=None, is_all_day=True)

    for moment, past in [
        (datetime(2026, 3, 3, 22, 30, tzinfo=UTC), False),
        (datetime(2026, 3, 3, 23, 30, tzinfo=UTC), True),
    ]:
        with travel(moment, tick=False):
            assert titles(lorraine, "/fr/bois/calendrier/") == ([] if past else ["Toute la journée"])
            assert titles(lorraine, "/fr/bois/calendrier/?when=past") == (["Toute la journée"] if past else [])


@pytest.fixture
def events_of_all_lengths(lorraine):
    """Short, long, open-ended and all-day events, over a clock change and the end of a month."""
    for start, end, all_day in [
        (NOON, NOON, False),
        (NOON, NOON + timedelta(days=3), False),
        (NOON, None, False),
        (datetime(2026, 3, 28, 23, tzinfo=UTC), None, True),
        (datetime(2026, 2, 27, 23, tzinfo=UTC), datetime(2026, 3, 2, tzinfo=UTC), True),
    ]:
        make_event(lorraine.calendar, start=start, end=end, is_all_day=all_day)
    return lorraine.calendar


@settings(deadline=None, max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moment=st.datetimes(datetime(2026, 2, 1), datetime(2026, 4, 1), timezones=st.just(UTC)))
def test_every_event_is_in_exactly_one_list_at_any_time(events_of_all_lengths, moment):
    placements = OccurrencePlacement.objects.in_lists_of(events_of_all_lengths.pk, moment)
    events = list(EventPage.objects.descendant_of(events_of_all_lengths).values_list("pk", flat=True))
    coming = list(placements.upcoming(moment).values_list("event", flat=True))
    past = list(placements.past(moment).values_list("event", flat=True))

    assert sorted(coming + past) == sorted(events)


def test_simultaneous_events_keep_one_order(lorraine, calendar, monkeypatch):
    monkeypatch.setattr("portal.content.lists.pagination.PER_PAGE", 4)
    for number in range(7):
        make_event(calendar, f"Atelier {number}", start=around_noon(24))

    with travel(NOON, tick=False):
        both = titles(lorraine, "/fr/bois/calendrier/") + titles(lorraine, "/fr/bois/calendrier/?page=2")
    assert both == [f"Atelier {number}" for number in range(7)]


def test_event_of_another_site_or_language_is_not_listed(lorraine, saar):
    for path in ("/fr/calendrier/", "/fr/rubrique/calendrier/", "/fr/rubrique/agenda/", "/fr/"):
        found = lorraine.reader().get(path).content.decode()
        assert "sarrois" not in found
        assert "Rendez-vous lorrain de" not in found
    assert "Rendez-vous lorrain fr" in titles(lorraine, "/fr/calendrier/")


@pytest.mark.parametrize("hide", ["draft", "private", "expired"])
def test_event_that_readers_may_not_see_is_not_listed(lorraine, calendar, hide):
    event = make_event(calendar, "Cachée")
    for path in LISTS:
        assert "Cachée" in titles(lorraine, path)

    if hide == "draft":
        make_draft(event)
    elif hide == "private":
        make_private(event, password="sésame")
    else:
        change(event, expire_at=timezone.now() + timedelta(minutes=1))

    with travel(timezone.now() + timedelta(minutes=1), tick=False):
        for path in LISTS:
            assert "Cachée" not in titles(lorraine, path)


def test_parent_lists_the_events_of_all_descendants(lorraine, calendar):
    deep = make_calendar(make_section(make_section(lorraine.section, "Artisanat"), "Verre"))
    make_event(deep, "Soufflage")

    assert "Soufflage" in titles(lorraine, "/fr/rubrique/calendrier/")
    assert "Soufflage" in titles(lorraine, "/fr/calendrier/")
    assert "Soufflage" not in titles(lorraine, "/fr/bois/calendrier/")


def test_list_shows_the_pictures_of_events_that_have_one(lorraine, calendar):
    make_event(calendar, "Chaleur", lead_image=make_image("Four"))
    make_event(calendar, "Autre", lead_image=None)

    html = BeautifulSoup(lorraine.reader().get("/fr/bois/agenda/").content, "html.parser")

    shown = {row.h3.text: bool(row.select_one("picture")) for row in html.select(".event-row")}
    assert shown == {"Chaleur": True, "Autre": False}


def test_two_topics_show_the_events_of_both(lorraine, saar, calendar):
    energy, water = make_topic("Énergie", slug="energie"), make_topic("Eau", slug="eau")
    make_event(calendar, "Chaleur", topics=[energy])
    make_event(calendar, "Source", topics=[water])
    make_event(calendar, "Autre chose", topics=[make_topic("Autre")])
    make_event(saar.calendars["fr"], "Leurre", topics=[energy])

    assert set(titles(lorraine, "/fr/calendrier/?topic=energie&topic=eau")) == {"Chaleur", "Source"}
    calendar_file = lorraine.reader().get("/fr/calendrier.ics?topic=energie&topic=eau").content.decode()
    assert [title for title in ("Chaleur", "Source", "Autre chose", "Leurre") if title in calendar_file] == [
        "Chaleur",
        "Source",
    ]
    page = BeautifulSoup(lorraine.reader().get("/fr/calendrier/?topic=energie&topic=eau").content, "html.parser")
    assert {chip["href"] for chip in page.select(".chip[aria-current]")} == {
        "/fr/calendrier/?topic=energie",
        "/fr/calendrier/?topic=eau",
    }


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ("today", ["Jeudi"]),
        ("week", ["Jeudi", "Samedi"]),
        ("weekend", ["Samedi"]),
        ("month", ["Jeudi", "Samedi", "Lundi"]),
    ],
)
def test_quick_choices_depend_on_the_current_day(lorraine, saar, calendar, when, expected):
    # A Thursday at noon.
    with travel(datetime(2026, 11, 26, 11, tzinfo=UTC), tick=False):
        for title, day in (("Jeudi", 26), ("Samedi", 28), ("Lundi", 30)):
            make_event(calendar, title, start=datetime(2026, 11, day, 17, tzinfo=UTC))
        make_event(calendar, "Décembre", start=datetime(2026, 12, 1, 17, tzinfo=UTC))
        make_event(calendar, "Ce matin", start=datetime(2026, 11, 26, 7, tzinfo=UTC))
        make_event(saar.calendars["fr"], "Ailleurs", start=datetime(2026, 11, 26, 17, tzinfo=UTC))

        assert titles(lorraine, f"/fr/bois/calendrier/?when={when}") == expected


def test_filtered_list_says_what_it_shows(lorraine, calendar):
    make_event(calendar, "Chaleur", topics=[make_topic("Énergie", slug="energie")])

    html = BeautifulSoup(lorraine.reader().get("/fr/bois/agenda/?topic=energie").content, "html.parser")

    assert "Énergie" in html.title.get_text()
    assert "Énergie" in html.h1.get_text()


@pytest.mark.parametrize("query", ["when=tomorrow", "topic=nothing", "page=2", "page=0"])
def test_filter_that_is_not_offered_is_not_found(lorraine, calendar, query):
    for path in LISTS[1:]:
        assert lorraine.reader().get(f"{path}?{query}").status_code == 404


@pytest.mark.parametrize("hide", ["draft", "private", "other site"])
def test_recap_that_readers_may_not_see_is_not_linked(lorraine, saar, calendar, hide):
    event = make_event(calendar, "Rencontre", start=timezone.now() - timedelta(days=2))
    recap = make_recap(saar.calendars["fr"] if hide == "other site" else calendar, "Retour caché", event=event)
    if hide == "draft":
        make_draft(recap)
    elif hide == "private":
        make_private(recap, password="sésame")

    for path in ("/fr/bois/calendrier/?when=past", lorraine.address(event)):
        assert "Retour caché" not in lorraine.reader().get(path).content.decode()
        assert "event-row__recap" not in lorraine.reader().get(path).content.decode()


def test_section_front_shows_its_next_events(lorraine, calendar):
    for number in range(9):
        make_event(calendar, f"Atelier {number}", start=timezone.now() + timedelta(days=number + 1))
    make_event(calendar, "Passé", start=timezone.now() - timedelta(days=1))

    html = BeautifulSoup(lorraine.reader().get("/fr/bois/").content, "html.parser")
    shown = [title.get_text(strip=True) for title in html.select(".event-row__title")]

    assert shown == [f"Atelier {number}" for number in range(8)]


def test_every_query_of_events_begins_with_an_edition(lorraine, saar):
    edition = snapshot_of(lorraine.host, "80").editions["fr"]

    found = EventPage.objects.visible_in(edition, timezone.now())

    assert found.exists()
    assert all(event.path.startswith(lorraine.home.path) for event in found)
