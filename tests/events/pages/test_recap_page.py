"""A recap page: day, figures, photos, replay and thanks, and its links with the event."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from events.models import EventPage, RecapPage
from tests.builders import (
    change,
    make_article,
    make_document,
    make_event,
    make_image,
    make_private,
    make_recap,
)
from tests.events.calendars import parse_strictly
from tests.events.reading import read

NOW = FROZEN_AT = datetime(2026, 3, 10, 16, tzinfo=UTC)


@pytest.fixture
def event(lorraine) -> EventPage:
    return make_event(lorraine.calendar, "Nuit des fours", start=NOW - timedelta(days=2), place="Halle")


@pytest.fixture
def recap(lorraine, event) -> RecapPage:
    return make_recap(lorraine.calendar, "Ce qu’il en reste", event=event, event_date=date(2026, 3, 8))


def photo(alt: str) -> dict:
    return {"type": "photo", "value": {"image": make_image(alt).pk, "alt": alt, "caption": f"Légende {alt}"}}


def test_recap_shows_all_of_its_parts(lorraine, recap):
    slides = {"type": "download", "value": {"title": "Les diapositives", "document": make_document().pk}}
    change(
        recap,
        place="Halle de Thionville",
        people=1200,
        companies=1,
        photos=[photo("Un four"), photo("Une coulée")],
        slides=[slides],
        speakers=[{"type": "speaker", "value": {"name": "Claire Humbert", "role": "Fondeuse"}}],
        partners=[{"type": "partner", "value": {"name": "Agence du bassin", "url": ""}}],
    )

    html = read(lorraine, recap)

    facts = html.select_one(".facts")
    # The event's row shows the date, so the facts do not repeat it.
    assert "dimanche 8 mars 2026" in html.select_one(".recap-of").get_text()
    assert facts.select_one("time") is None
    assert "Halle de Thionville" in facts.get_text()
    figures = [
        [" ".join(part.get_text().split()) for part in each.select("dd, dt")] for each in facts.select(".figures__item")
    ]
    assert [sorted(figure) for figure in figures] == [["1 200", "participants"], ["1", "entreprise"]]
    assert [image["alt"] for image in html.select(".gallery img")] == ["Un four", "Une coulée"]
    text = html.select_one("main").get_text(" ", strip=True)
    for words in ("Les diapositives", "Claire Humbert", "Agence du bassin", "Légende Un four"):
        assert words in text


def test_replay_sends_no_request_to_its_host_before_a_click(lorraine, recap):
    video = {
        "title": "La nuit entière",
        "url": "https://www.youtube.com/watch?v=abcdefghij",
        "image": make_image().pk,
        "duration": "1:20:00",
        "transcript": "",
    }
    change(recap, replay=[{"type": "video", "value": video}])

    html = read(lorraine, recap)

    part = html.select_one("section[aria-labelledby=recap-replay]")
    assert part.select_one("img")
    assert not html.select("iframe")
    urls = [tag.get(name, "") for tag in html.select("img, script, link[rel=stylesheet]") for name in ("src", "href")]
    assert not [url for url in urls if url.startswith("http")]


def test_bare_recap_has_no_empty_part(lorraine):
    html = read(lorraine, make_recap(lorraine.calendar, "Nu"))

    assert not html.select(".facts, .event-part, .recap-of")


def test_recap_keeps_day_and_place_of_an_event_that_was_deleted(lorraine, event, recap):
    change(recap, place="Halle de Thionville")
    event.delete()

    recap = RecapPage.objects.get(pk=recap.pk)
    html = read(lorraine, recap)

    assert recap.event is None
    assert "Halle de Thionville" in html.select_one(".facts").get_text()
    assert html.select_one(".facts time")["datetime"] == "2026-03-08"


def test_many_photos_cost_no_more_queries(lorraine, recap):
    counts = []
    for count in (2, 8):
        change(recap, photos=[photo(f"Photo {number}") for number in range(count)])
        read(lorraine, recap)
        with CaptureQueriesContext(connection) as queries:
            read(lorraine, recap)
        counts.append(len(queries))

    assert counts[0] == counts[1] <= 10


def test_recap_keeps_its_day_when_the_event_is_moved(lorraine, event, recap):
    change(recap, place="Halle", people=40)
    change(event, start=NOW + timedelta(days=300), end=NOW + timedelta(days=300, hours=2))

    html = read(lorraine, recap)

    assert not html.select(".recap-of")
    assert html.select_one(".facts time")["datetime"] == "2026-03-08"


@pytest.mark.parametrize("form", ["rss", "atom", "json"])
def test_feed_links_a_recap_to_its_event(lorraine, saar, event, recap, form):
    decoy = make_event(saar.calendar, "Ofennacht", start=NOW - timedelta(days=2))
    make_recap(saar.calendar, "Was bleibt", event=decoy)

    make_article(lorraine.section, "Un article", date=NOW - timedelta(hours=2))

    def feed() -> str:
        response = lorraine.reader().get(f"/fr/feed.{form}")
        assert response.status_code == 200
        return response.content.decode()

    address = f"http://{lorraine.host}{lorraine.address(event)}"
    if form == "json":
        items = {item["title"]: item for item in json.loads(feed())["items"]}
        assert items["Ce qu’il en reste"]["_about"] == {"title": "Nuit des fours", "url": address}
        assert "_about" not in items["Un article"]
    else:
        document = BeautifulSoup(feed(), "xml")
        (link,) = [each for each in document.find_all("link", rel="related") if each["title"] == "Nuit des fours"]
        assert link["href"] == address
        assert "Ce qu’il en reste" in link.find_parent(["item", "entry"]).find("title").get_text()
    assert "Ofennacht" not in feed()

    make_private(event, password="sésame")
    assert "Nuit des fours" not in feed()


def test_calendar_file_links_an_event_to_its_recap(lorraine, saar, event, recap):
    decoy = make_event(saar.calendar, "Ofennacht", start=NOW - timedelta(days=2))
    make_recap(saar.calendar, "Was bleibt", event=decoy)
    line = f"LINK;VALUE=URI;LINKREL=related:http://{lorraine.host}{lorraine.address(recap)}"

    def file(path: str) -> str:
        response = lorraine.reader().get(path)
        assert response.status_code == 200
        parse_strictly(response.content)
        return response.content.decode().replace("\r\n ", "")

    files = [f"{lorraine.address(page).rstrip('/')}.ics" for page in (event, lorraine.calendar)]
    for path in (*files, "/calendar.ics"):
        text = file(path)
        assert line in text
        assert text.count("LINKREL") == text.count(line)
    make_private(recap, password="sésame")
    assert "LINKREL" not in file(files[0])


def test_past_event_links_to_its_recap_in_every_list(lorraine, event, recap):
    for path in (f"{lorraine.address(lorraine.calendar)}?when=past", lorraine.address(event)):
        assert read(lorraine, path).select(f"main a[href='{lorraine.address(recap)}']"), path


def test_recap_stays_with_its_date_when_the_draft_is_saved_again(lorraine):
    event = make_event(lorraine.calendar, start=NOW - timedelta(days=8), recurrence="FREQ=WEEKLY;COUNT=3")
    recap = make_recap(lorraine.calendar, event=event, event_date=date(2026, 3, 2))

    recap = change(recap, title="Encore")

    assert recap.occurrence.key == "2026-03-02"
    assert timezone.now() == NOW
