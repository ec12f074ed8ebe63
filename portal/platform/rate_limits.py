"""Rate limits: how often one subject may do something, and how long it must wait after too many attempts."""

import secrets
import time
from dataclasses import dataclass
from datetime import timedelta
from math import ceil

from django.core.cache import caches
from django.utils.crypto import salted_hmac

from portal.platform.addresses import mailbox_key

CACHE = "limits"
# A window slides in tenths of its length.
SLICES = 10


def _key(name: str, subject: tuple[object, ...]) -> str:
    """A keyed hash, so that the cache contains no addresses."""
    return f"{name}:{salted_hmac('portal.limits', repr((name, subject)), algorithm='sha256').hexdigest()[:40]}"


def _increment(key: str, seconds: int, times: int = 1) -> int:
    cache = caches[CACHE]
    while True:
        cache.add(key, 0, seconds)
        try:
            return cache.incr(key, times)
        except ValueError:
            # The cache evicted the counter between the two calls.
            continue


def _decrement(key: str, times: int = 1) -> None:
    try:
        caches[CACHE].decr(key, times)
    except ValueError:
        # The counter is already gone.
        return


@dataclass(frozen=True)
class RateLimit:
    """At most `most` times in any period of length `within`.

    The window slides in tenths: events in the last ten slices and the current one count. So an event may count a tenth
    of the window too long, but never too short.
    """

    name: str
    most: int
    within: timedelta

    def allows(self, *subject: object, times: int = 1) -> bool:
        """Count an event of the subject, or several, if the limit allows it; return whether it does."""
        slices = self._slices(subject)
        _increment(slices[-1], int(self._length * (SLICES + 2)) + 1, times)
        if sum(caches[CACHE].get_many(slices).values()) <= self.most:
            return True
        _decrement(slices[-1], times)
        return False

    def take_back(self, *subject: object) -> None:
        """Remove one event of the subject from the count."""
        counted = caches[CACHE].get_many(self._slices(subject))
        if found := [key for key, times in counted.items() if times > 0]:
            _decrement(max(found, key=lambda key: int(key.rpartition(":")[2])))

    def is_reached(self, *subject: object) -> bool:
        """Whether the next event would exceed the limit. Counts nothing."""
        return sum(caches[CACHE].get_many(self._slices(subject)).values()) >= self.most

    @property
    def _length(self) -> float:
        return self.within.total_seconds() / SLICES

    def _slices(self, subject: tuple[object, ...]) -> list[str]:
        key, present = _key(self.name, subject), int(time.time() / self._length)
        return [f"{key}:{number}" for number in range(present - SLICES, present + 1)]


@dataclass(frozen=True)
class GrowingDelay:
    """After `free` attempts, a wait follows each further attempt: a second, two, four … up to `longest`.

    Nobody is locked out: after the wait, one attempt is admitted, however many arrive at once. The count expires after
    a period `memory` without attempts.
    """

    name: str
    free: int
    longest: timedelta
    memory: timedelta = timedelta(hours=1)

    def wait(self, *subject: object) -> int:
        """Count an attempt and return 0 if it may be made now. Otherwise return the seconds to wait."""
        key, cache = _key(self.name, subject), caches[CACHE]
        memory = int(self.memory.total_seconds())
        attempts = _increment(key, memory)
        cache.touch(key, memory)
        if attempts <= self.free:
            return 0
        seconds = min(2 ** min(attempts - self.free - 1, 20), int(self.longest.total_seconds()))
        now = time.time()
        until, number = cache.get(f"{key}:until", (0, ""))
        # Only one of several simultaneous attempts adds the key.
        if until <= now and cache.add(f"{key}:after:{number}", True, memory):
            self._open_at(now + seconds, key)
            return 0
        _decrement(key)
        return max(1, ceil(until - now))

    def take_back(self, *subject: object) -> None:
        """Remove an admitted attempt from the count, because it succeeded or another limit refused it."""
        key = _key(self.name, subject)
        _decrement(key)
        self._open_at(time.time(), key)

    def forget(self, *subject: object) -> None:
        """Remove all attempts from the count."""
        key = _key(self.name, subject)
        caches[CACHE].delete(key)
        self._open_at(time.time(), key)

    def _open_at(self, opens_at: float, key: str) -> None:
        caches[CACHE].set(f"{key}:until", (opens_at, secrets.token_hex(8)), int(self.memory.total_seconds()))


@dataclass(frozen=True)
class FirstWait:
    """Delays each subject's first attempt. Others cannot use up the delay."""

    name: str
    length: timedelta
    memory: timedelta = timedelta(hours=1)

    def remaining(self, *subject: object) -> int:
        """The seconds left of the wait, which begins with the first call; 0 when it is over."""
        now = time.time()
        began = caches[CACHE].get_or_set(_key(self.name, subject), now, int(self.memory.total_seconds())) or now
        return max(0, ceil(began + self.length.total_seconds() - now))


# How many emails to unconfirmed addresses one source may request through all forms of all sites.
UNCONFIRMED = (
    RateLimit("unconfirmed-hour", 10, timedelta(hours=1)),
    RateLimit("unconfirmed-day", 20, timedelta(days=1)),
)
MAIL_LIMITS = (RateLimit("mails-hour", 5, timedelta(hours=1)), RateLimit("mails-day", 15, timedelta(days=1)))


def may_send_mail_to(address: str) -> bool:
    """Count an email that a public form sends to this mailbox; return whether it is within the limits.

    The limits apply across all sites and forms. Raises ValueError for an invalid address.
    """
    box = mailbox_key(address)
    # An email over the hourly limit does not count towards the daily one.
    return all(limit.allows(box) for limit in MAIL_LIMITS)


def may_ask_for_mail(source: str) -> bool:
    """Count an email that a source requests to an unconfirmed address; `source` comes from `hash_of_source`."""
    return all(limit.allows(source) for limit in UNCONFIRMED)


def mail_was_followed(source: str) -> None:
    """Remove one of the source's emails from the count, because the requester has proved that they own the mailbox."""
    for limit in UNCONFIRMED:
        limit.take_back(source)
