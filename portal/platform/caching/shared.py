"""How long caches between the portal and its readers may keep an answer unasked, and the tag by which it is purged."""

import re
from datetime import datetime

from django.conf import settings

ALWAYS_ASK = "no-cache"
# Every answer may show something of any site: a shelf of the network, a shared story, a topic, an author. So the one
# tag that is exact is that of all answers (docs/decisions.md).
TAG = "portal"
# The header in which each kind of cache reads tags; the others are purged by addresses.
TAG_HEADERS = {
    "varnish": "Surrogate-Key",
    "fastly": "Surrogate-Key",
    "cloudflare": "Cache-Tag",
    "bunny": "CDN-Tag",
}


def shared_rule(now: datetime, right_until: datetime, browsers: int = 0) -> str:
    """The `Cache-Control` of an answer that all readers get until a moment at which it changes by time alone.

    No shared cache that can reach the portal gives it beyond that moment, not even while it asks (RFC 5861).
    `browsers` are the seconds for which these, which nobody can purge, may keep it unasked.
    """
    longest = settings.SHARED_CACHE_SECONDS
    left = int((right_until - now).total_seconds())
    if (lifetime := min(longest, left)) <= 0:
        return f"public, max-age={browsers}, s-maxage=0" if browsers else ALWAYS_ASK
    parts = ["public", f"max-age={browsers}", f"s-maxage={lifetime}"]
    if meanwhile := min(longest, left - lifetime):
        parts.append(f"stale-while-revalidate={meanwhile}")
    # While the portal is gone an old answer is better than none; after a purge there is none.
    return ", ".join([*parts, f"stale-if-error={longest}"])


def browsers_seconds(rule: str) -> int | None:
    """For how long a rule lets browsers keep what is public; None if it says more, or that nobody may."""
    if not rule:
        return 0
    parts = {part.strip() for part in rule.split(",")} - {"public"}
    found = re.fullmatch(r"max-age=(\d+)", parts.pop()) if len(parts) == 1 else None
    return int(found[1]) if found else None


def tag_header() -> tuple[str, str] | None:
    kind = settings.SHARED_CACHE_PURGE.get("kind", "")
    return (TAG_HEADERS[kind], TAG) if kind in TAG_HEADERS else None
