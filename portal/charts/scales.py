"""Scales of charts: from values to percentages of the width or to pixels of the height."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

STEPS = (1, 2, 2.5, 5, 10)
# The width in pixels of a chart on the narrowest phone, and of a letter.
NARROWEST, LETTER = 288, 7.6


@dataclass(frozen=True)
class Scale:
    """Values from `low` to `high` are drawn from `start` to `end`, in any unit."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: Decimal | float) -> float:
        share = (float(value) - self.low) / (self.high - self.low)
        return round(self.start + share * (self.end - self.start), 2)


def with_zero(values: Iterable[Decimal]) -> tuple[float, float]:
    """The smallest range that holds all values and zero. It is never empty."""
    found = [0.0, *map(float, values)]
    low, high = min(found), max(found)
    return (low, high) if low < high else (0.0, 1.0)


def ticks(low: float, high: float, most: int = 5) -> list[float]:
    """Round values that begin at or below `low` and end at or above `high`."""
    if low == high:
        low, high = low - 1, high + 1
    raw = (high - low) / (most - 1)
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(each * power for each in STEPS if each * power >= raw * (1 - 1e-9))
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [number * step for number in range(first, last + 1)]


def reserve(texts: Iterable[str]) -> float:
    """The percentage of a narrow chart that the longest of these texts needs beside a bar, at most 45."""
    longest = max(map(len, texts), default=0)
    return min(45.0, (longest * LETTER + 10) / NARROWEST * 100)
