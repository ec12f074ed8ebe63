"""The addresses of registrations: of a date's form, and of one person's own registration."""

from typing import Any

from django.core import signing
from django.http import Http404
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import override
from wagtail.models import Site

from events.models import EventPage, Occurrence, Registration
from portal.core.serving.editions import Edition
from portal.core.serving.snapshot import snapshot_of

signer = signing.Signer(salt="portal.events.registration", sep=".")


def form_address(date: Occurrence) -> str:
    """Where one registers for a date, in the active language; the draft of one has no such place."""
    return reverse("registration:form", args=[date.event_id, date.key]) if date.pk else ""


def own_address(registration: Registration) -> str:
    """The full address by which somebody changes or cancels; whoever has it may."""
    with override(registration.language):
        path = reverse("registration:own", args=[token_of(registration)])
    return registration.site.root_url + path


def token_of(registration: Registration) -> str:
    """Names a registration, its site and, as a keyed hash, its address: links end up in the logs of servers."""
    return signer.sign_object([registration.pk, registration.site_id, _told_of(registration.same_address)])


def registration_behind(token: str, edition: Edition) -> Registration:
    """The registration that a link was made for; Http404 for a link that was never made, or for another site."""
    try:
        key, site, told = signer.unsign_object(token)
    except (signing.BadSignature, ValueError, TypeError, UnicodeError) as error:
        raise Http404 from error
    found = Registration.objects.filter(pk=key, site=edition.site, site_id=site).select_related("date", "site", "event")
    registration = found.first()
    if registration is None or _told_of(registration.same_address) != told:
        raise Http404
    return registration


def _told_of(address: str) -> str:
    return salted_hmac("portal.events.address", address, algorithm="sha256").hexdigest()[:16]


def site_of(page: EventPage) -> Site:
    """The site that an event belongs to, whichever site shows an alias of it."""
    own: Any = page.alias_of or page
    return own.get_site() or Site.objects.order_by("-is_default_site", "pk")[0]


def page_address(page: EventPage, site: Site, key: str = "") -> str:
    """The full address of an event, or of one of its dates; empty where readers of its site do not find it."""
    frame = snapshot_of(site.hostname, str(site.port))
    editions = frame.editions.values() if frame else ()
    edition = next((each for each in editions if page.path.startswith(each.home.path)), None)
    return edition.full(edition.url_of(page)) + (f"{key}/" if key else "") if edition else ""
