"""Knows what every room is furnished with: walls and boards, a window on the hills, pendant lamps."""

from portal.demo.pictures.canvas import HEIGHT, WIDTH, Plate
from portal.demo.pictures.curves import arc, ridge
from portal.demo.pictures.palette import Colour, mix


def room(p: Plate, wall: Colour, floor: Colour, skirting: float) -> None:
    light = p.light
    p.gradient(0, skirting, (light.shade(wall, 0.3), wall))
    p.rect(0, skirting, WIDTH, HEIGHT - skirting, floor)
    p.stipple_rect(0, skirting, WIDTH, HEIGHT - skirting, light.shade(floor, 0.5), "up", 0.5)
    for board in range(-9, 10):
        p.line([(p.fx + board * 130, skirting), (p.fx + board * 250, HEIGHT + 60)], 2.4, light.shade(floor, 0.22))
    p.rect(0, skirting - 12, WIDTH, 12, light.shade(wall, 0.4))


def view(
    p: Plate, x: float, y: float, w: float, h: float, cols: int, rows: int, frame: Colour, beam: float = 0
) -> None:
    """Open a window on hills and sky; `beam` is how low its light falls on the floor, if it does."""
    light, rng = p.light, p.rng
    for band in range(16):
        t = band / 16
        shade = mix(light.sky[0], light.sky[1], t * 2) if t < 0.5 else mix(light.sky[1], light.sky[2], t * 2 - 1)
        p.rect(x, y + h * t, w, h / 16 + 1, shade)
    r = min(w, h) * 0.16
    p.disc(x + w * rng.uniform(0.25, 0.75), y + h * rng.uniform(0.28, 0.5), r, light.sun)
    for layer in range(3):
        line = ridge(rng, y + h * (0.74 + layer * 0.12), h * 0.24, 1.6, x, x + w)
        p.poly(
            [*line, (x + w, y + h), (x, y + h)], light.far(mix(light.cool, light.leaf, layer / 2), 0.6 - layer * 0.26)
        )
    t = 7.0
    for col in range(cols + 1):
        p.rect(x + w * col / cols - t / 2, y, t, h, frame)
    for row in range(rows + 1):
        p.rect(x - t / 2, y + h * row / rows - t / 2, w + t, t, frame)
    if beam:
        p.poly([(x, y), (x + w, y), (x + w + 330, beam), (x + 250, beam)], light.sun, 0.10)
        for col in range(cols):
            x0, x1 = x + 270 + (w + 60) * (col + 0.08) / cols, x + 270 + (w + 60) * (col + 0.92) / cols
            p.poly([(x0, beam - 130), (x1, beam - 130), (x1 + 110, beam), (x0 + 110, beam)], light.sun, 0.32)


def pendant(p: Plate, x: float, y: float, size: float, colour: Colour) -> None:
    light = p.light
    p.line([(x, -60), (x, y)], 3, light.ink)
    p.glow(x, y + size * 0.9, size * 3.4, light.lamp, 0.42)
    p.poly(
        [*arc(x, y + size * 0.6, size, size * 0.7, 180, 360), (x + size, y + size * 0.66), (x - size, y + size * 0.66)],
        colour,
    )
    p.disc(x, y + size * 0.66, size * 0.3, light.lamp, ry=size * 0.2)
