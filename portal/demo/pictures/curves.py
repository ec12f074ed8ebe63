"""Knows the outlines pictures are built from: smooth curves, arcs, ridges and blobs."""

from collections.abc import Sequence
from itertools import pairwise
from math import cos, pi, radians, sin
from random import Random

Point = tuple[float, float]


def smooth(points: Sequence[Point], closed: bool = True, steps: int = 10) -> list[Point]:
    """Return a Catmull-Rom curve through the points."""
    count = len(points)
    curve: list[Point] = []
    for index in range(count if closed else count - 1):
        if closed:
            a, b, c, d = (points[(index + offset) % count] for offset in (-1, 0, 1, 2))
        else:
            a, b, c, d = (points[min(max(index + offset, 0), count - 1)] for offset in (-1, 0, 1, 2))
        for step in range(steps):
            t = step / steps
            k0, k1 = -0.5 * t + t * t - 0.5 * t**3, 1 - 2.5 * t * t + 1.5 * t**3
            k2, k3 = 0.5 * t + 2 * t * t - 1.5 * t**3, -0.5 * t * t + 0.5 * t**3
            curve.append((k0 * a[0] + k1 * b[0] + k2 * c[0] + k3 * d[0], k0 * a[1] + k1 * b[1] + k2 * c[1] + k3 * d[1]))
    if not closed:
        curve.append(points[-1])
    return curve


def arc(cx: float, cy: float, rx: float, ry: float, start: float, end: float, steps: int = 24) -> list[Point]:
    """Return points on an ellipse; degrees run clockwise from three o'clock."""
    span = [radians(start + (end - start) * step / steps) for step in range(steps + 1)]
    return [(cx + rx * cos(angle), cy + ry * sin(angle)) for angle in span]


def ridge(
    rng: Random, y: float, height: float, waves: float = 2.0, left: float = -20, right: float = 1620
) -> list[Point]:
    """Return a rolling skyline from left to right, never lower than `y`."""
    parts = [
        (waves * factor, rng.uniform(0, 2 * pi), share) for factor, share in ((0.5, 0.55), (1.1, 0.3), (2.3, 0.15))
    ]
    points: list[Point] = []
    for step in range(61):
        t = step / 60
        rise = sum(share * (sin(2 * pi * frequency * t + phase) + 1) / 2 for frequency, phase, share in parts)
        points.append((left + (right - left) * t, y - height * rise))
    return points


def height_at(line: Sequence[Point], x: float) -> float:
    """Return where a left-to-right line stands at `x`."""
    for (x0, y0), (x1, y1) in pairwise(line):
        if x0 <= x <= x1:
            return y0 + (y1 - y0) * (x - x0) / (x1 - x0)
    return line[0][1] if x < line[0][0] else line[-1][1]


def blob(rng: Random, cx: float, cy: float, rx: float, ry: float, wobble: float = 0.12, knots: int = 9) -> list[Point]:
    start = rng.uniform(0, pi)
    knotted: list[Point] = []
    for knot in range(knots):
        angle, reach = start + 2 * pi * knot / knots, 1 + rng.uniform(-wobble, wobble)
        knotted.append((cx + rx * reach * cos(angle), cy + ry * reach * sin(angle)))
    return smooth(knotted, steps=6)


def between(first: Point, second: Point, share: float) -> Point:
    return first[0] + (second[0] - first[0]) * share, first[1] + (second[1] - first[1]) * share


def mirrored(x: float, y: float, right: list[Point]) -> list[Point]:
    """Close an outline given by its right half, from top to bottom."""
    return [(x + dx, y + dy) for dx, dy in right] + [(x - dx, y + dy) for dx, dy in reversed(right) if dx]
