"""Computes how many seats of a date are left, and whether people can register now."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class BookingStatus(StrEnum):
    """The result of a new registration: a seat, a place on the waiting list, or nothing."""

    OPEN = "open"
    WAITING = "waiting"
    FULL = "full"
    CLOSED = "closed"


@dataclass(frozen=True)
class SeatAvailability:
    """The seats of one date. A `capacity` of None means no limit; with `is_off` the date does not take place.

    `is_marked_full` is set by the organiser, and overrides the counts.
    """

    capacity: int | None
    taken: int
    waiting: int
    has_waiting_list: bool
    closes_at: datetime
    is_marked_full: bool = False
    is_off: bool = False

    @property
    def free(self) -> int | None:
        """The number of free seats, even if others are waiting for them; None without limit."""
        return None if self.capacity is None else max(0, self.capacity - self.taken)

    @property
    def left(self) -> int | None:
        """The number of seats for a new registration: 0 while others are waiting; None without limit."""
        return 0 if self.is_marked_full or self.waiting else self.free

    @property
    def is_full(self) -> bool:
        return self.left == 0

    def fits(self, seats: int) -> bool:
        """Whether a group of this size could ever get seats. With a capacity of 0 the organiser admits any group."""
        return not self.capacity or seats <= self.capacity

    def admits(self, seats: int) -> bool:
        if self.is_off or self.is_marked_full:
            return False
        return self.free is None or seats <= self.free

    def status_at(self, now: datetime) -> BookingStatus:
        if self.is_off or now >= self.closes_at:
            return BookingStatus.CLOSED
        if not self.is_full:
            return BookingStatus.OPEN
        return BookingStatus.WAITING if self.has_waiting_list else BookingStatus.FULL
