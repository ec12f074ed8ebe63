"""Answers in the memory of a worker: what each is right for, and what they take in all."""

from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from gzip import decompress
from threading import Lock
from typing import NamedTuple

import brotli

from portal.core.keeping.encodings import packed
from portal.core.keeping.moments import State

# The headers and the keeping of an answer, beside its body.
OVERHEAD = 2_000
LONGEST = 1_000_000
LONGEST_WAIT = 10


class Key(NamedTuple):
    """All of a request on which its answer depends."""

    scheme: str
    host: str
    path: str
    query: str
    accepts: str


@dataclass
class Kept:
    """An answer to GET as a reader without a session gets it; `bodies` are the same body by its encoding."""

    state: State
    made_at: datetime
    right_until: datetime
    headers: tuple[tuple[str, str], ...]
    is_packable: bool
    bodies: dict[str, bytes] = field(default_factory=dict)

    def is_right(self, state: State, now: datetime) -> bool:
        # One from the future was made before a clock was set back.
        return self.state == state and self.made_at <= now < self.right_until

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
        return OVERHEAD + sum(len(body) for body in self.bodies.values())


class Memory:
    """A bounded store that gives up what was asked for least recently; `room` is its size in bytes."""

    def __init__(self, room: int):
        self.room = room
        self.used = 0
        self._kept: OrderedDict[Key, tuple[Kept, int]] = OrderedDict()
        self._lock = Lock()
        self._turns: dict[Key, tuple[Lock, int]] = {}

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, key: Key) -> Kept | None:
        with self._lock:
            found = self._kept.get(key)
            if found is None:
                return None
            self._kept.move_to_end(key)
            return found[0]

    def put(self, key: Key, kept: Kept) -> None:
        """Keep an answer, or count it again after it was packed in another way."""
        size = kept.size
        with self._lock:
            self.used += size - self._kept.pop(key, (kept, 0))[1]
            self._kept[key] = kept, size
            while self.used > self.room:
                _key, (_oldest, given_up) = self._kept.popitem(last=False)
                self.used -= given_up

    @contextmanager
    def turn(self, key: Key) -> Iterator[None]:
        """One caller at a time for each key; who has waited for long goes on all the same."""
        with self._lock:
            lock, waiting = self._turns.get(key, (Lock(), 0))
            self._turns[key] = lock, waiting + 1
        has_lock = lock.acquire(timeout=LONGEST_WAIT)
        try:
            yield
        finally:
            if has_lock:
                lock.release()
            with self._lock:
                lock, waiting = self._turns[key]
                if waiting == 1:
                    del self._turns[key]
                else:
                    self._turns[key] = lock, waiting - 1
