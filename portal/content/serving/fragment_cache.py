"""The fragment cache: rendered HTML in the memory of a worker."""

from collections.abc import Callable
from threading import Lock

from django.utils.safestring import SafeString

MOST_CHARACTERS = 24_000_000


class FragmentCache:
    """A bounded first-in-first-out cache; `room` is its size in characters.

    Entries are never invalidated: a key must contain everything on which the value depends.
    """

    def __init__(self, room: int):
        self.room = room
        self.used = 0
        self._kept: dict[tuple[object, ...], SafeString] = {}
        self._lock = Lock()

    def get_or_make(self, key: tuple[object, ...], make: Callable[[], SafeString]) -> SafeString:
        kept = self._kept.get(key)
        if kept is None:
            kept = make()
            with self._lock:
                if key not in self._kept:
                    self._kept[key] = kept
                    self.used += len(kept)
                while self.used > self.room:
                    oldest = next(iter(self._kept))
                    self.used -= len(self._kept.pop(oldest))
        return kept

    def clear(self) -> None:
        with self._lock:
            self._kept.clear()
            self.used = 0


fragments = FragmentCache(MOST_CHARACTERS)
