"""The readers that the bench pretends to be: each request comes from another, as one may search only so often."""

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network
from itertools import count

# Addresses that are set aside for such measurements (RFC 2544).
NETWORK = IPv4Network("198.18.0.0/15")


def addresses() -> Iterator[str]:
    """The address of one reader after another, without end."""
    for number in count():
        yield str(IPv4Address(int(NETWORK.network_address) + number % NETWORK.num_addresses))
