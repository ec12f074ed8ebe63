"""Draws a share image: a title in a site's colours and the portal's fonts, 1200 by 630 pixels."""

import re
from io import BytesIO

from PIL import Image, ImageDraw

from portal.content.share.faces import Face, sans, serif
from portal.platform.contrast import PAPER, luminance, mix, readable_tint

# Increment this when the design changes, so that every image is drawn again.
DESIGN = 2
WIDTH, HEIGHT = 1200, 630
MARGIN = 72
BAND = 96
FOOT = 84
INK = "#1d1f23"
SIZES = (88, 80, 72, 64, 58, 52, 46, 40)
MAX_LINES = 6
LEADING = 1.12
# Control characters and plain white space. No-break spaces remain, because lines only break at plain spaces.
CONTROLS = re.compile("[\\x00-\\x20\\x7f-\\x9f\u2028\u2029]+")


def draw(title: str, label: str, site: str, brand: str) -> bytes:
    """Return the image as PNG. A title that does not fit at the smallest size ends in an ellipsis."""
    title, label, site = (CONTROLS.sub(" ", text).strip(" ") for text in (title, label, site))
    canvas = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    pen = ImageDraw.Draw(canvas)
    on_brand = "#ffffff" if luminance(brand) < 0.18 else "#14161a"
    ground = readable_tint(brand, on_brand)
    pen.rectangle((0, 0, WIDTH, BAND), fill=ground)
    large = serif(46)
    large.write(pen, MARGIN, BAND / 2, truncate(site, large, WIDTH - 2 * MARGIN), on_brand, "lm")

    top, bottom = BAND + 44, HEIGHT - FOOT - 24
    if label:
        small = sans(28)
        small.write(
            pen, MARGIN, top + 14, truncate(label, small, WIDTH - 2 * MARGIN), readable_tint(brand, PAPER), "lm"
        )
        top += 52
    font, lines = fit_title(title, WIDTH - 2 * MARGIN, bottom - top)
    height = font.size * LEADING
    start = top + max(0, (bottom - top - height * len(lines)) / 2) if len(lines) < 3 else top
    for number, line in enumerate(lines):
        font.write(pen, MARGIN, start + (number + 0.78) * height, line, INK, "ls")

    rule = mix(PAPER, INK, 0.2)
    pen.line((MARGIN, HEIGHT - FOOT, WIDTH - MARGIN, HEIGHT - FOOT), fill=rule, width=2)
    pen.line((MARGIN, HEIGHT - FOOT + 6, WIDTH - MARGIN, HEIGHT - FOOT + 6), fill=rule, width=2)
    pen.rectangle((MARGIN, HEIGHT - FOOT + 30, MARGIN + 96, HEIGHT - FOOT + 38), fill=ground)
    file = BytesIO()
    canvas.quantize(64, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(file, "PNG", optimize=True)
    return file.getvalue()


def fit_title(title: str, width: int, height: int) -> tuple[Face, list[str]]:
    """The largest font in which the whole title fits, and the title's lines."""
    for size in SIZES:
        font = serif(size)
        lines = wrap(title, font, width)
        if len(lines) <= MAX_LINES and len(lines) * size * LEADING <= height:
            return font, lines
    most = max(1, min(MAX_LINES, int(height // (SIZES[-1] * LEADING))))
    shown = lines[:most]
    if len(lines) > most:
        shown[-1] = truncate(f"{shown[-1]} {lines[most]}", font, width)
    return font, shown


def wrap(text: str, font: Face, width: int) -> list[str]:
    """Break text at plain spaces into lines no wider than `width`. Longer words are truncated."""
    lines: list[str] = []
    for word in text.split(" "):
        candidate = f"{lines[-1]} {word}" if lines else word
        if lines and font.length(candidate) <= width:
            lines[-1] = candidate
        elif word:
            lines.append(truncate(word, font, width))
    return lines


def truncate(text: str, font: Face, width: int) -> str:
    """Shorten text that does not fit, with an ellipsis."""
    if font.length(text) <= width:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if font.length(text[:middle].rstrip() + "…") <= width:
            low = middle
        else:
            high = middle - 1
    return text[:low].rstrip() + "…"
