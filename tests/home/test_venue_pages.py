"""Each venue with public events on a site has a page there, and the site lists these venues."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.utils import timezone

from events.models import Venue
from portal.content.serving.editions import CATALOGUE_WORDS
from tests.builders import SampleSite, make_calendar, make_draft, make_event, make_private, make_recap, make_section
from tests.home.test_author_and_topic_pages import alternates, page_at
from tests.home.test_topic_and_author_lists import rows


def index_of(code: str = "fr") -> str:
    return f"/{code}/{CATALOGUE_WORDS[code]['venues']}/"


def address_of(venue: Venue, code: str = "fr") -> str:
    return f"{index_of(code)}{venue.address_step}/"


def shown(page: BeautifulSoup) -> list[str]:
    return [title.get_text(strip=True) for title in page.select("main .event-row__title")]


@pytest.fixture
def hall() -> Venue:
    return Venue.objects.create(
        name="Halle verrière", address="1 rue du Four, 57000 Metz", latitude="49.11900", longitude="6.17500"
    )


def ago(**span: float):
    return timezone.now() - timedelta(**span)


def hidden_events(ground: SampleSite, saar: SampleSite, venue: Venue) -> None:
    """Events hidden from the site's readers: of another site, a draft, private and not in lists."""
    make_event(saar.calendars["fr"], "Leurre", venue=venue)
    make_draft(make_event(ground.calendar, "Brouillon", venue=venue))
    members = make_section(ground.home, "Membres")
    make_private(members)
    make_event(make_calendar(members), "Réservé", venue=venue)
    make_event(ground.calendar, "Hors listes", venue=venue, is_unlisted=True)


def test_page_has_the_coming_events_of_the_venue_on_this_site(lorraine, saar, hall):
    make_event(lorraine.calendar, "Le salon", venue=hall)
    make_event(lorraine.calendar, "Ailleurs", place="Gare")
    hidden_events(lorraine, saar, hall)

    page = page_at(lorraine, address_of(hall))

    assert page.h1.get_text() == "Halle verrière"
    assert "1 rue du Four, 57000 Metz" in page.main.get_text().replace("\xa0", " ")
    assert page.select_one("main a[href^='https://www.openstreetmap.org/']")
    assert shown(page) == ["Le salon"]


def test_venue_without_a_public_event_here_has_no_page(lorraine, saar, hall):
    hidden_events(lorraine, saar, hall)

    assert lorraine.reader().get(address_of(hall)).status_code == 404
    assert saar.reader().get(address_of(hall)).status_code == 200


def test_date_at_another_place_is_not_at_the_venue_of_its_event(lorraine, hall):
    event = make_event(lorraine.calendar, "Le salon", venue=hall)
    event.occurrences.update(place="Sur le parvis")

    assert lorraine.reader().get(address_of(hall)).status_code == 404


def test_past_event_leaves_its_recap(lorraine, saar, hall):
    past = make_event(lorraine.calendar, "La fête", start=ago(days=9), venue=hall)
    make_recap(lorraine.calendar, "Retour de fête", event=past)
    make_draft(make_recap(lorraine.calendar, "Brouillon de retour", event=past))
    theirs = make_event(saar.calendars["fr"], "Leurre", start=ago(days=9), venue=hall)
    make_recap(saar.calendars["fr"], "Retour leurre", event=theirs)

    page = page_at(lorraine, address_of(hall))

    assert shown(page) == []
    assert [title.get_text(strip=True) for title in page.select(".front__aside .card__title")] == ["Retour de fête"]


def test_former_name_redirects(lorraine, hall):
    make_event(lorraine.calendar, venue=hall)
    former = address_of(hall)
    hall.name = "Halle aux grains"
    hall.save()

    response = lorraine.reader().get(former)

    assert (response.status_code, response["Location"]) == (301, address_of(hall))


@pytest.mark.parametrize("step", ["0", "x", "halle-9999999999999999999", "halle-٣", "halle-"])
def test_unknown_venue_is_missing(lorraine, step):
    assert lorraine.reader().get(f"{index_of()}{step}/").status_code == 404


def test_list_counts_the_public_events_of_the_site(lorraine, saar, hall):
    other = Venue.objects.create(name="Écluse", address="Toul")
    decoy = Venue.objects.create(name="Leurre")
    make_event(lorraine.calendar, "Un", venue=hall)
    make_event(lorraine.calendar, "Deux", start=ago(days=9), venue=hall)
    make_event(lorraine.calendar, "Trois", venue=other, recurrence="FREQ=WEEKLY;COUNT=3")
    hidden_events(lorraine, saar, decoy)

    found = rows(page_at(lorraine, index_of()))

    assert [(name, url, count.split()[0]) for name, url, count in found] == [
        ("Écluse", address_of(other), "1"),
        ("Halle verrière", address_of(hall), "2"),
    ]


def test_languages_with_events_there_are_linked(lorraine, hall):
    make_event(lorraine.calendar, venue=hall)
    assert set(alternates(page_at(lorraine, address_of(hall)))) == {"fr", "x-default"}
    make_event(lorraine.calendars["de"], venue=hall)

    for code in ("fr", "de"):
        for address in (address_of(hall, code), index_of(code)):
            assert set(alternates(page_at(lorraine, address))) == {"fr", "de", "x-default"}


def test_structured_data_describes_the_place(lorraine, hall):
    make_event(lorraine.calendar, venue=hall)

    text = lorraine.reader().get(address_of(hall)).content.decode()

    assert '"@type":"Place"' in text.replace(": ", ":")
    assert '"GeoCoordinates"' in text


def test_sitemap_has_the_venues_of_the_site(lorraine, saar, hall):
    decoy = Venue.objects.create(name="Leurre")
    make_event(lorraine.calendar, venue=hall)
    hidden_events(lorraine, saar, decoy)

    text = lorraine.reader().get("/sitemap-catalogue.xml").content.decode()

    assert address_of(hall) in text
    assert f"{lorraine.site.root_url}{index_of()}<" in text
    assert decoy.address_step not in text


def test_event_leads_to_its_venue(lorraine, hall):
    event = make_event(lorraine.calendar, venue=hall)
    unlisted = make_event(lorraine.calendar, venue=hall, is_unlisted=True)

    assert page_at(lorraine, lorraine.address(event)).select(f'a[href="{address_of(hall)}"]')
    assert not page_at(lorraine, lorraine.address(unlisted)).select(f'a[href="{address_of(hall)}"]')
