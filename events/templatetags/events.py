"""Template filters and tags of events."""

from datetime import date, datetime, time
from typing import Any

from django import template

from events.formatting.dates import format_day
from events.records import Occurrence, Venue
from events.registration.offer import RegistrationOffer, offer_of
from portal.content.serving.editions import Edition
from portal.formats.words import format_hour
from portal.platform.zones import when_for

register = template.Library()
# `{{ event_or_date|when_for:site_zone }}`
register.filter(when_for)


@register.filter
def hour(value: time | None) -> str:
    return format_hour(value) if value else ""


@register.filter
def weekday_and_day(day: date | None) -> str:
    return format_day(day) if day else ""


@register.simple_tag
def venue_url_of(edition: Edition | None, page: Any, venue: Venue | None) -> str:
    """The URL of a venue's page; empty if it does not list this event, because it is not public or not in lists."""
    if edition is None or venue is None or not page.trail or page.is_unlisted or edition.is_private(page.path):
        return ""
    return edition.catalogue_url("venues", venue.address_step)


@register.simple_tag
def registration_offer(date: Occurrence | None, now: datetime) -> RegistrationOffer | None:
    return offer_of(date, now) if date else None
