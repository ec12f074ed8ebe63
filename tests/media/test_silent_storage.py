"""An object storage that does not respond affects pictures, but not pages."""

import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest

from portal.media import object_storage
from portal.media.object_storage import ObjectStorage
from portal.media.stored import StorageUnavailableError
from tests.object_storage import KEY, SECRET

THREADS = 8
TIMED_OUT = "ReadTimeoutError"


@pytest.fixture
def server():
    """The server never accepts; the system completes the connections, but nothing reads them."""
    with socket.create_server(("127.0.0.1", 0), backlog=32) as server:
        yield server


@pytest.fixture
def storage(server, monkeypatch):
    monkeypatch.setattr(object_storage, "SLOT_TIMEOUT", 0.1)
    return ObjectStorage(
        bucket_name="portal",
        access_key=KEY,
        secret_key=SECRET,
        endpoint_url=f"http://127.0.0.1:{server.getsockname()[1]}",
        region_name="us-east-1",
        read_timeout=0.5,
    )


def refusals(storage: ObjectStorage, threads: int) -> list[str]:
    """The errors from this many concurrent requests."""

    def open_file(number: int) -> str:
        with pytest.raises(StorageUnavailableError) as raised:
            storage.open(f"documents/plan-{number}.pdf")
        return str(raised.value)

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(open_file, range(threads)))


def connections(server: socket.socket) -> int:
    """The number of connections since the last call."""
    server.setblocking(False)
    taken = 0
    with suppress(BlockingIOError):
        while True:
            server.accept()[0].close()
            taken += 1
    return taken


def test_two_requests_time_out_and_the_others_are_refused_at_once(storage, server):
    errors = refusals(storage, THREADS)

    assert sum(TIMED_OUT in each for each in errors) == 2
    # Each of the two tries twice.
    assert connections(server) == 4


def test_single_request_tests_whether_it_responds_again(storage, server):
    refusals(storage, 1)
    connections(server)
    storage._paused_until = 0.0
    errors = refusals(storage, THREADS)

    assert sum(TIMED_OUT in each for each in errors) == 1
    assert connections(server) == 2
