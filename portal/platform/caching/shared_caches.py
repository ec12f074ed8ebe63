"""How long caches between portal and readers may serve a response without revalidation, and the purge tag."""

import re
from datetime import datetime

from django.conf import settings

ALWAYS_REVALIDATE = "no-cache"
# A response may contain content of any site: a network shelf, a shared story, a topic, an author. So all responses have
# the same tag (docs/decisions.md).
TAG = "portal"
# The header in which each kind of cache reads tags. Other kinds are purged by URL.
TAG_HEADERS = {
    "varnish": "Surrogate-Key",
    "fastly": "Surrogate-Key",
    "cloudflare": "Cache-Tag",
    "bunny": "CDN-Tag",
}


def shared_cache_control(now: datetime, expires_at: datetime, browsers: int = 0) -> str:
    """The `Cache-Control` of a response that is the same for all readers until `expires_at`.

    A shared cache that can reach the portal must not serve it longer, not even while it revalidates (RFC 5861).
    `browsers` is the max-age for browsers, which cannot be purged.
    """
    longest = settings.SHARED_CACHE_SECONDS
    left = int((expires_at - now).total_seconds())
    if (lifetime := min(longest, left)) <= 0:
        return f"public, max-age={browsers}, s-maxage=0" if browsers else ALWAYS_REVALIDATE
    parts = ["public", f"max-age={browsers}", f"s-maxage={lifetime}"]
    if meanwhile := min(longest, left - lifetime):
        parts.append(f"stale-while-revalidate={meanwhile}")
    # While the portal is down, a stale response is better than none. A purge removes stale responses.
    return ", ".join([*parts, f"stale-if-error={longest}"])


def browser_max_age(cache_control: str) -> int | None:
    """The max-age of a public response; None if it is private or the header says more than that."""
    if not cache_control:
        return 0
    parts = {part.strip() for part in cache_control.split(",")} - {"public"}
    found = re.fullmatch(r"max-age=(\d+)", parts.pop()) if len(parts) == 1 else None
    return int(found[1]) if found else None


def tag_header() -> tuple[str, str] | None:
    kind = settings.SHARED_CACHE_PURGE.get("kind", "")
    return (TAG_HEADERS[kind], TAG) if kind in TAG_HEADERS else None
