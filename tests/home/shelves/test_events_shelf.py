"""A shelf shows the events of a section, a topic, some days, the area around a venue, or the whole network."""

from datetime import UTC, datetime, timedelta

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from time_machine import travel
from wagtail.blocks.struct_block import StructBlockValidationError
from wagtail.test.utils.form_data import streamfield

from events.models import ChangedDate, Venue
from home.front.events import EventsShelf
from home.models import HomePage
from portal.editorial.roles import Role, media_collection
from portal.editorial.sharing.shares import Share
from portal.platform.caching import expiry
from tests.builders import (
    change,
    make_calendar,
    make_draft,
    make_event,
    make_private,
    make_section,
    make_settings,
    make_topic,
    newsroom_client,
)
from tests.editorial.forms import article_form

# A Wednesday, after all events of the fixtures; its weekend is the 22nd and 23rd. Paris is an hour ahead of UTC.
NOW = datetime(2031, 11, 19, 9, tzinfo=UTC)
FORBACH = {"latitude": "49.18930", "longitude": "6.89960"}


@pytest.fixture(autouse=True)
def on_wednesday():
    with travel(NOW, tick=False):
        yield


def shelf(title: str = "Sorties", count: int = 8, **facts) -> dict:
    keys = {name: getattr(fact, "pk", fact) for name, fact in facts.items()}
    return {"type": "events", "value": {"title": title, "count": count, **keys}}


def at(day: int, hour: int = 9, minute: int = 0) -> datetime:
    """An hour in Paris in November 2031, where winter time applies."""
    return datetime(2031, 11, day, hour, minute, tzinfo=UTC) - timedelta(hours=1)


def html_of(ground, *shelves) -> BeautifulSoup:
    if shelves:
        change(ground.home, shelves=list(shelves))
    response = ground.reader().get("/fr/")
    assert response.status_code == 200
    return BeautifulSoup(response.content, "html.parser")


def titles(ground, *shelves) -> list[str]:
    return [
        title.get_text(strip=True) for title in html_of(ground, *shelves).select(".shelf--events .event-row__title")
    ]


def venue(name: str = "Halle", **facts) -> Venue:
    return Venue.objects.create(name=name, **facts)


def test_old_shelf_without_the_new_choices_is_unchanged(lorraine, saar):
    make_event(lorraine.calendar, "Lorraine", start=at(21))
    make_event(saar.calendars["fr"], "Sarroise", start=at(20))

    html = html_of(lorraine, shelf())

    assert [each.get_text(strip=True) for each in html.select(".event-row__title")] == ["Lorraine"]
    assert html.select_one(".shelf__more")["href"] == "/fr/calendrier/"
    assert not html.select(".shelf--events .subscribe")


def test_only_the_shelf_without_a_filter_says_that_nothing_is_announced(lorraine):
    wood = make_section(lorraine.home, "Bois", slug="bois")

    html = html_of(lorraine, shelf("Tout"), shelf("Week-end", days="weekend"), shelf("Bois", section=wood))

    assert [each.get_text(strip=True) for each in html.select(".shelf__title")] == ["Tout"]
    assert "Aucun événement" in html.select_one(".shelf--events").get_text()


def test_section_has_the_events_below_it(lorraine):
    wood = make_section(lorraine.home, "Bois", slug="bois")
    make_event(make_calendar(make_section(wood, "Scieries")), "Scierie", start=at(21))
    make_event(lorraine.calendar, "Ailleurs", start=at(20))

    html = html_of(lorraine, shelf(section=wood))

    assert [each.get_text(strip=True) for each in html.select(".event-row__title")] == ["Scierie"]
    assert html.select_one(".shelf__more")["href"] == "/fr/bois/calendrier/"
    assert html.select_one('.subscribe a[href^="http:"]')["href"].endswith("/fr/bois/calendrier.ics")


@pytest.mark.parametrize("which", ["private", "draft", "another site's", "another language's"])
def test_section_that_readers_of_this_page_do_not_have_hides_the_shelf(lorraine, saar, which):
    section = {"another site's": saar.sections["fr"], "another language's": lorraine.sections["de"]}.get(
        which, lorraine.section
    )
    for site in (lorraine, saar):
        for calendar in site.calendars.values():
            make_event(calendar, start=at(21))
    change(lorraine.home, shelves=[shelf(section=section)])
    if which == "private":
        make_private(section, "sésame")
    elif which == "draft":
        make_draft(section)

    assert not html_of(lorraine).select(".shelf--events")


def test_topic_is_that_of_this_language(lorraine):
    energy = make_topic()
    german = make_topic("Energie", code="de")
    german.translation_key = energy.translation_key
    german.save()
    make_event(lorraine.calendar, "Le vent", start=at(21), topics=[energy])
    make_event(lorraine.calendar, "Le pain", start=at(20))

    html = html_of(lorraine, shelf(topic=german))

    assert [each.get_text(strip=True) for each in html.select(".event-row__title")] == ["Le vent"]
    assert html.select_one(".shelf__more")["href"] == "/fr/calendrier/?topic=energie"
    assert titles(lorraine, shelf(topic=make_topic("Nur hier", code="de"))) == []


WEEKEND = {
    "Vendredi 17 h 59": (at(21, 17, 59), False),
    "Vendredi 18 h": (at(21, 18), True),
    "Vendredi 23 h": (at(21, 23), True),
    "Samedi 0 h": (at(22, 0), True),
    "Dimanche 23 h 59": (at(23, 23, 59), True),
    "Lundi 0 h": (at(24, 0), False),
    "Samedi suivant": (at(29), False),
}


def test_weekend_is_from_friday_evening_to_sunday_midnight(lorraine):
    for title, (start, _is_in) in WEEKEND.items():
        make_event(lorraine.calendar, title, start=start, end=start + timedelta(minutes=30))
    make_event(lorraine.calendar, "Toute la semaine", start=at(17), end=at(25))

    expected = ["Toute la semaine", *(title for title, (_start, is_in) in WEEKEND.items() if is_in)]
    found = html_of(lorraine, shelf(days="weekend"))

    assert [each.get_text(strip=True).replace("\xa0", " ") for each in found.select(".event-row__title")] == expected
    # The list knows only whole days.
    assert found.select_one(".shelf__more")["href"] == "/fr/calendrier/?first=2031-11-21&last=2031-11-23"


def test_weekend_ends_at_midnight_in_the_time_zone_of_the_site(lorraine):
    make_settings(lorraine, time_zone="Pacific/Auckland")
    make_event(lorraine.calendar, "Ce week-end", start=at(22), end=at(30), time_zone="Pacific/Auckland")
    make_event(lorraine.calendar, "Le suivant", start=at(29), time_zone="Pacific/Auckland")
    change(lorraine.home, shelves=[shelf(days="weekend")])

    # In Auckland, Monday begins thirteen hours before it does in UTC.
    monday = datetime(2031, 11, 23, 11, tzinfo=UTC)
    with travel(monday - timedelta(seconds=1), tick=False):
        assert titles(lorraine) == ["Ce week-end"]
    with travel(monday, tick=False):
        assert titles(lorraine) == ["Ce week-end", "Le suivant"]


@pytest.mark.parametrize("zone", ["Europe/Paris", "Pacific/Auckland"])
def test_cached_page_expires_at_midnight_and_when_an_event_is_over(lorraine, zone):
    make_settings(lorraine, time_zone=zone)
    midnight = {"Europe/Paris": at(24, 0), "Pacific/Auckland": datetime(2031, 11, 23, 11, tzinfo=UTC)}[zone]
    end = midnight - timedelta(minutes=7)
    make_event(lorraine.calendar, start=end - timedelta(hours=1), end=end, time_zone=zone)
    change(lorraine.home, shelves=[shelf(days="weekend")])

    def next_expiry(now: datetime) -> datetime:
        return min(each for source in expiry.sources for each in source(now) if each > now)

    assert next_expiry(end - timedelta(seconds=1)) == end
    assert next_expiry(midnight - timedelta(seconds=1)) == midnight


def test_next_seven_days_are_today_and_six_more(lorraine):
    make_event(lorraine.calendar, "Aujourd’hui", start=at(19, 8), end=at(19, 12))
    make_event(lorraine.calendar, "Terminé", start=at(19, 8), end=at(19, 9))
    make_event(lorraine.calendar, "Mardi", start=at(25, 23))
    make_event(lorraine.calendar, "Mercredi", start=at(26, 0))

    html = html_of(lorraine, shelf(days="seven"))

    assert [each.get_text(strip=True) for each in html.select(".event-row__title")] == ["Aujourd’hui", "Mardi"]
    assert html.select_one(".shelf__more")["href"] == "/fr/calendrier/?first=2031-11-19&last=2031-11-25"


def test_series_is_listed_once_with_its_first_date_in_these_days(lorraine):
    make_event(lorraine.calendar, "Chaque jour", slug="chaque-jour", start=at(18), recurrence="FREQ=DAILY;COUNT=9")

    rows = html_of(lorraine, shelf(days="weekend")).select(".event-row")

    assert [row.select_one("h3 a")["href"] for row in rows] == ["/fr/rubrique/agenda/chaque-jour/2031-11-22/"]


def test_cancelled_date_is_listed_with_the_next_one(lorraine):
    cancelled = ChangedDate(day=at(22).date(), kind="cancelled", reason="Grève")
    make_event(lorraine.calendar, "Visite", start=at(18), recurrence="FREQ=DAILY;COUNT=9", changed_dates=[cancelled])

    assert titles(lorraine, shelf(days="weekend")) == ["Visite", "Visite"]


@pytest.mark.parametrize("hide", ["draft", "private", "expired"])
def test_event_that_is_not_public_is_not_shown(lorraine, saar, hide):
    hall = venue(**FORBACH)
    event = make_event(saar.calendars["fr"], "Secret", start=at(22), venue=hall)
    own = make_event(lorraine.calendar, "Caché", start=at(22), venue=hall)
    change(lorraine.home, shelves=[shelf(days="weekend", place=hall, with_network=True)])
    assert set(titles(lorraine)) == {"Secret", "Caché"}
    for each in (event, own):
        if hide == "draft":
            make_draft(each)
        elif hide == "private":
            make_private(each, "sésame")
        else:
            change(each, expire_at=NOW + timedelta(minutes=5))

    with travel(NOW + timedelta(minutes=5), tick=False):
        assert titles(lorraine) == []


# Places east of Forbach on its parallel, where a degree of longitude is 72.67 km.
@pytest.mark.parametrize(
    ("radius", "longitude", "is_in"),
    [(30, "7.31230", True), (30, "7.31250", False), (1, "6.91330", True), (1, "6.91340", False)],
)
def test_radius_is_measured_as_the_crow_flies(lorraine, radius, longitude, is_in):
    centre = venue(**FORBACH)
    make_event(lorraine.calendar, "Au bord", start=at(22), venue=venue(latitude="49.18930", longitude=longitude))

    assert titles(lorraine, shelf(place=centre, radius=radius)) == (["Au bord"] if is_in else [])


def test_corner_of_the_box_is_beyond_the_radius(lorraine):
    make_event(lorraine.calendar, "Au coin", start=at(22), venue=venue(latitude="49.40", longitude="7.21"))

    assert titles(lorraine, shelf(place=venue(**FORBACH), radius=30)) == []


def test_old_radius_is_thirty_kilometres(lorraine):
    for name, longitude in (("Près", "7.3"), ("Loin", "7.4")):
        make_event(lorraine.calendar, name, start=at(22), venue=venue(latitude="49.1893", longitude=longitude))

    assert titles(lorraine, shelf(place=venue(**FORBACH))) == ["Près"]


def test_events_without_coordinates_are_left_out(lorraine):
    centre = venue(**FORBACH)
    make_event(lorraine.calendar, "Sans lieu", start=at(22), place="Forbach")
    make_event(lorraine.calendar, "Sans position", start=at(22), venue=venue("Gare"))
    make_event(lorraine.calendar, "Ici", start=at(22), venue=centre)

    assert titles(lorraine, shelf(place=centre)) == ["Ici"]


def test_date_at_another_place_counts_with_that_place(lorraine):
    centre = venue(**FORBACH)
    moves = [
        ChangedDate(day=at(22).date(), kind="moved", place="À Nancy"),
        ChangedDate(day=at(23).date(), kind="moved", venue=venue("Metz", latitude="49.1193", longitude="6.1757")),
    ]
    make_event(
        lorraine.calendar,
        "Tournée",
        slug="tournee",
        start=at(22),
        recurrence="FREQ=DAILY;COUNT=3",
        venue=centre,
        changed_dates=moves,
    )

    html = html_of(lorraine, shelf(place=centre))

    assert [row["href"] for row in html.select("h3 a")] == ["/fr/rubrique/agenda/tournee/2031-11-24/"]


def test_venue_without_coordinates_is_refused_as_a_centre(lorraine):
    block = EventsShelf()
    value = block.normalize({**block.get_default(), "title": "Ici", "place": venue("Gare")})

    with pytest.raises(StructBlockValidationError) as refused:
        block.clean(value)
    assert set(refused.value.block_errors) == {"place"}


@pytest.mark.parametrize("whose", ["own", "foreign"])
def test_editor_chooses_a_centre_among_the_venues_of_their_own_site(lorraine, saar, newsroom, whose):
    place = venue(**FORBACH, collection=media_collection((lorraine if whose == "own" else saar).site))
    value = {"title": "Ici", "count": 3, "days": "weekend", "topic": "", "section": "", "place": place.pk, "radius": 20}
    form = article_form(
        title=lorraine.home.title, slug=lorraine.home.slug, shelves=streamfield([("events", {**value, "ends_at": ""})])
    )

    edit = reverse("wagtailadmin_pages:edit", args=[lorraine.home.pk])
    response = newsroom_client(lorraine, newsroom[Role.EDITOR]).post(edit, form)

    saved = HomePage.objects.get(pk=lorraine.home.pk).get_latest_revision_as_object().shelves
    if whose == "own":
        assert [(shelf.value["place"], shelf.value["radius"], shelf.value["with_network"]) for shelf in saved] == [
            (place, 20, False)
        ]
    else:
        assert "This belongs to another site." in response.content.decode()
        assert not any(shelf.block_type == "events" and shelf.value["place"] for shelf in saved)


def test_centre_that_lost_its_coordinates_hides_the_shelf(lorraine):
    centre = venue(**FORBACH)
    make_event(lorraine.calendar, "Ici", start=at(22), venue=centre)
    change(lorraine.home, shelves=[shelf(place=centre)])
    assert titles(lorraine) == ["Ici"]

    centre.latitude = centre.longitude = None
    centre.save()

    assert not html_of(lorraine).select(".shelf--events")


def test_events_of_the_network_name_their_site_and_lead_to_it(lorraine, saar):
    make_event(saar.calendars["fr"], "Sarroise", start=at(20), slug="sarroise")
    make_event(saar.calendars["de"], "Deutsche", start=at(20))
    make_event(lorraine.calendar, "Lorraine", start=at(21), slug="lorraine")

    rows = html_of(lorraine, shelf(with_network=True)).select(".event-row")

    assert [row.select_one("h3 a")["href"] for row in rows] == [
        f"{saar.site.root_url}/fr/rubrique/agenda/sarroise/",
        "/fr/rubrique/agenda/lorraine/",
    ]
    assert [site.get_text(strip=True) for row in rows for site in row.select(".event-row__site")] == [
        saar.site.site_name
    ]


@pytest.mark.parametrize("apart", ["is_closed", "is_unlisted"])
def test_closed_or_unlisted_site_is_not_shown(lorraine, saar, apart):
    make_event(saar.calendars["fr"], "Sarroise", start=at(20))
    make_settings(saar, **{apart: True})

    assert titles(lorraine, shelf(with_network=True)) == []


def share(event, site, calendar) -> None:
    alias = event.create_alias(parent=calendar, update_slug="passe")
    Share.objects.create(page=event.page_ptr, site=site.site, alias=alias.page_ptr, published_at=timezone.now())


def test_shared_event_is_shown_once_as_this_site_has_it(lorraine, saar):
    share(make_event(saar.calendars["fr"], "De Sarre", start=at(20)), lorraine, lorraine.calendar)
    share(make_event(lorraine.calendar, "De Lorraine", start=at(21), slug="de-lorraine"), saar, saar.calendars["fr"])

    html = html_of(lorraine, shelf(with_network=True))

    assert [row["href"] for row in html.select(".event-row h3 a")] == [
        "/fr/rubrique/agenda/passe/",
        "/fr/rubrique/agenda/de-lorraine/",
    ]


def test_event_that_both_sites_have_from_one_calendar_is_shown_once(lorraine, saar):
    for site, title in ((lorraine, "Ici"), (saar, "Là-bas")):
        calendar = site.calendars["fr"] if site is saar else site.calendar
        make_event(calendar, title, start=at(20), uid="bal@partenaire.example")

    html = html_of(lorraine, shelf(with_network=True))

    shown = [row.get_text(strip=True) for row in html.select(".event-row h3")]
    assert ("Ici" in shown, "Là-bas" in shown) == (True, False)


def test_each_additional_selection_costs_one_query(lorraine, saar):
    centre, energy = venue(**FORBACH), make_topic()
    for calendar in (lorraine.calendar, saar.calendars["fr"]):
        make_event(calendar, start=at(22), venue=centre, topics=[energy])

    def queries(*shelves) -> int:
        html_of(lorraine, *shelves)
        with CaptureQueriesContext(connection) as found:
            assert len(html_of(lorraine).select(".shelf--events")) == len(shelves)
        return len(found)

    one = queries(shelf())
    assert queries(shelf(days="weekend", place=centre, topic=energy, with_network=True)) == one
    others = [shelf(days="weekend"), shelf(topic=energy), shelf(place=centre), shelf(with_network=True)]
    assert queries(shelf(), shelf(count=2), *others, *others) == one + 4
