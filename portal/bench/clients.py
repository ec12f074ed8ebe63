"""The client addresses of the bench: a different one for each request, because of the rate limit of search."""

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network
from itertools import count

# Reserved for benchmarks (RFC 2544).
NETWORK = IPv4Network("198.18.0.0/15")


def client_addresses() -> Iterator[str]:
    """Yield addresses without end, in order."""
    for number in count():
        yield str(IPv4Address(int(NETWORK.network_address) + number % NETWORK.num_addresses))
