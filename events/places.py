"""How many places a date has, and whether one can be had now."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Intake(StrEnum):
    """What happens to who registers now."""

    OPEN = "open"
    WAITING = "waiting"
    FULL = "full"
    CLOSED = "closed"


@dataclass(frozen=True)
class Places:
    """The places of one date. A `capacity` of None is without limit; `is_off` is a date that nobody can attend.

    An organiser's own word that a date is full (`is_full_by_hand`) goes before any count.
    """

    capacity: int | None
    taken: int
    waiting: int
    has_waiting_list: bool
    closes_at: datetime
    is_full_by_hand: bool = False
    is_off: bool = False

    @property
    def free(self) -> int | None:
        """How many are not taken, whoever waits for them; None without limit."""
        return None if self.capacity is None else max(0, self.capacity - self.taken)

    @property
    def left(self) -> int | None:
        """How many can be had without waiting: nobody passes those who wait already."""
        return 0 if self.is_full_by_hand or self.waiting else self.free

    @property
    def is_full(self) -> bool:
        return self.left == 0

    def fits(self, seats: int) -> bool:
        """Whether a group of so many could ever have seats; by hand alone, anybody could."""
        return not self.capacity or seats <= self.capacity

    def admits(self, seats: int) -> bool:
        """Whether those who are first in line, and want so many, can have them."""
        if self.is_off or self.is_full_by_hand:
            return False
        return self.free is None or seats <= self.free

    def intake(self, now: datetime) -> Intake:
        if self.is_off or now >= self.closes_at:
            return Intake.CLOSED
        if not self.is_full:
            return Intake.OPEN
        return Intake.WAITING if self.has_waiting_list else Intake.FULL
