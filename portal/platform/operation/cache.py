"""A Redis cache that never raises: while Redis is down or hangs, each process uses its own memory."""

import logging
import threading
import time
from collections.abc import Callable
from typing import Any

from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

logger = logging.getLogger(__name__)

# A request waits at most this long, once; then Redis is not tried for PAUSE seconds.
TIMEOUT = 1.0
PAUSE = 5.0
MAX_IN_MEMORY = 100_000


class Faults:
    """The failures of this process's connection to one Redis server, and the time of the next attempt."""

    def __init__(self) -> None:
        self.count = 0
        self.paused_until = 0.0
        self.is_lost = False
        self.lock = threading.Lock()

    @property
    def is_paused(self) -> bool:
        return time.monotonic() < self.paused_until

    def note(self, error: Exception) -> None:
        with self.lock:
            self.count += 1
            self.paused_until = time.monotonic() + PAUSE
            if not self.is_lost:
                self.is_lost = True
                logger.error("The cache does not answer; each process uses its own memory: %s", error)

    def note_success(self) -> None:
        if self.is_lost:
            with self.lock:
                self.is_lost = False
                logger.warning("The cache answers again. Faults since the start: %s", self.count)


_faults: dict[str, Faults] = {}


def faults_of(address: str) -> Faults:
    return _faults.setdefault(address, Faults())


class ForgivingRedisCache(RedisCache):
    """Redis, or this process's memory while Redis cannot be reached.

    Limits then count per process, and a form token used before the fault may be accepted once more.
    """

    def __init__(self, server: str, params: dict[str, Any]):
        options = {
            "socket_timeout": TIMEOUT,
            "socket_connect_timeout": TIMEOUT,
            "retry": Retry(NoBackoff(), 0),
            **params.get("OPTIONS", {}),
        }
        super().__init__(server, {**params, "OPTIONS": options})
        self._faults = faults_of(str(server))
        self._memory = LocMemCache(str(server), {**params, "OPTIONS": {"MAX_ENTRIES": MAX_IN_MEMORY}})

    def _call(self, name: str, *args: Any, **kwargs: Any) -> Any:
        if not self._faults.is_paused:
            try:
                found = getattr(super(), name)(*args, **kwargs)
            except (RedisError, OSError) as error:
                self._faults.note(error)
            else:
                self._faults.note_success()
                return found
        return getattr(self._memory, name)(*args, **kwargs)

    def is_responding(self) -> bool:
        try:
            return bool(self._cache.get_client(None, write=True).ping())
        except (RedisError, OSError):
            return False

    def eviction_policy(self) -> str:
        """How Redis evicts keys when its memory is full; empty if unknown."""
        try:
            return str(self._cache.get_client(None).info("memory").get("maxmemory_policy", ""))
        except (RedisError, OSError):
            return ""


def _forgiving(name: str) -> Callable[..., Any]:
    def method(self: ForgivingRedisCache, *args: Any, **kwargs: Any) -> Any:
        return self._call(name, *args, **kwargs)

    method.__name__ = name
    return method


# Django's other methods call these.
for _name in (
    "add",
    "get",
    "set",
    "touch",
    "delete",
    "get_many",
    "has_key",
    "incr",
    "set_many",
    "delete_many",
    "clear",
):
    setattr(ForgivingRedisCache, _name, _forgiving(_name))
