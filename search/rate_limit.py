"""How often one client may search, so that no one slows it down for all."""

from hashlib import blake2b
from ipaddress import IPv6Address, ip_address

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

WINDOW = 60
SEARCHES, SUGGESTIONS = 40, 240


def may_search(request: HttpRequest, name: str, most: int) -> bool:
    """Count one more request of this client in this minute; no address is kept, only a number made from it."""
    key = f"search:{name}:{_client(request)}"
    cache.add(key, 0, WINDOW)
    try:
        return cache.incr(key) <= most
    except ValueError:
        # The minute ended between the two lines above.
        return True


def _client(request: HttpRequest) -> str:
    address = request.META.get("REMOTE_ADDR", "")
    if settings.TRUSTED_PROXY:
        # The last one was added by the proxy itself; those before may be anybody's words.
        address = request.headers.get("X-Forwarded-For", "").split(",")[-1].strip() or address
    return blake2b(_network(address).encode(), key=settings.SECRET_KEY.encode()[:64], digest_size=12).hexdigest()


def _network(address: str) -> str:
    """One household has as many IPv6 addresses as it likes, but one network."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    return str(int(parsed) >> 64) if isinstance(parsed, IPv6Address) and not parsed.ipv4_mapped else str(parsed)
