"""Registration URLs: a date's form, and the signed link to one registration."""

from typing import Any

from django.urls import reverse
from wagtail.models import Site

from events.pages import EventPage
from events.reader_links import ReaderLink
from events.records import Occurrence, Registration
from portal.content.serving.editions import Edition
from portal.content.serving.snapshot import snapshot_of

LINK = ReaderLink("registration:own", "portal.events.registration", "portal.events.address")


def form_url(date: Occurrence) -> str:
    """Return the registration form's path in the active language; empty for an unsaved date."""
    return reverse("registration:form", args=[date.event_id, date.key]) if date.pk else ""


def registration_url(registration: Registration) -> str:
    """Return the full URL for changing or cancelling."""
    return LINK.url(registration)


def registration_for_token(token: str, edition: Edition) -> Registration:
    """Return a link's registration. Raises Http404 for an invalid token or one for another site."""
    return LINK.record(token, edition, Registration.objects.select_related("date", "site", "event"))


def site_of(page: EventPage) -> Site:
    """Return an event's site. An alias belongs to its source's site."""
    source: Any = page.alias_of or page
    return source.get_site() or Site.objects.order_by("-is_default_site", "pk")[0]


def page_url(page: EventPage, site: Site, key: str = "") -> str:
    """Return the full URL of a page, or of an event's date `key`; empty if it is in no edition of the site."""
    snapshot = snapshot_of(site.hostname, str(site.port))
    editions = snapshot.editions.values() if snapshot else ()
    edition = next((each for each in editions if page.path.startswith(each.home.path)), None)
    return edition.full(edition.url_of(page)) + (f"{key}/" if key else "") if edition else ""
