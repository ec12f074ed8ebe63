"""The machine on which README's production block was run, once for all files of `make production`."""

import socket
from collections.abc import Iterator

import pytest
import requests
from urllib3.util import connection

from tests.production.machine import ANSWERS, Machine, machine, production_block


@pytest.fixture(scope="session")
def ran() -> Iterator[tuple[Machine, str]]:
    """The machine, and what the block printed."""
    with machine() as made:
        yield made, made.run(production_block(), *ANSWERS)


@pytest.fixture
def installed(ran, monkeypatch) -> Machine:
    """The machine after the block was run; within, every host of example.org and example.net resolves to it."""
    made, _shown = ran
    ports = {443: made.https, 80: made.http}

    def connect(address, *arguments, **options) -> socket.socket:
        host, port = address
        is_local = host.endswith((".example.org", ".example.net"))
        return socket.create_connection(("127.0.0.1", ports[port] if is_local else port))

    monkeypatch.setattr(connection, "create_connection", connect)
    return made


@pytest.fixture
def browser(installed) -> Iterator[requests.Session]:
    with requests.Session() as session:
        # The system's CA bundle would be tried first.
        session.trust_env = False
        session.verify = str(installed.certificate)
        yield session
