"""The signed links in a newsletter, each for one subscriber and one purpose; none works on another site."""

from django.core.signing import BadSignature, Signer
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import translation
from wagtail.models import Site

from portal.newsletter.models import Subscriber
from portal.platform.operation.keys import lasting_signer

# After this many days, `periodic` deletes unconfirmed requests together with their links.
DAYS_TO_CONFIRM = 7


def confirmation_link(subscriber: Subscriber) -> str:
    token = _signer("confirm").sign(f"{subscriber.pk}-{subscriber.request_number}")
    return _link("newsletter:confirm", token, subscriber.site, subscriber.language)


def preferences_link(subscriber_key: int, site: Site, language: str) -> str:
    return _link("newsletter:preferences", _signer("preferences").sign(str(subscriber_key)), site, language)


def unsubscribe_link(subscriber_key: int, site: Site, language: str) -> str:
    """The link never expires: somebody may unsubscribe from an old mail."""
    return _link("newsletter:unsubscribe", _signer("unsubscribe").sign(str(subscriber_key)), site, language)


def subscriber_to_confirm(token: str, site: Site) -> Subscriber:
    """The subscriber whose latest request a token confirms; Http404 for any other token."""
    key, _dash, number = _unsign(token, "confirm").partition("-")
    return _subscriber(key, site, request_number=number)


def subscriber_from_token(token: str, purpose: str, site: Site) -> Subscriber:
    """The subscriber of a token; Http404 if it is for another site or purpose."""
    return _subscriber(_unsign(token, purpose), site)


def _signer(purpose: str) -> Signer:
    return lasting_signer(f"newsletter.{purpose}")


def _unsign(token: str, purpose: str) -> str:
    try:
        return _signer(purpose).unsign(token)
    except BadSignature as error:
        raise Http404 from error


def _subscriber(key: str, site: Site, **lookups: str) -> Subscriber:
    return get_object_or_404(Subscriber.objects.of(site).select_related("site"), pk=key, **lookups)


def _link(name: str, token: str, site: Site, language: str) -> str:
    with translation.override(language):
        return site.root_url + reverse(name, args=[token])
