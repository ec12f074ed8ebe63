"""The signed links of a newsletter: each names one subscriber, one site and one purpose."""

from django.core.signing import BadSignature, Signer
from django.http import Http404
from django.urls import reverse
from django.utils import translation
from wagtail.models import Site

from portal.newsletter.models import Subscriber

# A request that is older confirms nothing; unconfirmed addresses are forgotten then (see `periodic tasks`).
DAYS_TO_CONFIRM = 7


def confirmation_link(subscriber: Subscriber) -> str:
    token = _signer("confirm").sign(f"{subscriber.pk}-{subscriber.request_number}")
    return _address("newsletter:confirm", token, subscriber.site, subscriber.language)


def preferences_link(subscriber_key: int, site: Site, language: str) -> str:
    return _address("newsletter:preferences", _signer("preferences").sign(str(subscriber_key)), site, language)


def leave_link(subscriber_key: int, site: Site, language: str) -> str:
    """Works for as long as the subscriber is known: whoever wants to leave finds an old mail perhaps."""
    return _address("newsletter:leave", _signer("leave").sign(str(subscriber_key)), site, language)


def subscriber_behind(token: str, site: Site) -> Subscriber:
    """The subscriber whose latest request this link confirms; Http404 for any other link."""
    key, _dash, number = _read(token, "confirm").partition("-")
    return _found(key, site, request_number=_whole(number))


def holder_of(token: str, purpose: str, site: Site) -> Subscriber:
    """The subscriber whom a link of this purpose names; Http404 for a link of another site or purpose."""
    return _found(_read(token, purpose), site)


def _signer(purpose: str) -> Signer:
    return Signer(salt=f"newsletter.{purpose}")


def _read(token: str, purpose: str) -> str:
    try:
        return _signer(purpose).unsign(token)
    except BadSignature as forged:
        raise Http404 from forged


def _whole(text: str) -> int:
    if not text.isdecimal():
        raise Http404
    return int(text)


def _found(key: str, site: Site, **facts: int) -> Subscriber:
    subscriber = Subscriber.objects.of(site).filter(pk=_whole(key), **facts).select_related("site").first()
    if subscriber is None:
        raise Http404
    return subscriber


def _address(name: str, token: str, site: Site, language: str) -> str:
    with translation.override(language):
        return site.root_url + reverse(name, args=[token])
