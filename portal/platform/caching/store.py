"""A worker's in-memory response cache, bounded by size, and the requests currently rendering."""

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime
from gzip import decompress
from threading import Event, Lock
from typing import NamedTuple

import brotli

from portal.platform.caching.encodings import compress
from portal.platform.caching.shared_caches import shared_cache_control

# Estimated bytes of headers and bookkeeping per response.
OVERHEAD = 2_000
LONGEST = 1_000_000
# A WSGI variable: the request's content version, and a list to append a cacheable response to.
COLLECT = "portal.cacheable_response"
# WSGI variables for metrics: what the request was about, and whether its response was cached.
ABOUT, CACHE = "portal.about", "portal.cache"
MAX_UNCACHEABLE = 2_000


class About(NamedTuple):
    """The kind of page and the host of the site, both from a bounded set of values; the site is empty if unknown."""

    kind: str
    site: str


class Key(NamedTuple):
    """All parts of a request that its response depends on."""

    scheme: str
    host: str
    path: str
    query: str
    accepts: str


@dataclass
class CachedResponse:
    """A response to an anonymous GET. `bodies` has the same body by encoding.

    `shared` is the browsers' max-age if shared caches may store the response. Its `Cache-Control` then depends on the
    time at which it is served.
    """

    version: int
    made_at: datetime
    expires_at: datetime
    headers: tuple[tuple[str, str], ...]
    is_compressible: bool
    bodies: dict[str, bytes] = field(default_factory=dict)
    shared: int | None = None
    # Set while requests are measured.
    about: About | None = None

    def is_fresh(self, version: int, now: datetime) -> bool:
        # A response from the future means that the clock has been set back.
        return self.version == version and self.made_at <= now < self.expires_at

    def headers_at(self, now: datetime) -> tuple[tuple[str, str], ...]:
        if self.shared is None:
            return self.headers
        return (*self.headers, ("Cache-Control", shared_cache_control(now, self.expires_at, self.shared)))

    def body(self, encoding: str) -> bytes:
        if encoding not in self.bodies:
            self.bodies[encoding] = compress(self._plain(), encoding) if encoding else self._plain()
        return self.bodies[encoding]

    def _plain(self) -> bytes:
        if "" in self.bodies:
            return self.bodies[""]
        return decompress(self.bodies["gzip"]) if "gzip" in self.bodies else brotli.decompress(self.bodies["br"])

    @property
    def size(self) -> int:
        return OVERHEAD + sum(len(body) for body in list(self.bodies.values()))


class ResponseStore:
    """Evicts the least recently used responses above `capacity` bytes."""

    def __init__(self, capacity: int):
        self.capacity = capacity
        self.used = 0
        self._responses: OrderedDict[Key, tuple[CachedResponse, int]] = OrderedDict()
        self._uncacheable: OrderedDict[Key, None] = OrderedDict()
        self._running: dict[Key, Event] = {}
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._responses)

    def get(self, key: Key) -> CachedResponse | None:
        with self._lock:
            if (found := self._responses.get(key)) is None:
                return None
            self._responses.move_to_end(key)
            return found[0]

    def put(self, key: Key, response: CachedResponse) -> None:
        with self._lock:
            self._uncacheable.pop(key, None)
            self._put(key, response)

    def update_size(self, key: Key, response: CachedResponse) -> None:
        """Measure a response again after compression, unless a newer one has replaced it."""
        with self._lock:
            if self._responses.get(key, (None, 0))[0] is response:
                self._put(key, response)

    def _put(self, key: Key, response: CachedResponse) -> None:
        size = response.size
        self.used += size - self._responses.pop(key, (response, 0))[1]
        self._responses[key] = response, size
        while self.used > self.capacity:
            _key, (_oldest, freed) = self._responses.popitem(last=False)
            self.used -= freed

    def note_uncacheable(self, key: Key) -> None:
        with self._lock:
            self.used -= self._responses.pop(key, (None, 0))[1]
            self._uncacheable[key] = None
            self._uncacheable.move_to_end(key)
            if len(self._uncacheable) > MAX_UNCACHEABLE:
                self._uncacheable.popitem(last=False)

    def is_uncacheable(self, key: Key) -> bool:
        """Whether the last response could not be cached."""
        return key in self._uncacheable

    def begin(self, key: Key) -> Event | None:
        """None if the caller must render the response and then call `finish`; otherwise an event to wait for."""
        with self._lock:
            if (running := self._running.get(key)) is not None:
                return running
            self._running[key] = Event()
            return None

    def finish(self, key: Key) -> None:
        with self._lock:
            self._running.pop(key).set()
