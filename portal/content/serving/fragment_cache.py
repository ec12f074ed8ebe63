"""The fragment cache: rendered HTML in a worker's memory."""

from collections.abc import Callable
from threading import Lock

from django.utils.safestring import SafeString

MAX_CHARACTERS = 24_000_000


class FragmentCache:
    """A bounded first-in-first-out cache; `room` is its capacity in characters.

    Entries are never invalidated: a key must contain everything that the value depends on.
    """

    def __init__(self, capacity: int):
        self.capacity = capacity
        self.used = 0
        self._entries: dict[tuple[object, ...], SafeString] = {}
        self._lock = Lock()

    def get_or_make(self, key: tuple[object, ...], make: Callable[[], SafeString]) -> SafeString:
        found = self._entries.get(key)
        if found is None:
            found = make()
            with self._lock:
                if key not in self._entries:
                    self._entries[key] = found
                    self.used += len(found)
                while self.used > self.capacity:
                    oldest = next(iter(self._entries))
                    self.used -= len(self._entries.pop(oldest))
        return found

    def clear(self) -> None:
        with self._lock:
            self._entries.clear()
            self.used = 0


fragments = FragmentCache(MAX_CHARACTERS)
