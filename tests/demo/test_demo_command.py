"""If `make demo` cannot serve, it gives the reason in one sentence."""

import socket

import pytest
from django.core.management import CommandError, call_command


@pytest.fixture
def taken() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def test_occupied_port_is_reported_with_the_next_free_one(taken):
    with pytest.raises(CommandError) as refused:
        call_command("demo", port=taken)

    assert str(refused.value).startswith(f"Port {taken} is in use by another program. Try: PORT=")


def test_proposed_port_is_free(taken):
    with pytest.raises(CommandError) as refused:
        call_command("demo", port=taken)

    proposed = int(str(refused.value).partition("PORT=")[2].split()[0])
    socket.create_server(("127.0.0.1", proposed)).close()
    assert proposed != taken
