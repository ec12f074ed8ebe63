"""Client addresses, one per request because search is rate-limited, and users' sessions."""

from collections.abc import Iterator
from importlib import import_module
from ipaddress import IPv4Address, IPv4Network
from itertools import count
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

# Reserved for benchmarks (RFC 2544).
NETWORK = IPv4Network("198.18.0.0/15")
SESSION_SECONDS = 3600


def client_addresses() -> Iterator[str]:
    for number in count():
        yield str(IPv4Address(int(NETWORK.network_address) + number % NETWORK.num_addresses))


def session_cookie(user: Any) -> str:
    """Create a session; return the value of the Cookie header."""
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.set_expiry(SESSION_SECONDS)
    session.create()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"
