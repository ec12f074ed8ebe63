"""Events of The Events Calendar become drafts in the edition's calendar."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from events.records.venues import Venue
from portal.editorial.roles import media_collection
from tests.moving.conftest import page_of, report_lines
from tests.moving.exports import item

pytestmark = pytest.mark.usefixtures("newsroom")
VENUE = item(
    "La Halle",
    kind="tribe_venue",
    wp_id=80,
    meta={"_VenueAddress": "1 rue du Port", "_VenueZip": "54000", "_VenueCity": "Nancy", "_VenueURL": "halle.example"},
)
ORGANISER = item(
    "L’agence",
    kind="tribe_organizer",
    wp_id=81,
    meta={
        "_OrganizerWebsite": "https://agence.example",
        "_OrganizerEmail": "a@agence.example",
        "_OrganizerPhone": "03",
    },
)


def event(title: str = "Le salon", content: str = "<p>Venez.</p>", **meta: str) -> str:
    facts = {
        "_EventStartDate": "2031-05-17 09:30:00",
        "_EventEndDate": "2031-05-17 11:00:00",
        "_EventTimezone": "Europe/Berlin",
        "_EventVenueID": "80",
        "_EventOrganizerID": "81",
        **meta,
    }
    return item(title, content, "tribe_events", wp_id=1, meta=facts)


def test_event_is_in_the_calendar_with_its_data(bring, lorraine):
    bring(VENUE, ORGANISER, event(_EventCost="12", _EventCurrencySymbol="€"))

    page = page_of(1)

    assert page.get_parent().pk == lorraine.calendar.pk
    assert (page.start, page.end) == (
        datetime(2031, 5, 17, 7, 30, tzinfo=UTC),
        datetime(2031, 5, 17, 9, 0, tzinfo=UTC),
    )
    assert page.time_zone == "Europe/Berlin"
    assert (page.venue.name, page.venue.address) == ("La Halle", "1 rue du Port, 54000 Nancy")
    assert page.venue.website == "https://halle.example"
    assert (page.organiser, page.organiser_url) == ("L’agence", "https://agence.example")
    assert (page.contact_email, page.contact_phone) == ("a@agence.example", "03")
    assert (page.price, page.price_amount, page.price_currency) == ("12 €", Decimal(12), "EUR")
    assert page.workflow_in_progress


def test_all_day_event_lasts_from_midnight_to_midnight(bring):
    bring(event(_EventAllDay="yes", _EventStartDate="2031-05-17 00:00:00", _EventEndDate="2031-05-18 23:59:59"))

    page = page_of(1)

    assert page.is_all_day
    assert (page.start, page.end) == (datetime(2031, 5, 16, 22, tzinfo=UTC), datetime(2031, 5, 18, 22, tzinfo=UTC))


def test_invalid_time_zone_becomes_the_sites_time_zone(bring):
    report = bring(event(_EventTimezone="UTC+2"))

    assert page_of(1).time_zone == "Europe/Paris"
    assert report.notes["time zone"] == 1


def test_only_venues_of_the_importing_site_are_used(bring, lorraine, saar):
    foreign = Venue.objects.create(
        name="La Halle", address="1 rue du Port, 54000 Nancy", collection=media_collection(saar.site)
    )
    own = Venue.objects.create(
        name="La Halle", address="1 rue du Port, 54000 Nancy", collection=media_collection(lorraine.site)
    )

    bring(VENUE, event())

    assert page_of(1).venue == own
    assert page_of(1).venue != foreign


def test_event_without_a_date_is_a_draft_with_a_note(bring):
    report = bring(event(_EventStartDate=""))

    assert page_of(1).start is None
    assert report.notes["event without a date"] == 1


def test_gallery_in_an_event_stays_a_gallery(bring, uploads):
    text = '<figure class="wp-block-gallery"><img src="/wp-content/uploads/2024/05/hall.png"><img src="/wp-content/uploads/2024/05/b.png"></figure>'
    (uploads / "2024/05/b.png").write_bytes((uploads / "2024/05/hall.png").read_bytes())

    bring(event(content=text))

    assert [block.block_type for block in page_of(1).body] == ["gallery"]


def test_second_import_of_an_event_changes_nothing(bring):
    parts = (VENUE, ORGANISER, event(_EventAllDay="yes"))
    bring(*parts)

    report = bring(*parts)

    assert report.counts["as before"] == 1
    assert Venue.objects.filter(name="La Halle").count() == 1


def test_price_of_zero_is_free(bring):
    bring(event(_EventCost="0", _EventCurrencySymbol="€"))

    assert (page_of(1).price, page_of(1).price_amount) == ("Gratuit", Decimal(0))


def test_website_of_an_event_is_below_its_text(bring):
    bring(ORGANISER, event(_EventURL="https://billets.example/salon?a=1&b=2"))

    page = page_of(1)

    assert page.organiser_url == "https://agence.example"
    assert 'href="https://billets.example/salon?a=1&amp;b=2">billets.example/salon</a>' in page.body[-1].value.source
    assert "agence" not in str(page.body)


def test_blocks_that_show_fields_of_the_event_are_not_reported(bring):
    content = "<!-- wp:tribe/event-datetime /-->\n<!-- wp:tribe/event-venue /-->\n<p>Venez.</p>"

    bring(event(content=content))

    assert "venue" not in report_lines()
    assert "datetime" not in report_lines()
