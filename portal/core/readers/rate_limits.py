"""How often something may be done: by one source, to one mailbox, on one site."""

import time
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_address, ip_network

from django.conf import settings
from django.core.cache import caches
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from portal.core.readers.addresses import mailbox

CACHE = "limits"
# Whoever has an address of the newer kind has a whole network of this size.
ONE_HOUSEHOLD = 64


@dataclass(frozen=True)
class RateLimit:
    """So many times in each window of time; the windows begin at fixed moments, so two may meet at their edge."""

    name: str
    most: int
    within: timedelta

    def admits(self, *subject: object) -> bool:
        """Count one more for the subject, and say whether it is still within the limit.

        What is counted is kept as a keyed hash: no address stands in the cache.
        """
        seconds = int(self.within.total_seconds())
        window = int(time.time()) // seconds
        told = salted_hmac("portal.limits", repr((self.name, subject)), algorithm="sha256").hexdigest()[:40]
        # The window is part of the key, so that a counter that was never given an end stops to matter.
        key = f"{self.name}:{told}:{window}"
        cache = caches[CACHE]
        while True:
            cache.add(key, 0, seconds + 60)
            try:
                return cache.incr(key) <= self.most
            except ValueError:
                # Dropped between the two calls.
                continue


LETTERS = (RateLimit("letters-hour", 5, timedelta(hours=1)), RateLimit("letters-day", 15, timedelta(days=1)))


def may_be_written_to(address: str) -> bool:
    """Whether one more letter that a stranger asked for may go to this mailbox, from whichever site and form.

    Counts it. ValueError for what is no address.
    """
    box = mailbox(address)
    # What one hour refuses does not count for the day.
    return all(limit.admits(box) for limit in LETTERS)


def source_of(request: HttpRequest) -> str:
    """Where a request comes from: an address, or the network of a household."""
    known = request.META.get("REMOTE_ADDR", "")
    if settings.TRUSTED_PROXY:
        # The last entry is the proxy's own; those before it are whatever the client wrote.
        known = request.headers.get("X-Forwarded-For", known).rpartition(",")[2].strip()
    try:
        address = ip_address(known)
    except ValueError:
        return "unknown"
    if address.version == 4:
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ip_network((address, ONE_HOUSEHOLD), strict=False))
