"""A shelf ends by itself, and leaves out old stories. Cached pages expire at the same time."""

from datetime import UTC, datetime, timedelta

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse
from django.utils import timezone
from time_machine import travel

from home.expiry import expiry_of_shelves
from home.shelves import Shelves
from portal.platform.caching import expiry
from tests.builders import change, make_article, make_draft, make_event, make_settings, make_site

NOW = datetime(2026, 11, 18, 9, tzinfo=UTC)
END = datetime(2026, 11, 18, 11, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def at_nine():
    with travel(NOW, tick=False):
        yield


def shelf(kind: str, **facts) -> dict:
    return {"type": kind, "value": facts}


def latest(**facts) -> dict:
    return shelf("latest", title="Dernières", count=6, **facts)


def breaking(**facts) -> dict:
    return shelf("breaking", text="Le pont est fermé.", ends_at=END.isoformat(), **facts)


def html_of(ground, *shelves) -> BeautifulSoup:
    if shelves:
        change(ground.home, shelves=list(shelves))
    return BeautifulSoup(ground.reader().get("/fr/").content, "html.parser")


def titles(ground, *shelves) -> list[str]:
    return [title.get_text(strip=True) for title in html_of(ground, *shelves).select("main .card__title")]


@pytest.fixture
def solo(lorraine):
    """A site with one story of each day: today's, yesterday's and those before."""
    site = make_site("solo.localhost", ("fr",), "Solo")
    for days in range(5):
        make_article(site.section, f"Il y a {days} j", date=NOW - timedelta(days=days, minutes=5))
    return site


def test_shelf_is_hidden_from_its_end_on(solo):
    change(solo.home, shelves=[latest(ends_at=END.isoformat())])

    with travel(END - timedelta(seconds=1), tick=False):
        assert html_of(solo).select(".shelf--latest")
    with travel(END, tick=False):
        assert not html_of(solo).select(".shelf")


def test_events_shelf_ends_too(lorraine):
    make_event(lorraine.calendar, start=NOW + timedelta(days=2))
    change(lorraine.home, shelves=[shelf("events", title="Agenda", count=2, ends_at=END.isoformat())])

    with travel(END, tick=False):
        assert not html_of(lorraine).select(".event-row")


def test_stories_of_a_shelf_that_has_ended_are_free_for_the_others(solo):
    first = {"layout": "pair", "title": "", "places": [], "ends_at": END.isoformat()}
    change(solo.home, shelves=[{"type": "chosen", "value": first}, latest()])
    assert titles(solo)[:2] == ["Il y a 0 j", "Il y a 1 j"]

    with travel(END, tick=False):
        assert titles(solo) == [f"Il y a {days} j" for days in range(5)]


@pytest.mark.parametrize("kind", ["latest", "breaking"])
def test_cached_page_expires_when_a_shelf_ends(lorraine, kind):
    change(lorraine.home, shelves=[latest(ends_at=END.isoformat()) if kind == "latest" else breaking()])

    assert min(end for source in expiry.sources for end in source(NOW) if end > NOW) == END


def test_end_on_a_draft_or_without_an_hour_expires_nothing(lorraine, saar):
    change(lorraine.home, shelves=[latest(ends_at=None)])
    change(saar.homes["fr"], shelves=[breaking()])
    make_draft(saar.homes["fr"])

    assert list(expiry_of_shelves(NOW)) == []


def test_old_stories_leave_the_shelf_on_the_day_after_the_limit(solo):
    change(solo.home, shelves=[latest(max_days=2)])
    assert titles(solo) == ["Il y a 0 j", "Il y a 1 j", "Il y a 2 j"]

    # It is still the same day in UTC, but already the next one in the time zone of the site.
    with travel(datetime(2026, 11, 18, 23, 30, tzinfo=UTC), tick=False):
        assert titles(solo) == ["Il y a 0 j", "Il y a 1 j"]


def test_chosen_story_beyond_the_age_limit_makes_room_for_a_newer_one(solo):
    old = make_article(solo.section, "Ancienne", date=NOW - timedelta(days=30))
    places = [{"story": old.pk}, {"story": None}]

    assert titles(solo, {"type": "chosen", "value": {"layout": "pair", "places": places, "max_days": 14}}) == [
        "Il y a 0 j",
        "Il y a 1 j",
    ]


def test_shelf_with_old_stories_only_is_hidden(solo):
    with travel(NOW + timedelta(days=9), tick=False):
        assert not html_of(solo, latest(max_days=1)).select(".shelf")


def test_story_that_is_too_old_for_one_shelf_stays_on_another(solo):
    section = shelf("section", section=solo.section.pk, layout="three", max_days=1)

    assert titles(solo, section, latest()) == [f"Il y a {days} j" for days in range(5)]


def test_breaking_news_has_a_label_a_text_and_a_link_until_its_end(lorraine, saar):
    story = make_article(lorraine.section, "Pont fermé")
    change(saar.homes["fr"], shelves=[latest()])
    link = {"label": "Les déviations", "page": story.pk, "document": None, "url": ""}

    band = html_of(lorraine, breaking(label="Alerte", link=link)).select_one(".breaking")

    assert band.strong.get_text(strip=True) == "Alerte"
    assert "Le pont est fermé." in band.get_text()
    assert (band.a.get_text(strip=True), band.a["href"]) == ("Les déviations", lorraine.address(story))
    assert not BeautifulSoup(saar.reader().get("/fr/").content, "html.parser").select(".breaking")
    with travel(END, tick=False):
        assert not html_of(lorraine).select(".breaking")


def test_end_is_typed_in_the_newsroom_like_other_dates(lorraine, administrator):
    make_settings(lorraine, time_zone="Europe/Paris")
    block = Shelves().child_blocks["breaking"].child_blocks["ends_at"]

    assert block.clean("18.11.2026 12h30") == END.astimezone(timezone.get_current_timezone())
    page = administrator.get(reverse("wagtailadmin_pages:edit", args=[lorraine.home.pk]))
    assert page.status_code == 200
