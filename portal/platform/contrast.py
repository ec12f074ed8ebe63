"""The contrast between two colours (WCAG 2.2, success criterion 1.4.3), and the nearest readable tint of a colour."""

import re

READABLE = 4.5
HEX = re.compile(r"#[0-9a-fA-F]{6}")
PAPER = "#fbfaf7"
NIGHT = "#14161a"


def channels(colour: str) -> tuple[int, int, int]:
    """Red, green and blue from 0 to 255. Raises ValueError for anything but `#rrggbb`."""
    if not HEX.fullmatch(colour):
        raise ValueError(f"{colour!r} is not a colour of the form #rrggbb")
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def luminance(colour: str) -> float:
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (x / 255 for x in channels(colour))]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def ratio(one: str, other: str) -> float:
    """The contrast ratio, from 1 (the same colour) to 21 (black on white)."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def mix(colour: str, other: str, share: float) -> str:
    """Mix the given share (0 to 1) of `other` into `colour`."""
    pairs = zip(channels(colour), channels(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def readable_tint(colour: str, background: str, wanted: float = READABLE) -> str:
    """The nearest tint or shade of `colour` whose contrast with `background` is at least `wanted`."""
    towards = "#ffffff" if luminance(background) < 0.18 else "#000000"
    for step in range(51):
        tint = mix(colour, towards, step / 50)
        if ratio(tint, background) >= wanted:
            return tint
    return towards
