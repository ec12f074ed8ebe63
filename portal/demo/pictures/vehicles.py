"""Knows things that move: lorries, trams, trains, barges and bicycles seen from the side."""

from math import cos, pi, sin

from portal.demo.pictures.canvas import Plate
from portal.demo.pictures.curves import arc, smooth
from portal.demo.pictures.figures import HAIRS, SKINS, coat
from portal.demo.pictures.palette import Colour, mix


def wheel(p: Plate, x: float, y: float, r: float) -> None:
    p.disc(x, y, r, p.light.ink)
    p.disc(x, y, r * 0.48, mix(p.light.paper, p.light.ink, 0.35))


def lorry(p: Plate, x: float, y: float, size: float, body: Colour, cab: Colour) -> None:
    """Park a lorry facing right, its wheels on `y`."""
    light, s = p.light, size / 100
    p.poly([(x, y), (x + 235 * s, y), (x + 330 * s, y + 22 * s), (x + 70 * s, y + 22 * s)], light.shadow, 0.3)
    p.rect(x, y - 24 * s, 236 * s, 12 * s, light.ink)
    p.rect(x, y - 108 * s, 168 * s, 86 * s, body)
    p.stipple_rect(x, y - 108 * s, 168 * s, 86 * s, light.shade(body, 0.4), "up", 0.5)
    p.rect(x + 14 * s, y - 76 * s, 82 * s, 8 * s, light.accent)
    p.rect(x + 14 * s, y - 62 * s, 54 * s, 8 * s, light.accent)
    p.poly(
        smooth(
            [
                (x + 176 * s, y - 18 * s),
                (x + 176 * s, y - 84 * s),
                (x + 212 * s, y - 84 * s),
                (x + 232 * s, y - 54 * s),
                (x + 238 * s, y - 44 * s),
                (x + 238 * s, y - 18 * s),
            ],
            False,
            3,
        ),
        cab,
    )
    p.poly(
        [(x + 194 * s, y - 76 * s), (x + 211 * s, y - 76 * s), (x + 227 * s, y - 50 * s), (x + 194 * s, y - 50 * s)],
        light.pane,
    )
    for place in (34, 62, 206):
        wheel(p, x + place * s, y - 13 * s, 15 * s)


def rail_car(p: Plate, x: float, y: float, w: float, h: float, body: Colour, stripe: Colour, nose: int = 0) -> None:
    """Draw one car; `nose` 1 or -1 slopes that end into a driver's cab."""
    light, slope = p.light, h * 0.75
    left, right = x, x + w
    outline = [(left, y), (left, y - h), (right, y - h), (right, y)]
    if nose > 0:
        outline = [
            (left, y),
            (left, y - h),
            *smooth(
                [
                    (right - slope, y - h),
                    (right - slope * 0.42, y - h * 0.82),
                    (right - slope * 0.06, y - h * 0.35),
                    (right, y - h * 0.12),
                    (right - 4, y),
                ],
                False,
                8,
            ),
        ]
    elif nose < 0:
        outline = [
            *smooth(
                [
                    (left + 4, y),
                    (left, y - h * 0.12),
                    (left + slope * 0.06, y - h * 0.35),
                    (left + slope * 0.42, y - h * 0.82),
                    (left + slope, y - h),
                ],
                False,
                8,
            ),
            (right, y - h),
            (right, y),
        ]
    p.poly(outline, body)
    inner_left, inner_right = (
        left + (slope * 0.95 if nose < 0 else w * 0.03),
        right - (slope * 0.95 if nose > 0 else w * 0.03),
    )
    glass = light.lamp if light.dark else light.pane
    p.rect(inner_left, y - h * 0.78, inner_right - inner_left, h * 0.36, light.ink, radius=h * 0.06)
    count = max(3, round((inner_right - inner_left) / (h * 0.62)))
    pitch = (inner_right - inner_left) / count
    for index in range(count):
        wx = inner_left + index * pitch + pitch * 0.07
        p.rect(wx, y - h * 0.74, pitch * 0.86, h * 0.28, glass, radius=h * 0.04)
        p.poly(
            [
                (wx + pitch * 0.5, y - h * 0.74),
                (wx + pitch * 0.72, y - h * 0.74),
                (wx + pitch * 0.5, y - h * 0.46),
                (wx + pitch * 0.28, y - h * 0.46),
            ],
            light.paper,
            0.22,
        )
    p.rect(inner_left, y - h * 0.33, inner_right - inner_left, h * 0.11, stripe)
    p.stipple(outline, light.shade(body, 0.6), "up", 0.5, 0.5)
    if nose:
        screen = [
            (right - slope * 0.80, y - h * 0.86),
            (right - slope * 0.48, y - h * 0.78),
            (right - slope * 0.16, y - h * 0.42),
            (right - slope * 0.80, y - h * 0.42),
        ]
        if nose < 0:
            screen = [(left + right - px, py) for px, py in screen]
        p.poly(screen, mix(light.pane, light.ink, 0.3))
        lamp_x = right - slope * 0.09 if nose > 0 else left + slope * 0.09
        p.disc(lamp_x, y - h * 0.2, h * 0.035, light.lamp)
    p.rect(left + w * 0.04, y, w * 0.92, h * 0.10, light.ink)
    for place in (0.14, 0.24, 0.76, 0.86):
        p.disc(left + w * place, y + h * 0.10, h * 0.085, light.ink)


def barge(p: Plate, x: float, y: float, w: float, hull: Colour, load: Colour) -> None:
    """Float a river barge with its bow to the right."""
    light, h = p.light, w * 0.085
    p.poly(
        [(x + 4, y + h * 0.5), (x + w * 0.96, y + h * 0.5), (x + w * 0.84, y + h * 1.7), (x + w * 0.1, y + h * 1.7)],
        light.shadow,
        0.34,
    )
    for index in range(4):
        bx = x + w * (0.30 + index * 0.15)
        p.poly(
            smooth(
                [
                    (bx - w * 0.06, y - h),
                    (bx + w * 0.03, y - h * 1.75),
                    (bx + w * 0.10, y - h * 1.6),
                    (bx + w * 0.17, y - h),
                ],
                False,
                5,
            ),
            load,
        )
    p.poly(
        [
            *smooth([(x, y - h * 1.15), (x + w * 0.3, y - h), (x + w * 0.9, y - h), (x + w, y - h * 1.5)], False, 6),
            (x + w * 0.95, y + h * 0.55),
            (x + w * 0.02, y + h * 0.55),
        ],
        hull,
    )
    p.rect(x + w * 0.02, y + h * 0.25, w * 0.94, h * 0.32, light.warm if hull != light.warm else light.ink)
    p.rect(x + w * 0.03, y - h * 2.7, w * 0.13, h * 1.7, light.paper)
    p.rect(x + w * 0.02, y - h * 2.95, w * 0.16, h * 0.34, light.accent)
    p.rect(x + w * 0.045, y - h * 2.4, w * 0.10, h * 0.6, light.lamp if light.dark else light.pane)
    p.line([(x + w * 0.93, y - h * 1.4), (x + w * 0.93, y - h * 2.6)], 3, light.ink)


def cyclist(p: Plate, x: float, y: float, size: float, shirt: Colour | None = None) -> None:
    """Ride a bicycle to the right; `size` is the wheel radius."""
    light, rng, r = p.light, p.rng, size
    shirt = coat(p) if shirt is None else shirt
    skin, hair, frame = rng.choice(SKINS), rng.choice(HAIRS), light.accent if light.accent != shirt else light.ink
    back, front, axle = (x, y - r), (x + r * 2.7, y - r), (x + r * 1.2, y - r * 0.95)
    saddle, bar = (x + r * 0.85, y - r * 2.15), (x + r * 2.35, y - r * 2.3)
    p.poly([(x - r, y), (x + r * 3.7, y), (x + r * 6.4, y + r * 0.7), (x + r * 2, y + r * 0.7)], light.shadow, 0.22)
    for hub in (back, front):
        p.ring(hub[0], hub[1], r, r * 0.09, light.ink)
        for spoke in range(6):
            angle = pi * spoke / 6
            p.line(
                [
                    (hub[0] - r * cos(angle), hub[1] - r * sin(angle)),
                    (hub[0] + r * cos(angle), hub[1] + r * sin(angle)),
                ],
                1,
                light.ink,
                0.5,
            )
    hip, shoulder = (saddle[0] + r * 0.1, saddle[1] - r * 0.2), (x + r * 1.75, y - r * 3.75)
    trousers = light.shade(rng.choice((light.cool, light.deep, light.ink)), 0.4)
    p.stroke(
        smooth([hip, (x + r * 1.55, y - r * 1.75), (x + r * 1.0, y - r * 0.55)], False, 5),
        r * 0.34,
        light.shade(trousers, 0.4),
    )
    p.line([back, axle, bar, saddle, axle], r * 0.11, frame)
    p.line([back, saddle], r * 0.11, frame)
    p.line([(bar[0] - r * 0.02, bar[1] - r * 0.15), front], r * 0.11, frame)
    p.stroke([(saddle[0] - r * 0.25, saddle[1]), (saddle[0] + r * 0.25, saddle[1])], r * 0.14, light.ink)
    p.stroke([(bar[0] - r * 0.15, bar[1] - r * 0.2), (bar[0] + r * 0.2, bar[1] - r * 0.15)], r * 0.11, light.ink)
    p.stroke(smooth([hip, (x + r * 1.95, y - r * 1.95), (x + r * 1.45, y - r * 0.25)], False, 5), r * 0.36, trousers)
    p.stroke([(x + r * 1.4, y - r * 0.2), (x + r * 1.75, y - r * 0.2)], r * 0.2, light.ink)
    trunk = smooth(
        [
            (hip[0] - r * 0.25, hip[1] + r * 0.1),
            (hip[0] - r * 0.05, hip[1] - r * 0.9),
            (shoulder[0] - r * 0.3, shoulder[1]),
            (shoulder[0] + r * 0.22, shoulder[1] + r * 0.15),
            (hip[0] + r * 0.55, hip[1] - r * 0.3),
            (hip[0] + r * 0.35, hip[1] + r * 0.15),
        ],
        steps=5,
    )
    p.poly(trunk, shirt)
    p.stipple(trunk, light.shade(shirt, 0.6), "up", 0.6, 0.8)
    p.stroke(
        smooth(
            [
                (shoulder[0] - r * 0.02, shoulder[1] + r * 0.25),
                (x + r * 1.95, y - r * 2.85),
                (bar[0], bar[1] - r * 0.22),
            ],
            False,
            5,
        ),
        r * 0.24,
        light.shade(shirt, 0.3),
    )
    head = (shoulder[0] + r * 0.3, shoulder[1] - r * 0.5)
    p.disc(head[0], head[1], r * 0.36, skin, ry=r * 0.42)
    p.poly(
        arc(head[0] - r * 0.03, head[1] - r * 0.06, r * 0.42, r * 0.42, 160, 350, 12),
        rng.choice((light.second, light.paper, hair)),
    )
