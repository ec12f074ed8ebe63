"""Recognises repeated views within half an hour, in memory only, from keyed hashes with a daily salt.

Only the workers of one web server share it: they are forked after it is created, and it has no name and no file.
Without the salt, nothing in it can be traced to an address. The salt is random, never stored, and replaced each day
together with all hashes.
"""

import mmap
import os
import struct
from hashlib import blake2b

DAY = 86_400
# Views of a page by the same reader within this time count as one.
MINUTES = 30
# A client that requests more pages in a minute counts as a robot for MINUTES.
MAX_PER_MINUTE = 40
# The same limit for an address, which many readers may share: a robot may change its user agent.
MAX_PER_ADDRESS = 600
SALT_LENGTH = 32
HEADER = struct.Struct(f"Q{SALT_LENGTH}s")
VIEWS, PACES = 1 << 19, 1 << 16
MINUTE_BITS, COUNT_BITS = 12, 10
FLAGGED = (1 << COUNT_BITS) - 1


class ShortMemory:
    """Two tables of fixed size, in which newer hashes overwrite older ones.

    There is no lock: if two workers write the same place at once, or two hashes share one, a view may be counted twice.
    """

    def __init__(self, views: int = VIEWS, paces: int = PACES):
        self.views, self.paces = views, paces
        # Anonymous and shared: workers inherit it by forking.
        self.map = mmap.mmap(-1, 64 + 8 * (views + paces))
        self.day = -1
        self.salt = b""
        self.seen_table = memoryview(self.map)[64 : 64 + 8 * views].cast("Q")
        self.pace_table = memoryview(self.map)[64 + 8 * views :].cast("Q")

    def reader(self, address: str, agent: str, now: float) -> int:
        """A number for a reader, valid only for this day and this memory."""
        if (day := int(now) // DAY) != self.day:
            self._begin(day)
        return self._hash(f"{address}\0{agent}")

    def _hash(self, text: str, person: bytes = b"") -> int:
        found = blake2b(text.encode(errors="replace"), digest_size=8, key=self.salt, person=person)
        return int.from_bytes(found.digest())

    def is_robot(self, reader: int, now: float, *, counts: bool = False, most: int = MAX_PER_MINUTE) -> bool:
        """Whether the reader has requested more than `most` pages in a minute; `counts` includes this one."""
        minute = int(now) % DAY // 60
        place = reader % self.paces
        prefix = reader >> (MINUTE_BITS + COUNT_BITS)
        stored = self.pace_table[place]
        since, count = (stored >> COUNT_BITS) & ((1 << MINUTE_BITS) - 1), stored & FLAGGED
        if stored >> (MINUTE_BITS + COUNT_BITS) != prefix:
            since, count = minute, 0
        if count == FLAGGED and 0 <= minute - since < MINUTES:
            return True
        if counts:
            count = count + 1 if since == minute and count != FLAGGED else 1
            count = FLAGGED if count > most else count
            self.pace_table[place] = (prefix << (MINUTE_BITS + COUNT_BITS)) | (minute << COUNT_BITS) | count
        return count == FLAGGED

    def is_crowded(self, address: str, now: float) -> bool:
        """Whether an address requests more pages, with any user agents, than many readers who share it would."""
        return self.is_robot(self.reader(address, "", now), now, counts=True, most=MAX_PER_ADDRESS)

    def is_repeated(self, reader: int, page: str, now: float) -> bool:
        """Whether the reader has viewed this page within the last MINUTES. Stores this view."""
        # This is never zero, because zero represents an empty place.
        minute = int(now) % DAY // 60 + 1
        view = self._hash(page, reader.to_bytes(8))
        place, prefix = view % self.views, view >> MINUTE_BITS
        stored = self.seen_table[place]
        if stored >> MINUTE_BITS == prefix and 0 <= minute - (stored & ((1 << MINUTE_BITS) - 1)) < MINUTES:
            return True
        self.seen_table[place] = (prefix << MINUTE_BITS) | minute
        return False

    def _begin(self, day: int) -> None:
        """Use the salt that another worker has created for the day, or create it and clear the previous day."""
        stored_day, salt = HEADER.unpack_from(self.map)
        if stored_day != day or not any(salt):
            salt = os.urandom(SALT_LENGTH)
            HEADER.pack_into(self.map, 0, day, salt)
            self.map[64:] = bytes(len(self.map) - 64)
        self.day, self.salt = day, salt
