"""Registers the public event records that are not pages, and who may change them."""

from typing import Any

from portal.editorial.public_records.registry import (
    ADMINISTRATORS,
    NOT_PUBLIC,
    PUBLIC_RECORDS,
    PUBLISHERS,
    PublicRecord,
    is_used,
    own_site,
    site_of_files,
)


def site_of_calendar(subscription: Any) -> list[Any]:
    site = subscription.calendar.get_site()
    return [site] if site else []


def register_public_records() -> None:
    PUBLIC_RECORDS.extend(
        [
            PublicRecord("events.Venue", "venues: name, address, access", PUBLISHERS, site_of_files, is_used),
            PublicRecord("events.EventSettings", "when a night ends, in lists of events", ADMINISTRATORS, own_site),
            PublicRecord(
                "events.Subscription",
                "what happens to an event that is no longer in a subscribed calendar",
                ADMINISTRATORS,
                site_of_calendar,
            ),
        ]
    )
    NOT_PUBLIC.update(
        {
            "events.Occurrence": "a date of a published event, created by its publication",
            "events.OccurrencePlacement": "a date of a published event, created by its publication",
            "events.CalendarEntry": "a copy of a published event, created by its publication",
            "events.EventConsent": "a copy of the consent text that a reader agreed to",
            "events.DateSeats": "a count",
            "events.EventLetter": "mails to registered people",
            "events.Proposal": "readers' data; a proposal that is taken up is a draft",
            "events.ProposalPicture": "readers' data; a picture that is taken up is an image",
            "events.Registration": "readers' data",
            "events.ImportedEvent": "the source of an imported draft",
            "events.RecapRequest": "when an organiser was reminded",
        }
    )
