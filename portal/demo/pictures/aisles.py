"""Knows long rows under a roof: the data centre and the greenhouse."""

from math import cos, radians, sin

from portal.demo.pictures import land
from portal.demo.pictures.canvas import HEIGHT, WIDTH, Plate
from portal.demo.pictures.curves import Point, arc, between, smooth
from portal.demo.pictures.figures import coat, person
from portal.demo.pictures.palette import mix


def datacentre(p: Plate) -> None:
    light, rng, fx = p.light, p.rng, p.fx
    vy = 470.0
    dark = mix(light.raw.ink, light.raw.deep, 0.3)
    glow = rng.choice((light.raw.cool, light.raw.gold, light.raw.warm))
    p.rect(0, 0, WIDTH, HEIGHT, dark)
    p.poly([(0, HEIGHT), (WIDTH, HEIGHT), (fx + 50, vy + 50), (fx - 50, vy + 50)], mix(dark, light.raw.cool, 0.5))
    for plank in range(9):
        t = (plank / 9) ** 2.2
        y = vy + 50 + (HEIGHT - vy - 50) * t
        p.line([(0, y), (WIDTH, y)], 1 + 3 * t, mix(dark, light.raw.cool, 0.32))
    p.poly(
        [(fx - 60, HEIGHT), (fx + 60, HEIGHT), (fx + 6, vy + 40), (fx - 6, vy + 40)],
        mix(glow, light.raw.paper, 0.35),
        0.5,
    )
    depth = [1.0, 0.72, 0.53, 0.395, 0.30, 0.23, 0.175, 0.13]
    tone = rng.choice((light.raw.cool, light.raw.deep, light.raw.leaf))
    for index in reversed(range(len(depth) - 1)):
        near, far = depth[index] * 1.5, depth[index + 1] * 1.5
        for side in (-1, 1):

            def at(scale: float, up: float, side: int = side) -> Point:
                return fx + side * 430 * scale, vy + up * scale

            face = [at(near, -480), at(far, -480), at(far, 420), at(near, 420)]
            base = mix(mix(tone, dark, 0.35 + 0.05 * index), light.raw.paper, 0.06 if side < 0 else 0.0)
            p.poly(face, base)
            p.stipple(face, dark, "down", 0.7)
            p.line([face[0], face[3]], 5 * near, dark)
            for row in range(17):
                up = -430 + row * 48
                a, b = between(at(near, up), at(far, up), 0.10), between(at(near, up), at(far, up), 0.90)
                c, d = (
                    between(at(near, up + 30), at(far, up + 30), 0.90),
                    between(at(near, up + 30), at(far, up + 30), 0.10),
                )
                p.poly([a, b, c, d], mix(base, dark, 0.55))
                for led in range(5):
                    if rng.random() < 0.5:
                        u0, u1 = 0.12 + led * 0.13, 0.19 + led * 0.13
                        colour = glow if rng.random() < 0.75 else light.raw.paper
                        p.poly([between(a, b, u0), between(a, b, u1), between(d, c, u1), between(d, c, u0)], colour)
    for tube in range(7):
        s0, s1 = depth[tube] * 1.5, depth[tube] * 1.22
        p.poly(
            [
                (fx - 46 * s0, vy - 500 * s0),
                (fx + 46 * s0, vy - 500 * s0),
                (fx + 46 * s1, vy - 500 * s1),
                (fx - 46 * s1, vy - 500 * s1),
            ],
            light.raw.paper,
        )
    p.rect(fx - 84, vy - 94, 168, 176, mix(glow, light.raw.paper, 0.55))
    p.glow(fx, vy, 330, glow, 0.6)
    x = fx + rng.uniform(-50, 50)
    p.poly([(x - 30, 800), (x + 30, 800), (x + 90, 960), (x - 20, 960)], dark, 0.4)
    person(
        p,
        x,
        806,
        400,
        light.raw.warm if glow != light.raw.warm else light.raw.gold,
        rng.choice(("back", "walk", "reach")),
        rng.choice((-1, 1)),
        cast=False,
    )


def greenhouse(p: Plate) -> None:
    light, rng, fx = p.light, p.rng, p.fx
    p.gradient(0, 640, light.sky)
    p.disc(fx - 260, 270, rng.uniform(80, 110), mix(light.sun, light.sky[1], 0.35))
    land.hills(p, 560, 170, light.far(light.cool, 0.5), 1.6, trees=8)
    p.rect(0, 550, WIDTH, 80, light.far(light.leaf, 0.3))
    floor = light.tint(light.gold, 0.35)
    p.rect(0, 600, WIDTH, 500, floor)
    frame = light.paper if not light.dark else light.tint(light.cool, 0.5)
    for index in range(5):
        s = (0.42, 0.56, 0.78, 1.1, 1.6)[index]
        hoop = [
            (fx - 500 * s, 540 + 360 * s),
            *arc(fx, 540 - 130 * s, 500 * s, 300 * s, 180, 360, 40),
            (fx + 500 * s, 540 + 360 * s),
        ]
        p.line(hoop, 6 + 8 * s, frame)
    for purlin in range(-4, 5):
        angle = radians(270 + purlin * 21)
        near = (fx + 800 * cos(angle), 332 + 480 * sin(angle))
        far = (fx + 210 * cos(angle), 485 + 126 * sin(angle))
        p.line([near, far], 5, frame)
        p.poly([near, far, (far[0] + 14, far[1]), (near[0] + 90, near[1])], light.raw.paper, 0.10)
    p.poly([(fx - 40, 640), (fx + 40, 640), (fx + 230, HEIGHT + 40), (fx - 230, HEIGHT + 40)], light.shade(floor, 0.18))
    fruit = rng.choice((light.warm, light.gold, light.second))
    kind = rng.randrange(2)
    for step in range(7):
        t = (step / 6) ** 1.7
        y, size = 650 + 330 * t, 46 + 150 * t
        for side in (-1, 1):
            for lane in range(2):
                x = fx + side * (80 + 250 * t + lane * (110 + 240 * t))
                green = mix(mix(light.leaf, light.haze, 0.4 * (1 - t)), light.deep, rng.uniform(0, 0.4))
                p.poly(
                    [
                        (x - size * 0.55, y - size * 0.12),
                        (x + size * 0.55, y - size * 0.12),
                        (x + size * 0.48, y + size * 0.28),
                        (x - size * 0.48, y + size * 0.28),
                    ],
                    light.shade(light.warm, 0.3),
                )
                tall = size * (1.5 if kind else 0.95)
                for leaf in range(9):
                    angle = radians(-172 + leaf * 20.5)
                    tip = (x + size * 0.85 * cos(angle), y - size * 0.1 + tall * sin(angle))
                    mid = between((x, y), tip, 0.6)
                    p.poly(
                        smooth(
                            [(x, y - size * 0.05), (mid[0] - size * 0.13, mid[1]), tip, (mid[0] + size * 0.13, mid[1])],
                            steps=4,
                        ),
                        mix(green, light.gold if leaf % 3 == 0 else light.ink, 0.16),
                    )
                for _ in range(4):
                    p.disc(x + rng.uniform(-0.5, 0.5) * size, y - rng.uniform(0.2, 0.85) * tall, size * 0.085, fruit)
        if step == 4:
            person(
                p,
                fx + rng.uniform(-30, 30),
                880,
                330,
                coat(p),
                "reach",
                rng.choice((-1, 1)),
                light.gold if rng.random() < 0.4 else None,
            )
