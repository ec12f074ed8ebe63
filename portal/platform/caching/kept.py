"""Answers in the memory of a worker: what each is right for, what they take in all, and who renders one meanwhile."""

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime
from gzip import decompress
from threading import Event, Lock
from typing import NamedTuple

import brotli

from portal.platform.caching.encodings import accepted, packed
from portal.platform.caching.shared import shared_rule

# The headers and the keeping of an answer, beside its body.
OVERHEAD = 2_000
LONGEST = 1_000_000
# Where the edge finds an answer that it may keep: a pair of the state that it asked for, and a list for the answer.
KEEP = "portal.keep"
# Of how many addresses it is remembered that their answers are not kept.
MOST_UNKEPT = 2_000


class Key(NamedTuple):
    """All of a request on which its answer depends."""

    scheme: str
    host: str
    path: str
    query: str
    accepts: str


@dataclass
class KeptAnswer:
    """An answer to GET as a reader without a session gets it; `bodies` are the same body by its encoding.

    `mark` is that of all changes before it (`portal.platform.operation.changes`). The `Cache-Control` of one that
    shared caches may keep depends on when it is given.
    """

    mark: int
    made_at: datetime
    right_until: datetime
    headers: tuple[tuple[str, str], ...]
    is_packable: bool
    bodies: dict[str, bytes] = field(default_factory=dict)
    # For so long browsers may keep it, if shared caches may as well.
    shared: int | None = None

    def is_right(self, mark: int, now: datetime) -> bool:
        # One from the future was made before a clock was set back.
        return self.mark == mark and self.made_at <= now < self.right_until

    def headers_at(self, now: datetime) -> tuple[tuple[str, str], ...]:
        if self.shared is None:
            return self.headers
        return (*self.headers, ("Cache-Control", shared_rule(now, self.right_until, self.shared)))

    def encoding_for(self, accept_encoding: str) -> str:
        return accepted(accept_encoding) if self.is_packable else ""

    def has_body_for(self, accept_encoding: str) -> bool:
        return self.encoding_for(accept_encoding) in self.bodies

    def body(self, encoding: str) -> bytes:
        encoding = encoding if self.is_packable else ""
        if encoding not in self.bodies:
            self.bodies[encoding] = packed(self._plain(), encoding) if encoding else self._plain()
        return self.bodies[encoding]

    def _plain(self) -> bytes:
        if "" in self.bodies:
            return self.bodies[""]
        return decompress(self.bodies["gzip"]) if "gzip" in self.bodies else brotli.decompress(self.bodies["br"])

    @property
    def size(self) -> int:
        return OVERHEAD + sum(len(body) for body in list(self.bodies.values()))


class Memory:
    """A bounded store that gives up what was asked for least recently; `room` is its size in bytes."""

    def __init__(self, room: int):
        self.room = room
        self.used = 0
        self._kept: OrderedDict[Key, tuple[KeptAnswer, int]] = OrderedDict()
        self._unkept: OrderedDict[Key, None] = OrderedDict()
        self._turns: dict[Key, Event] = {}
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, key: Key) -> KeptAnswer | None:
        with self._lock:
            found = self._kept.get(key)
            if found is None:
                return None
            self._kept.move_to_end(key)
            return found[0]

    def put(self, key: Key, kept: KeptAnswer) -> None:
        with self._lock:
            self._unkept.pop(key, None)
            self._put(key, kept)

    def count_again(self, key: Key, kept: KeptAnswer) -> None:
        """Note what an answer takes after it was packed in another way, unless a newer one is in its place."""
        with self._lock:
            if self._kept.get(key, (None, 0))[0] is kept:
                self._put(key, kept)

    def _put(self, key: Key, kept: KeptAnswer) -> None:
        size = kept.size
        self.used += size - self._kept.pop(key, (kept, 0))[1]
        self._kept[key] = kept, size
        while self.used > self.room:
            _key, (_oldest, given_up) = self._kept.popitem(last=False)
            self.used -= given_up

    def forget(self, key: Key) -> None:
        """Note that the last answer was not one to keep."""
        with self._lock:
            self.used -= self._kept.pop(key, (None, 0))[1]
            self._unkept[key] = None
            self._unkept.move_to_end(key)
            if len(self._unkept) > MOST_UNKEPT:
                self._unkept.popitem(last=False)

    def was_unkept(self, key: Key) -> bool:
        return key in self._unkept

    def turn(self, key: Key) -> Event | None:
        """None for whoever is to render the answer, and then calls `done`; others get what to wait for."""
        with self._lock:
            if (running := self._turns.get(key)) is not None:
                return running
            self._turns[key] = Event()
            return None

    def done(self, key: Key) -> None:
        with self._lock:
            self._turns.pop(key).set()
