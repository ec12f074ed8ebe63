"""Subscriptions to calendars of The Events Calendar continue with the calendar files of this site."""

from collections.abc import Iterator

import pytest

from tests.builders import SampleSite
from tests.conftest import rolled_back
from tests.moving.conftest import import_parts, page_of
from tests.moving.exports import OLD, item

pytestmark = pytest.mark.usefixtures("newsroom")


@pytest.fixture(scope="class")
def moved(module_network, module_newsrooms, tmp_path_factory) -> Iterator[None]:
    dates = {"_EventStartDate": "2031-12-10 18:00:00", "_EventEndDate": "2031-12-10 20:00:00"}
    parts = [
        item("Bal", "Texte", "tribe_events", wp_id=5, meta=dates, link=f"{OLD}/event/bal/"),
        item("Foire", "Texte", "tribe_events", wp_id=6, meta=dates, link=f"{OLD}/evenement/foire/"),
        item("Secret", "Texte", "tribe_events", wp_id=7, meta=dates, link=f"{OLD}/event/secret/", status="draft"),
        item("Contact", "Texte", "page", wp_id=9, link=f"{OLD}/nous/ecrire/"),
    ]
    with rolled_back():
        import_parts(module_network.lorraine, tmp_path_factory.mktemp("moved"), *parts, media="", live=True)
        yield


def target(ground: SampleSite, path: str) -> str:
    response = ground.reader().get(path)
    return response["Location"].removeprefix(f"http://{ground.host}") if response.status_code == 301 else ""


@pytest.mark.usefixtures("moved")
class TestAfterAnImport:
    @pytest.mark.parametrize(
        "path",
        [
            "/events/?ical=1",
            "/events/list/?ical=1",
            "/events/ical/",
            "/evenements/?ical=1",
            "/evenements/liste/?outlook-ical=1",
            "/?post_type=tribe_events&ical=1",
            "/?post_type=tribe_events&ical=1&eventDisplay=list",
            "/?ical=1&post_type=tribe_events&tribe-bar-date=2031-12-01",
            "/events/2031-12/?ical=1&eventDisplay=month",
        ],
    )
    def test_subscribed_calendar_continues(self, lorraine, saar, path):
        found = target(lorraine, path)

        assert found == lorraine.address(page_of(5).get_parent()).rstrip("/") + ".ics"
        assert "SUMMARY:Bal" in lorraine.reader().get(found).content.decode()
        assert not target(saar, path).endswith(".ics")

    @pytest.mark.parametrize(
        ("path", "number"),
        [
            ("/event/bal/?ical=1", 5),
            ("/event/bal/ical/", 5),
            ("/event/bal/ical", 5),
            ("/event/bal/2031-12-10/?ical=1", 5),
            ("/evenement/foire/?ical=1", 6),
            ("/evenement/foire/ical/", 6),
            ("/?post_type=tribe_events&p=5&ical=1", 5),
        ],
    )
    def test_file_of_an_event_leads_to_its_file_here(self, lorraine, path, number):
        found = target(lorraine, path)

        assert found == lorraine.address(page_of(number)).rstrip("/") + ".ics"
        assert lorraine.reader().get(found)["Content-Type"].startswith("text/calendar")

    @pytest.mark.parametrize("path", ["/events/feed/", "/evenements/feed/", "/events/feed/rss2/"])
    def test_feed_of_events_leads_to_the_feed(self, lorraine, path):
        assert target(lorraine, path) == "/fr/feed.rss"

    def test_list_of_events_by_its_type_leads_to_the_calendar(self, lorraine):
        assert target(lorraine, "/?post_type=tribe_events") == lorraine.address(page_of(5).get_parent())

    def test_page_without_a_calendar_leads_to_itself(self, lorraine):
        assert target(lorraine, "/nous/ecrire/?ical=1") == lorraine.address(page_of(9))

    @pytest.mark.parametrize("path", ["/event/secret/?ical=1", "/event/secret/ical/", "/event/nulle-part/ical/"])
    def test_file_of_a_hidden_or_unknown_event_is_not_found(self, lorraine, path):
        assert lorraine.reader().get(path).status_code == 404
