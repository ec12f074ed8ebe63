"""Knows the new energies: solar panels on a slope and wind turbines on the ridges."""

from math import cos, radians, sin

from portal.demo.pictures import land
from portal.demo.pictures.canvas import HEIGHT, WIDTH, Plate
from portal.demo.pictures.curves import between, height_at, smooth
from portal.demo.pictures.figures import person
from portal.demo.pictures.palette import mix
from portal.demo.pictures.sky import sky


def solar(p: Plate) -> None:
    light, rng, fx = p.light, p.rng, p.fx
    horizon = rng.uniform(510, 570)
    sky(p, horizon, fx + rng.uniform(-260, -60))
    land.backdrop(p, horizon, rng.randint(2, 3), rng.uniform(150, 240))
    land.ground(p, horizon, light.ground)
    land.meadow_stripes(p, horizon, fx + 200, (light.ground, light.tint(light.ground, 0.15)), 16)
    land.grove(p, -20, WIDTH, horizon + 6, 44, light.far(light.leaf, 0.2), 24)
    glass = mix(light.cool, light.ink, 0.5)
    rows, lean = rng.randint(4, 5), rng.uniform(90, 200)
    for row in range(rows):
        t = (row + 0.4) / rows
        y = horizon + 24 + (HEIGHT - horizon) * 0.92 * t**1.45
        h, unit = 26 + 118 * t, 70 + 190 * t
        start = fx - unit * 3.4 + lean * (t - 0.5)
        for index in range(-2, 9):
            x = start + index * unit * 1.02
            if x > WIDTH + 60 or x + unit < -160:
                continue
            tilt = h * 0.34
            p.poly(
                [
                    (x + tilt * 0.6, y + h * 0.42),
                    (x + unit + tilt * 0.6, y + h * 0.42),
                    (x + unit + h * 0.9, y + h * 0.62),
                    (x + h * 0.9, y + h * 0.62),
                ],
                light.shadow,
                0.25,
            )
            for leg in (0.2, 0.8):
                p.line(
                    [(x + unit * leg + tilt * 0.5, y - h * 0.3), (x + unit * leg + tilt * 0.5, y + h * 0.46)],
                    2 + 5 * t,
                    light.shade(light.cool, 0.5),
                )
            corners = [(x + tilt, y - h), (x + unit + tilt - 4, y - h), (x + unit - 4, y), (x, y)]
            p.poly(corners, light.tint(light.cool, 0.6))
            inset = 0.03
            for col in range(3):
                for band in range(2):
                    a, b = (col + inset) / 3, (col + 1 - inset * 2) / 3
                    u, v = (band + 0.05) / 2, (band + 0.95) / 2
                    quad = [
                        between(between(corners[0], corners[1], a), between(corners[3], corners[2], a), u),
                        between(between(corners[0], corners[1], b), between(corners[3], corners[2], b), u),
                        between(between(corners[0], corners[1], b), between(corners[3], corners[2], b), v),
                        between(between(corners[0], corners[1], a), between(corners[3], corners[2], a), v),
                    ]
                    p.poly(quad, mix(glass, light.sky[1], 0.10 + 0.18 * (band == 0) + 0.06 * ((col + index) % 2)))
            if (index + row) % 3 == 0:
                p.poly(
                    [
                        between(corners[0], corners[1], 0.2),
                        between(corners[0], corners[1], 0.5),
                        between(corners[3], corners[2], 0.34),
                        between(corners[3], corners[2], 0.04),
                    ],
                    light.sun,
                    0.3,
                )
    y = horizon + (HEIGHT - horizon) * 0.5
    person(p, fx + rng.uniform(30, 110), y + 60, 190, light.warm, "reach", rng.choice((-1, 1)), light.gold)
    if rng.random() < 0.6:
        person(p, fx + rng.uniform(-110, -40), y + 70, 186, light.paper, "stand", 1, light.gold)
    land.tufts(p, HEIGHT - 150, HEIGHT, light.shade(light.leaf, 0.4), 60)


def _turbine(p: Plate, x: float, base: float, h: float, turn: float, distance: float) -> None:
    light = p.light
    body = light.far(light.paper if not light.dark else light.tint(light.cool, 0.5), distance)
    w, top = h * 0.032, base - h
    mast = [(x - w, base), (x - w * 0.45, top), (x + w * 0.45, top), (x + w, base)]
    p.poly(mast, body)
    p.poly([(x + w * 0.15, base), (x, top), (x + w * 0.45, top), (x + w, base)], light.shadow, 0.26 * (1 - distance))
    for blade in range(3):
        angle = radians(turn + blade * 120)
        reach, side = h * 0.62, angle + radians(90)

        def spot(along: float, across: float, angle: float = angle, side: float = side) -> tuple[float, float]:
            return x + along * cos(angle) + across * cos(side), top + along * sin(angle) + across * sin(side)

        wing = smooth(
            [
                spot(0, -w * 0.4),
                spot(reach * 0.2, -w * 1.0),
                spot(reach, 0),
                spot(reach * 0.25, w * 0.45),
                spot(0, w * 0.4),
            ],
            steps=6,
        )
        p.poly(wing, body)
        p.poly(
            [spot(0, 0), spot(reach, 0), spot(reach * 0.25, w * 0.45), spot(0, w * 0.4)],
            light.shadow,
            0.2 * (1 - distance),
        )
    p.disc(x, top, w * 0.95, light.far(light.shade(light.cool, 0.2), distance))


def wind(p: Plate) -> None:
    light, rng, fx = p.light, p.rng, p.fx
    horizon = rng.uniform(660, 720)
    sky(p, horizon, fx + rng.uniform(-320, 320))
    tone = rng.choice((light.cool, light.leaf, light.deep))
    lines = []
    for layer in range(3):
        lines.append(
            land.hills(
                p,
                horizon - 110 + layer * 70,
                170 - layer * 20,
                light.far(mix(tone, light.leaf, layer / 3), 0.62 - layer * 0.2),
                rng.uniform(1.0, 2.2),
                trees=10,
            )
        )
        for _ in range(rng.randint(1, 3) if layer < 2 else 0):
            x = rng.uniform(60, WIDTH - 60)
            if abs(x - fx) > 120:
                _turbine(p, x, height_at(lines[-1], x) + 8, 150 + layer * 110, rng.uniform(0, 120), 0.45 - layer * 0.2)
    near = land.hills(p, horizon + 170, rng.uniform(130, 190), light.ground, rng.uniform(0.7, 1.1))
    for index in range(9):
        t = index / 9
        x0, x1 = t * WIDTH * 1.1 - 60, t * WIDTH * 2.0 - 640
        y0 = height_at(near, x0) + 12
        p.poly([(x0, y0), (x0 + 34, y0), (x1 + 120, HEIGHT + 20), (x1, HEIGHT + 20)], light.shade(light.ground, 0.14))
    for offset, tall, side in (
        (0, rng.uniform(560, 610), 0),
        (rng.uniform(260, 330) * rng.choice((-1, 1)), rng.uniform(400, 470), 1),
    ):
        x = fx + offset
        y = height_at(near, x) + 26 + side * 6
        land.shadow(p, x - 8, y, 20, 560, 0.22)
        _turbine(p, x, y, tall, rng.uniform(0, 120), 0.0)
    x = fx + rng.choice((-1, 1)) * rng.uniform(90, 150)
    y = height_at(near, x) + 70
    person(p, x, y, 84, light.warm, "walk", 1)
    person(p, x + 46, y + 4, 80, light.accent, "walk", 1)
    land.tufts(p, HEIGHT - 130, HEIGHT, light.shade(light.leaf, 0.4), 60)
