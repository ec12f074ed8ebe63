"""The portal's fonts for drawing. A second file per font has letters such as Š, Ł and Ğ."""

import re
from collections.abc import Iterator
from pathlib import Path

from PIL import ImageDraw, ImageFont

FONTS = Path(__file__).parent.parent.parent / "static" / "fonts"
# The characters in the second file, as in the style sheet's `unicode-range`.
EXTENDED = re.compile(
    "([\u0100-\u0130\u0132-\u0151\u0154-\u017f\u018f\u0192\u01a0\u01a1\u01af\u01b0\u01cd-\u01dc\u01e6\u01e7\u01fa-\u021b\u0237\u0259\u1e00-\u1eff]+)"
)


class Face:
    """A font in one size. Each use needs its own object: fonts are not thread-safe."""

    def __init__(self, name: str, size: int, *axes: float):
        self.name = name
        self.size = size
        self.axes = list(axes)
        self.plain = self._load(name)

    def length(self, text: str) -> float:
        """The width of a text in pixels."""
        return sum(font.getlength(part) for part, font in self._parts(text))

    def write(self, pen: ImageDraw.ImageDraw, x: float, y: float, text: str, fill: str, anchor: str) -> None:
        """Draw a line of text. The first letter of `anchor` says what `x` is: (l)eft or (m)iddle."""
        x -= self.length(text) / 2 if anchor[0] == "m" else 0
        for part, font in self._parts(text):
            pen.text((x, y), part, font=font, fill=fill, anchor=f"l{anchor[1]}")
            x += font.getlength(part)

    def _parts(self, text: str) -> Iterator[tuple[str, ImageFont.FreeTypeFont]]:
        extended = None
        for number, part in enumerate(EXTENDED.split(text)):
            if number % 2:
                extended = extended or self._load(f"{self.name}-ext")
                yield part, extended
            elif part:
                yield part, self.plain

    def _load(self, name: str) -> ImageFont.FreeTypeFont:
        font = ImageFont.truetype(FONTS / f"{name}.woff2", self.size)
        font.set_variation_by_axes(self.axes)
        return font


def serif(size: int) -> Face:
    # The optical size axis ends at 72.
    return Face("newsreader", size, 600, min(size, 72))


def sans(size: int) -> Face:
    return Face("libre-franklin", size, 600)
