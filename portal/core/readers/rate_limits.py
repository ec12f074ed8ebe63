"""Rate limits: by source, by mailbox and by site."""

import time
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_address, ip_network

from django.conf import settings
from django.core.cache import caches
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from portal.core.readers.addresses import mailbox_key

CACHE = "limits"
# A household with IPv6 has a whole network of this prefix length.
IPV6_PREFIX_LENGTH = 64


@dataclass(frozen=True)
class RateLimit:
    """At most `most` times in each fixed window of length `within`; around the edge of two windows, twice as many."""

    name: str
    most: int
    within: timedelta

    def allows(self, *subject: object) -> bool:
        """Count one event for the subject, and return whether it is within the limit.

        The cache key is a keyed hash, so the cache contains no addresses.
        """
        seconds = int(self.within.total_seconds())
        window = int(time.time()) // seconds
        hashed = salted_hmac("portal.limits", repr((self.name, subject)), algorithm="sha256").hexdigest()[:40]
        # The window is part of the key, so that a counter without an expiry has no effect later.
        key = f"{self.name}:{hashed}:{window}"
        cache = caches[CACHE]
        while True:
            cache.add(key, 0, seconds + 60)
            try:
                return cache.incr(key) <= self.most
            except ValueError:
                # The cache evicted the counter between the two calls.
                continue


MAIL_LIMITS = (RateLimit("mails-hour", 5, timedelta(hours=1)), RateLimit("mails-day", 15, timedelta(days=1)))


def may_send_mail_to(address: str) -> bool:
    """Count one mail that a public form sends to this mailbox, and return whether it is within the limits.

    The limits hold across all sites and forms. Raise ValueError for an invalid address.
    """
    box = mailbox_key(address)
    # A mail beyond the hourly limit does not count for the daily one.
    return all(limit.allows(box) for limit in MAIL_LIMITS)


def source_of(request: HttpRequest) -> str:
    """The client of a request: an IPv4 address, or the IPv6 network of a household; `unknown` if neither is given."""
    known = request.META.get("REMOTE_ADDR", "")
    if settings.TRUSTED_PROXY:
        # Our proxy appends the last entry; the client may have written those before it.
        known = request.headers.get("X-Forwarded-For", known).rpartition(",")[2].strip()
    try:
        address = ip_address(known)
    except ValueError:
        return "unknown"
    if address.version == 4:
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ip_network((address, IPV6_PREFIX_LENGTH), strict=False))
