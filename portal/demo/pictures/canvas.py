"""Knows the plate a picture is printed from: flat shapes at double size, stippled shading, paper grain."""

from collections.abc import Sequence
from functools import cache
from random import Random

from PIL import Image, ImageChops, ImageDraw, ImageOps

from portal.demo.pictures.curves import Point
from portal.demo.pictures.palette import Colour, Light, mix

WIDTH, HEIGHT = 1600, 1067
SCALE = 2

_TURNS = {
    "down": Image.Transpose.ROTATE_180,
    "right": Image.Transpose.ROTATE_270,
    "left": Image.Transpose.ROTATE_90,
}


@cache
def _noise() -> Image.Image:
    size = (1300, 867)
    white = Image.frombytes("L", size, Random("stipple").randbytes(size[0] * size[1]))
    return ImageOps.equalize(white.resize((WIDTH * SCALE, HEIGHT * SCALE), Image.Resampling.BICUBIC))


@cache
def _fade(towards: str) -> Image.Image:
    rising = Image.linear_gradient("L")
    return rising if towards == "up" else rising.transpose(_TURNS[towards])


@cache
def _halo() -> Image.Image:
    # Pillow's radial gradient is not yet spent at the edge of its square; the level there becomes zero.
    edge = 80
    fall = [round((max(0, level - edge) / (255 - edge)) ** 1.5 * 255) for level in range(256)]
    return ImageOps.invert(Image.radial_gradient("L")).point(fall)


@cache
def _paper_grain() -> Image.Image:
    rng = Random("paper")
    fine = Image.frombytes("L", (WIDTH, HEIGHT), rng.randbytes(WIDTH * HEIGHT))
    mottled = Image.frombytes("L", (400, 267), rng.randbytes(400 * 267)).resize(
        (WIDTH, HEIGHT), Image.Resampling.BICUBIC
    )
    grain = Image.blend(fine, mottled, 0.25).point([236 + level * 19 // 255 for level in range(256)])
    return Image.merge("RGB", (grain, grain, grain))


@cache
def _soft_steps() -> list[int]:
    # A slope instead of a hard threshold keeps the dots round once the plate is reduced.
    return [min(255, level * 7) for level in range(256)]


class Plate:
    """A picture in the making, in 1600 x 1067 coordinates; light falls from the left.

    `zoom` enlarges everything around the point fx, middle, the way a camera steps closer to its subject.
    """

    def __init__(self, light: Light, rng: Random, fx: float, middle: float, zoom: float = 1) -> None:
        self.light = light
        self.rng = rng
        self.fx = fx
        self.image = Image.new("RGB", (WIDTH * SCALE, HEIGHT * SCALE), light.sky[2])
        self._scale = SCALE * zoom
        self._shift_x = fx * SCALE - fx * self._scale
        self._shift_y = middle * SCALE - middle * self._scale
        self._flat = ImageDraw.Draw(self.image)
        self._veil = ImageDraw.Draw(self.image, "RGBA")

    def _ink(self, colour: Colour, alpha: float) -> tuple[ImageDraw.ImageDraw, tuple[int, ...]]:
        return (self._flat, colour) if alpha >= 1 else (self._veil, (*colour, round(alpha * 255)))

    def _placed(self, points: Sequence[Point]) -> list[Point]:
        scale, shift_x, shift_y = self._scale, self._shift_x, self._shift_y
        return [(x * scale + shift_x, y * scale + shift_y) for x, y in points]

    def _box(self, x0: float, y0: float, x1: float, y1: float) -> tuple[float, float, float, float]:
        (left, top), (right, bottom) = self._placed(((x0, y0), (x1, y1)))
        return left, top, right, bottom

    def poly(self, points: Sequence[Point], colour: Colour, alpha: float = 1) -> None:
        pen, fill = self._ink(colour, alpha)
        pen.polygon(self._placed(points), fill=fill)

    def rect(self, x: float, y: float, w: float, h: float, colour: Colour, alpha: float = 1, radius: float = 0) -> None:
        if w <= 0 or h <= 0:
            return
        pen, fill = self._ink(colour, alpha)
        left, top, right, bottom = self._box(x, y, x + w, y + h)
        box = (left, top, max(left, right - 1), max(top, bottom - 1))
        if radius:
            pen.rounded_rectangle(box, min(radius, w / 2, h / 2) * self._scale, fill=fill)
        else:
            pen.rectangle(box, fill=fill)

    def disc(self, x: float, y: float, rx: float, colour: Colour, alpha: float = 1, ry: float | None = None) -> None:
        pen, fill = self._ink(colour, alpha)
        tall = rx if ry is None else ry
        pen.ellipse(self._box(x - rx, y - tall, x + rx, y + tall), fill=fill)

    def ring(self, x: float, y: float, r: float, width: float, colour: Colour) -> None:
        self._flat.ellipse(self._box(x - r, y - r, x + r, y + r), outline=colour, width=round(width * self._scale))

    def line(self, points: Sequence[Point], width: float, colour: Colour, alpha: float = 1) -> None:
        pen, fill = self._ink(colour, alpha)
        pen.line(self._placed(points), fill=fill, width=max(1, round(width * self._scale)), joint="curve")

    def stroke(self, points: Sequence[Point], width: float, colour: Colour) -> None:
        """Draw an opaque line with round ends."""
        self.line(points, width, colour)
        for x, y in (points[0], points[-1]):
            self.disc(x, y, width / 2, colour)

    def gradient(self, y0: float, y1: float, stops: Sequence[Colour]) -> None:
        _, top, _, bottom = self._box(0, y0, 0, y1)
        first, last = max(0, round(top)), min(HEIGHT * SCALE, round(bottom))
        if last <= first:
            return
        column = Image.new("RGB", (1, last - first))
        pen = ImageDraw.Draw(column)
        for row in range(first, last):
            place = min(0.999, max(0.0, (row - top) / (bottom - top))) * (len(stops) - 1)
            index = int(place)
            pen.point((0, row - first), fill=mix(stops[index], stops[index + 1], place - index))
        self.image.paste(column.resize((WIDTH * SCALE, last - first), Image.Resampling.NEAREST), (0, first))

    def stipple(
        self, points: Sequence[Point], colour: Colour, towards: str = "down", strength: float = 0.6, reach: float = 1
    ) -> None:
        """Shade a shape with grain, densest at the end away from `towards` and gone after `reach` of its extent."""
        placed = self._placed(points)
        xs, ys = [x for x, _ in placed], [y for _, y in placed]
        left, right = max(0, int(min(xs))), min(WIDTH * SCALE, int(max(xs)) + 1)
        top, bottom = max(0, int(min(ys))), min(HEIGHT * SCALE, int(max(ys)) + 1)
        if right - left < 2 or bottom - top < 2:
            return
        curve = [round(max(0.0, 1 - (1 - level / 255) / reach) ** 1.3 * 255 * strength) for level in range(256)]
        density = _fade(towards).point(curve).resize((right - left, bottom - top), Image.Resampling.NEAREST)
        dots = ImageChops.subtract(density, _noise().crop((left, top, right, bottom))).point(_soft_steps())
        shape = Image.new("L", dots.size)
        ImageDraw.Draw(shape).polygon([(x - left, y - top) for x, y in placed], fill=255)
        self.image.paste(colour, (left, top), ImageChops.darker(dots, shape))

    def stipple_rect(
        self, x: float, y: float, w: float, h: float, colour: Colour, towards: str = "down", strength: float = 0.6
    ) -> None:
        self.stipple([(x, y), (x + w, y), (x + w, y + h), (x, y + h)], colour, towards, strength)

    def glow(self, x: float, y: float, r: float, colour: Colour, strength: float = 0.7) -> None:
        left, top, right, bottom = self._box(x - r, y - r, x + r, y + r)
        seen = (
            max(0, round(left)),
            max(0, round(top)),
            min(WIDTH * SCALE, round(right)),
            min(HEIGHT * SCALE, round(bottom)),
        )
        if seen[0] >= seen[2] or seen[1] >= seen[3]:
            return
        spread = _halo().point([round(level * strength) for level in range(256)])
        grain = spread.width / (right - left)
        part = (
            max(0.0, (seen[0] - left) * grain),
            max(0.0, (seen[1] - top) * grain),
            min(256.0, (seen[2] - left) * grain),
            min(256.0, (seen[3] - top) * grain),
        )
        size = (seen[2] - seen[0], seen[3] - seen[1])
        self.image.paste(colour, seen[:2], spread.resize(size, Image.Resampling.BILINEAR, box=part))

    def soften(self) -> None:
        """Throw everything drawn so far out of focus."""
        small = self.image.reduce(20)
        soft = small.resize((WIDTH // 4, HEIGHT // 4), Image.Resampling.BICUBIC)
        self.image.paste(soft.resize(self.image.size, Image.Resampling.BILINEAR))

    def printed(self, mirror: bool) -> Image.Image:
        picture = self.image.reduce(SCALE)
        if mirror:
            picture = ImageOps.mirror(picture)
        return ImageChops.multiply(picture, _paper_grain())
