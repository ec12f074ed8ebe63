"""The source of a request, which all rate limits count by, and the system checks of its settings."""

import logging
from functools import cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

from django.conf import settings
from django.core import checks
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

UNKNOWN = "unknown"
# A household has a whole IPv6 network of this prefix length.
IPV6_PREFIX_LENGTH = 64
# The prefix lengths of networks within which a provider's customer can change address.
IPV4_NEIGHBOURHOOD, IPV6_NEIGHBOURHOOD = 24, 48

logger = logging.getLogger(__name__)


def source_of(request: HttpRequest) -> str:
    """The client of a request: its IPv4 address, the IPv6 network of its household, or UNKNOWN."""
    address = _address_of(request)
    if address is None:
        return UNKNOWN
    return str(address) if address.version == 4 else str(ip_network((address, IPV6_PREFIX_LENGTH), strict=False))


def hash_of_source(request: HttpRequest) -> str:
    """A keyed hash of the client's source that may be stored with unconfirmed input."""
    return salted_hmac("portal.source", source_of(request), algorithm="sha256").hexdigest()[:40]


def network_of(request: HttpRequest) -> str:
    """The network around the client: a /24 for IPv4, a /48 for IPv6."""
    address = _address_of(request)
    if address is None:
        return UNKNOWN
    prefix = IPV4_NEIGHBOURHOOD if address.version == 4 else IPV6_NEIGHBOURHOOD
    return str(ip_network((address, prefix), strict=False))


def _address_of(request: HttpRequest) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(_without_port(_client_entry(request)))
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _client_entry(request: HttpRequest) -> str:
    """The X-Forwarded-For entry added by our outermost proxy; the client may have forged earlier entries.

    Each proxy appends the address of its client. If there are fewer entries than proxies, the request passed only some
    of the proxies, and all entries are ours.
    """
    remote = request.META.get("REMOTE_ADDR", "")
    if not settings.TRUSTED_PROXY:
        return remote
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "")
    if not forwarded.strip():
        _warn_of_missing_header()
        return remote
    entries = forwarded.split(",")
    return entries[-min(max(settings.TRUSTED_PROXIES, 1), len(entries))].strip()


def _without_port(address: str) -> str:
    """Strip the port: some proxies append `192.0.2.1:50000` or `[2001:db8::1]:50000`."""
    if address.startswith("["):
        return address[1:].partition("]")[0]
    return address.partition(":")[0] if address.count(":") == 1 else address


@cache
def _warn_of_missing_header() -> None:
    """Warn once per process; otherwise every request would log it."""
    logger.warning(
        "TRUSTED_PROXY is set, but a request came without X-Forwarded-For: all readers count as one source, and share "
        "its limits. Let the proxy set the header, or do not set TRUSTED_PROXY."
    )


@checks.register(checks.Tags.security)
def check_number_of_proxies(**kwargs: Any) -> list[Any]:
    if settings.TRUSTED_PROXIES < 1:
        return [checks.Error("TRUSTED_PROXIES, the number of proxies in front, must be at least 1.", id="portal.E001")]
    if settings.TRUSTED_PROXIES > 1 and not settings.TRUSTED_PROXY:
        hint = "Set TRUSTED_PROXY=yes as well."
        return [
            checks.Error(
                "TRUSTED_PROXIES counts proxies that TRUSTED_PROXY does not trust.", hint=hint, id="portal.E002"
            )
        ]
    return []


@checks.register(checks.Tags.security, deploy=True)
def check_for_proxy(**kwargs: Any) -> list[Any]:
    if settings.HTTPS and not settings.TRUSTED_PROXY:
        message = (
            "HTTPS is on, but no proxy is trusted: redirects would loop, and all readers would share one rate limit."
        )
        return [checks.Warning(message, hint="Set TRUSTED_PROXY=yes.", id="portal.W001")]
    return []
