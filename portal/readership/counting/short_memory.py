"""What tells two views apart, for half an hour, in memory only: keyed hashes under a salt of the day.

The memory is shared by the workers of one web server, which are forked after it was made, and by nobody else. It has no
name, no file and no end but that of the processes. Nothing in it can be traced to an address without the salt, which is
random, is never written anywhere and is replaced each day, when all else is forgotten too.
"""

import mmap
import os
import struct
from hashlib import blake2b

DAY = 86_400
# How long the same reader of the same page counts as one view.
MINUTES = 30
# More pages than this within a minute read no human being; nor does what follows within MINUTES.
MOST_A_MINUTE = 40
# More pages than this in a minute come from no house full of readers: whoever names ever new browsers is stopped here.
MOST_OF_ADDRESS = 600
SALT_LENGTH = 32
HEADER = struct.Struct(f"Q{SALT_LENGTH}s")
VIEWS, PACES = 1 << 19, 1 << 16
MINUTE_BITS, COUNT_BITS = 12, 10
FLAGGED = (1 << COUNT_BITS) - 1


class ShortMemory:
    """Two tables of fixed size, in which a newer hash takes the place of an older one.

    Two workers may write the same place at once, and two hashes may share one: then one view may be counted twice.
    Nobody waits for a lock for that.
    """

    def __init__(self, views: int = VIEWS, paces: int = PACES):
        self.views, self.paces = views, paces
        # Anonymous and shared: workers inherit it by fork.
        self.map = mmap.mmap(-1, 64 + 8 * (views + paces))
        self.day = -1
        self.salt = b""
        self.seen_table = memoryview(self.map)[64 : 64 + 8 * views].cast("Q")
        self.pace_table = memoryview(self.map)[64 + 8 * views :].cast("Q")

    def reader(self, address: str, agent: str, now: float) -> int:
        """A number for who asks, of this day and of this memory only."""
        if (day := int(now) // DAY) != self.day:
            self._begin(day)
        told = blake2b(f"{address}\0{agent}".encode(errors="replace"), digest_size=8, key=self.salt)
        return int.from_bytes(told.digest())

    def is_robot(self, reader: int, now: float, *, counts: bool = False, most: int = MOST_A_MINUTE) -> bool:
        """Whether the reader has asked for more pages in a minute than anybody reads; `counts` one more page."""
        minute = int(now) % DAY // 60
        place = reader % self.paces
        whose = reader >> (MINUTE_BITS + COUNT_BITS)
        known = self.pace_table[place]
        since, count = (known >> COUNT_BITS) & ((1 << MINUTE_BITS) - 1), known & FLAGGED
        if known >> (MINUTE_BITS + COUNT_BITS) != whose:
            since, count = minute, 0
        if count == FLAGGED and 0 <= minute - since < MINUTES:
            return True
        if counts:
            count = count + 1 if since == minute and count != FLAGGED else 1
            count = FLAGGED if count > most else count
            self.pace_table[place] = (whose << (MINUTE_BITS + COUNT_BITS)) | (minute << COUNT_BITS) | count
        return count == FLAGGED

    def is_crowded(self, address: str, now: float) -> bool:
        """Whether an address asks for more than many readers behind it would, whatever browsers it names."""
        return self.is_robot(self.reader(address, "", now), now, counts=True, most=MOST_OF_ADDRESS)

    def is_repeated(self, reader: int, page: str, now: float) -> bool:
        """Whether the reader had this page within the last MINUTES; from now on they had."""
        # Never zero, which is an empty place.
        minute = int(now) % DAY // 60 + 1
        told = blake2b(page.encode(errors="replace"), digest_size=8, key=self.salt, person=reader.to_bytes(8))
        view = int.from_bytes(told.digest())
        place, whose = view % self.views, view >> MINUTE_BITS
        known = self.seen_table[place]
        if known >> MINUTE_BITS == whose and 0 <= minute - (known & ((1 << MINUTE_BITS) - 1)) < MINUTES:
            return True
        self.seen_table[place] = (whose << MINUTE_BITS) | minute
        return False

    def _begin(self, day: int) -> None:
        """Take the salt that another worker has made for the day, or make it, and forget the day before."""
        known, salt = HEADER.unpack_from(self.map)
        if known != day or not any(salt):
            salt = os.urandom(SALT_LENGTH)
            HEADER.pack_into(self.map, 0, day, salt)
            self.map[64:] = bytes(len(self.map) - 64)
        self.day, self.salt = day, salt
