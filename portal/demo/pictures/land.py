"""Knows landscape: hills, fields, water and the trees that stand on them."""

from portal.demo.pictures.canvas import HEIGHT, WIDTH, Plate
from portal.demo.pictures.curves import Point, blob, height_at, ridge, smooth
from portal.demo.pictures.palette import Colour, mix


def hills(p: Plate, y: float, height: float, colour: Colour, waves: float = 2.0, trees: int = 0) -> list[Point]:
    """Draw a ridge filled to the bottom and return its skyline."""
    line = ridge(p.rng, y, height, waves)
    if trees:
        for _ in range(trees):
            x = p.rng.uniform(0, WIDTH)
            tree(p, x, height_at(line, x) + 4, p.rng.uniform(22, 48), p.light.shade(colour, 0.16))
    body = [*line, (WIDTH + 20, HEIGHT), (-20, HEIGHT)]
    p.poly(body, colour)
    shaded = [*line, (WIDTH + 20, y + 130), (-20, y + 130)]
    p.stipple(shaded, p.light.shade(colour, 0.32), "down", 0.5, 0.85)
    return line


def backdrop(p: Plate, horizon: float, layers: int = 3, height: float = 150) -> None:
    """Draw hazy hills one behind the other, the last one ending at the horizon."""
    light = p.light
    tone = p.rng.choice((light.cool, light.leaf, light.deep))
    for layer in range(layers):
        nearness = (layer + 1) / (layers + 0.6)
        colour = light.far(mix(tone, light.leaf, nearness * 0.5), 0.82 - 0.52 * nearness)
        drop = horizon - (layers - 1 - layer) * height * 0.28
        hills(p, drop, height * (1.15 - 0.35 * nearness), colour, p.rng.uniform(1.2, 3.2), trees=14 if layer else 0)


def ground(p: Plate, y: float, colour: Colour | None = None) -> Colour:
    fill = p.light.ground if colour is None else colour
    p.rect(0, y, WIDTH, HEIGHT - y, fill)
    p.stipple_rect(0, y + (HEIGHT - y) * 0.35, WIDTH, (HEIGHT - y) * 0.65, p.light.shade(fill, 0.5), "up", 0.5)
    return fill


def shadow(p: Plate, x: float, y: float, width: float, length: float, alpha: float = 0.26) -> None:
    """Lay the long shadow of something `width` wide standing at x, y, away from the light."""
    drop = length * 0.17
    p.poly([(x, y), (x + width, y), (x + width + length, y + drop), (x + length, y + drop)], p.light.shadow, alpha)


def tree(p: Plate, x: float, y: float, h: float, colour: Colour, kind: str | None = None) -> None:
    """Plant one tree: round, poplar, conifer or bush; small ones stay plain silhouettes."""
    rng = p.rng
    kind = kind or rng.choice(("round", "round", "poplar", "conifer"))
    dark = p.light.shade(colour, 0.42)
    if kind != "bush":
        p.rect(x - h * 0.025, y - h * 0.4, max(1.5, h * 0.05), h * 0.4, dark)
    if kind == "round":
        crown = blob(rng, x, y - h * 0.62, h * 0.34, h * 0.38, 0.09)
    elif kind == "poplar":
        crown = smooth(
            [
                (x, y - h),
                (x + h * 0.13, y - h * 0.6),
                (x + h * 0.10, y - h * 0.1),
                (x - h * 0.10, y - h * 0.1),
                (x - h * 0.13, y - h * 0.6),
            ],
            steps=6,
        )
    elif kind == "bush":
        dome = (
            (-0.62, 0.02),
            (-0.58, -0.30),
            (-0.22, -0.62),
            (0.02, -0.52),
            (0.30, -0.72),
            (0.60, -0.28),
            (0.64, 0.02),
        )
        crown = smooth([(x + dx * h, y + dy * h * rng.uniform(0.9, 1.1)) for dx, dy in dome], False, 6)
    else:
        crown = [(x, y - h)]
        for tier in range(1, 4):
            reach = h * 0.08 * (tier + 0.6)
            crown += [(x + reach, y - h * (1 - tier * 0.27)), (x + reach * 0.55, y - h * (1 - tier * 0.27) - h * 0.02)]
        left = [(2 * x - px, py) for px, py in reversed(crown[1:])]
        crown += left
    p.poly(crown, colour)
    if h > 70:
        p.stipple(crown, dark, "left", 0.85, 0.9)


def grove(
    p: Plate, x0: float, x1: float, y: float, h: float, colour: Colour, count: int, kind: str | None = None
) -> None:
    for index in range(count):
        x = x0 + (x1 - x0) * (index + p.rng.uniform(0.1, 0.9)) / count
        tree(
            p,
            x,
            y + p.rng.uniform(-4, 6),
            h * p.rng.uniform(0.7, 1.2),
            mix(colour, p.light.ink, p.rng.uniform(0, 0.18)),
            kind,
        )


def tufts(p: Plate, y0: float, y1: float, colour: Colour, count: int) -> None:
    for _ in range(count):
        x, y = p.rng.uniform(0, WIDTH), p.rng.uniform(y0, y1)
        size = 8 + 26 * (y - y0) / max(1, y1 - y0)
        for lean in (-0.5, 0.05, 0.55):
            p.poly(
                [(x - size * 0.12, y), (x + size * lean, y - size * p.rng.uniform(0.7, 1.2)), (x + size * 0.12, y)],
                colour,
            )


def water(p: Plate, y0: float, y1: float, glint: float | None = None) -> None:
    """Fill a band with water; `glint` is where the sun's path lies."""
    light, rng = p.light, p.rng
    top, low = mix(light.sky[2], light.cool, 0.35), mix(light.cool, light.deep, 0.45)
    p.gradient(y0, y1, (top, mix(top, low, 0.6), low))
    for _ in range(46):
        t = rng.random() ** 1.5
        y, w = y0 + (y1 - y0) * t, rng.uniform(30, 130) * (0.4 + t)
        p.rect(rng.uniform(-50, WIDTH), y, w, 1.5 + 3.5 * t, mix(top, light.paper, 0.35), 0.5, radius=3)
    if glint is not None:
        for step in range(16):
            t = step / 16
            w = rng.uniform(40, 120) * (0.7 + t)
            p.rect(
                glint - w / 2 + rng.uniform(-26, 26),
                y0 + (y1 - y0) * t,
                w,
                3 + 6 * t,
                mix(light.sun, top, 0.12),
                radius=5,
            )


def meadow_stripes(p: Plate, y: float, vanish: float, colours: tuple[Colour, Colour], count: int = 18) -> None:
    """Lay rows that run from the foreground to one vanishing point on the line `y`."""
    spread = WIDTH * 2.6
    for index in range(count):
        x0 = vanish - spread / 2 + spread * index / count
        x1 = vanish - spread / 2 + spread * (index + 0.5) / count
        near = HEIGHT + 10
        squeeze = 0.05
        p.poly(
            [(vanish + (x0 - vanish) * squeeze, y), (vanish + (x1 - vanish) * squeeze, y), (x1, near), (x0, near)],
            colours[index % 2],
        )
