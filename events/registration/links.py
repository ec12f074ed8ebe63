"""Registration URLs: a date's form, and the signed link to one registration."""

from typing import Any

from django.core import signing
from django.http import Http404
from django.urls import reverse
from django.utils.translation import override
from wagtail.models import Site

from events.pages import EventPage
from events.records import Occurrence, Registration
from portal.content.serving.editions import Edition
from portal.content.serving.snapshot import snapshot_of
from portal.platform.operation.keys import lasting_hash, lasting_signer

signer = lasting_signer("portal.events.registration", sep=".")


def form_url(date: Occurrence) -> str:
    """Return the registration form's path in the active language; empty for an unsaved date."""
    return reverse("registration:form", args=[date.event_id, date.key]) if date.pk else ""


def registration_url(registration: Registration) -> str:
    """Return the full URL for changing or cancelling. The URL itself is the authorisation."""
    with override(registration.language):
        path = reverse("registration:own", args=[registration_token(registration)])
    return registration.site.root_url + path


def registration_token(registration: Registration) -> str:
    """Sign a registration's key and its site's key. The address is hashed, because it must not appear in logs."""
    return signer.sign_object([registration.pk, registration.site_id, _address_hash(registration.same_address)])


def registration_for_token(token: str, edition: Edition) -> Registration:
    """Return a link's registration. Raises Http404 for an invalid token or one for another site."""
    try:
        key, site, address_hash = signer.unsign_object(token)
    except (signing.BadSignature, ValueError, TypeError, UnicodeError) as error:
        raise Http404 from error
    found = Registration.objects.filter(pk=key, site=edition.site, site_id=site).select_related("date", "site", "event")
    registration = found.first()
    if registration is None or _address_hash(registration.same_address) != address_hash:
        raise Http404
    return registration


def _address_hash(address: str) -> str:
    return lasting_hash("portal.events.address", address)[:16]


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
