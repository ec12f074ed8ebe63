"""With Redis gone or hanging, readers and forms go on, and limits still hold."""

import socket
from collections.abc import Iterator
from datetime import timedelta
from time import monotonic
from uuid import uuid4

import pytest
from django.core.cache import caches

from portal.platform.operation.cache import PAUSE, faults_of
from portal.platform.rate_limits import RateLimit
from tests.builders import make_article

pytestmark = pytest.mark.django_db


@pytest.fixture(params=["gone", "hanging"])
def broken_redis(request, settings) -> Iterator[str]:
    """Nothing listens at its port; or something accepts connections there and never answers."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
        if request.param == "hanging":
            listener.listen(50)
        address = f"redis://127.0.0.1:{port}/0"
        cache = {
            "BACKEND": "portal.platform.operation.cache.ForgivingRedisCache",
            "LOCATION": address,
            "KEY_PREFIX": uuid4().hex,
            "OPTIONS": {"socket_timeout": 0.2},
        }
        settings.CACHES = {**settings.CACHES, "default": cache, "limits": cache}
        yield address


@pytest.mark.parametrize("path", ["/fr/", "/fr/recherche/?q=fonderie", "/fr/rubrique/", "/api/v2/pages/"])
def test_readers_go_on(lorraine, reader, broken_redis, path):
    make_article(lorraine.section, "Une fonderie neuve")

    assert reader.get(path).status_code == 200


def test_only_the_first_request_waits(reader, broken_redis):
    reader.get("/fr/recherche/?q=a")
    began = monotonic()
    for _number in range(5):
        reader.get("/fr/recherche/?q=a")

    assert monotonic() - began < PAUSE / 2
    assert faults_of(broken_redis).count == 1


def test_limits_hold_in_memory(broken_redis):
    limit = RateLimit("tried", 3, timedelta(hours=1))

    assert [limit.allows("somebody") for _number in range(5)] == [True, True, True, False, False]


def test_used_ticket_is_remembered_in_memory(broken_redis):
    assert [caches["limits"].add("ticket", "content") for _number in range(2)] == [True, False]


def test_redis_is_asked_again_after_a_pause(broken_redis):
    faults = faults_of(broken_redis)
    caches["default"].get("anything")
    faults.paused_until = 0
    caches["default"].get("anything")

    assert faults.count == 2
