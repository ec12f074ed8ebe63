"""HTML that a worker has made before and can use again."""

from collections.abc import Callable
from threading import Lock

from django.utils.safestring import SafeString

MOST_CHARACTERS = 24_000_000


class Memory:
    """Keeps what was made longest ago no longer than there is room for it.

    Nothing is ever withdrawn: a key must name everything that the value depends on.
    """

    def __init__(self, room: int):
        self.room = room
        self.used = 0
        self._kept: dict[tuple[object, ...], SafeString] = {}
        self._lock = Lock()

    def recall(self, key: tuple[object, ...], make: Callable[[], SafeString]) -> SafeString:
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


fragments = Memory(MOST_CHARACTERS)
