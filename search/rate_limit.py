"""The rate limit of searches and suggestions per client."""

from hashlib import blake2b
from ipaddress import IPv6Address, ip_address

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

WINDOW = 60
MAX_SEARCHES, MAX_SUGGESTIONS = 40, 240


def is_within_limit(request: HttpRequest, name: str, limit: int) -> bool:
    """Count a request of this client in the current window; only a keyed hash of the IP address is stored."""
    key = f"search:{name}:{_client(request)}"
    cache.add(key, 0, WINDOW)
    try:
        return cache.incr(key) <= limit
    except ValueError:
        # The key expired between the two calls.
        return True


def _client(request: HttpRequest) -> str:
    address = request.META.get("REMOTE_ADDR", "")
    if settings.TRUSTED_PROXY:
        # The proxy itself adds the last address; clients can forge those before.
        address = request.headers.get("X-Forwarded-For", "").split(",")[-1].strip() or address
    return blake2b(_network(address).encode(), key=settings.SECRET_KEY.encode()[:64], digest_size=12).hexdigest()


def _network(address: str) -> str:
    """The address, or the /64 network of an IPv6 address, of which one client has any number."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    return str(int(parsed) >> 64) if isinstance(parsed, IPv6Address) and not parsed.ipv4_mapped else str(parsed)
