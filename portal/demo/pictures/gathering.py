"""Knows rooms where people meet: the conference hall and the meeting table."""

from math import cos, radians, sin

from portal.demo.pictures.canvas import HEIGHT, WIDTH, Plate
from portal.demo.pictures.curves import arc, between, ridge, smooth
from portal.demo.pictures.figures import HAIRS, SKINS, coat, person
from portal.demo.pictures.palette import mix
from portal.demo.pictures.rooms import pendant, room, view


def conference(p: Plate) -> None:
    light, rng, fx = p.light, p.rng, p.fx
    back = mix(rng.choice((light.deep, light.cool, light.warm)), light.ink, 0.35)
    p.gradient(0, HEIGHT, (light.shade(back, 0.5), back, light.shade(back, 0.4)))
    for fold in range(24):
        p.rect(fx - 1000 + fold * 84, 0, 40, 720, light.ink, 0.12)
    screen = light.raw.paper
    p.rect(fx - 430, 150, 860, 400, light.ink, radius=10)
    p.rect(fx - 418, 162, 836, 376, screen)
    style = rng.randrange(3)
    if style == 0:
        for index in range(7):
            h = 50 + 26 * index + rng.uniform(-24, 50)
            p.rect(fx - 340 + index * 98, 500 - h, 62, h, (light.raw.warm, light.raw.cool, light.raw.gold)[index % 3])
        p.rect(fx - 360, 500, 720, 6, light.raw.ink)
    elif style == 1:
        p.disc(fx - 140, 350, 150, light.raw.cool)
        p.poly([(fx - 140, 350), *arc(fx - 140, 350, 150, 150, -90, 40)], light.raw.warm)
        p.poly([(fx - 140, 350), *arc(fx - 140, 350, 150, 150, 40, 130)], light.raw.gold)
        for row, long in enumerate((230, 170, 260, 120)):
            p.rect(fx + 90, 250 + row * 56, long, 20, light.raw.ink if row == 0 else light.raw.leaf, radius=10)
    else:
        for layer, colour in enumerate((light.raw.gold, light.raw.cool, light.raw.deep)):
            line = ridge(rng, 420 + layer * 56, 130, 1.8, fx - 418, fx + 418)
            p.poly([*line, (fx + 418, 538), (fx - 418, 538)], colour)
        p.disc(fx + 160, 260, 58, light.raw.warm)
    p.glow(fx, 360, 720, screen, 0.22)
    p.poly([(fx - 620, 0), (fx - 520, 0), (fx - 180, 700), (fx - 430, 700)], light.lamp, 0.14)
    stage = 668.0
    p.rect(0, stage, WIDTH, 70, mix(light.gold, light.ink, 0.35))
    p.rect(0, stage, WIDTH, 8, light.gold)
    sx = fx - rng.uniform(270, 330)
    person(p, sx, stage + 12, 300, light.raw.warm, "reach", 1, cast=False)
    p.poly(
        [(sx + 66, stage + 12), (sx + 74, stage - 120), (sx + 176, stage - 120), (sx + 184, stage + 12)],
        mix(light.raw.gold, light.ink, 0.25),
    )
    p.rect(sx + 60, stage - 134, 130, 18, mix(light.raw.gold, light.ink, 0.05))
    if rng.random() < 0.6:
        for index in range(rng.randint(2, 3)):
            x = fx + 90 + index * 116
            p.rect(x - 34, stage - 78, 68, 84, light.shade(light.raw.cool, 0.3), radius=12)
            person(p, x, stage + 30, 250, coat(p), "sit", -1, cast=False)
            p.rect(x - 40, stage - 58, 80, 66, light.shade(light.raw.cool, 0.45), radius=10)
    for row in range(3):
        y, size = 800.0 + row * 96, 44 + row * 18
        shift = rng.uniform(0, 1) * size
        for seat in range(-9, 10):
            if rng.random() < 0.1:
                continue
            x = fx + seat * size * 2.7 + shift
            tone = 0.30 + 0.16 * row
            hair, cloth = mix(rng.choice(HAIRS), light.ink, tone), mix(coat(p), light.ink, tone)
            p.poly(
                [
                    *smooth(
                        [
                            (x - size * 1.15, y + size * 2.4),
                            (x - size * 1.0, y + size * 1.0),
                            (x - size * 0.3, y + size * 0.66),
                            (x + size * 0.3, y + size * 0.66),
                            (x + size * 1.0, y + size * 1.0),
                            (x + size * 1.15, y + size * 2.4),
                        ],
                        False,
                        6,
                    )
                ],
                cloth,
            )
            p.rect(
                x - size * 0.24, y + size * 0.3, size * 0.48, size * 0.55, mix(rng.choice(SKINS), light.ink, tone + 0.1)
            )
            p.disc(x, y, size * 0.54, hair, ry=size * 0.64)
            if rng.random() < 0.25:
                p.disc(x, y - size * 0.66, size * 0.26, hair)
            p.poly(arc(x, y, size * 0.54, size * 0.64, 190, 260, 8), light.lamp, 0.28)


def meeting(p: Plate) -> None:
    light, rng, fx = p.light, p.rng, p.fx
    wall = rng.choice(
        (
            light.paper,
            mix(light.gold, light.paper, 0.35),
            mix(light.cool, light.paper, 0.5),
            mix(light.warm, light.paper, 0.6),
        )
    )
    room(p, wall, mix(light.cool, light.paper, 0.45), 830)
    view(p, fx - 480, 130, 960, 410, 4, 1, light.shade(light.warm, 0.55))
    for index in range(3):
        pendant(p, fx - 270 + index * 270, 66, 48, light.accent)
    for side in (-1, 1):
        x = fx + side * 620
        p.poly([(x - 46, 720), (x + 46, 720), (x + 34, 838), (x - 34, 838)], light.shade(light.warm, 0.15))
        for leaf in range(7):
            angle = radians(-160 + leaf * 23)
            tip = (x + 170 * cos(angle), 700 + 210 * sin(angle))
            mid = between((x, 720), tip, 0.55)
            p.poly(
                smooth([(x, 724), (mid[0] - 26, mid[1] - 8), tip, (mid[0] + 26, mid[1] + 8)], steps=6),
                mix(light.leaf, light.deep, rng.random() * 0.6),
            )
    table = 690.0
    seats = rng.randint(4, 5)
    stander = rng.randrange(seats)
    for index in range(seats):
        x = fx - 340 + index * 680 / (seats - 1)
        facing = 1 if x < fx else -1
        if index == stander:
            person(p, x, table + 220, 500, coat(p), "reach", facing, cast=False)
        else:
            p.rect(x - 54, table - 150, 108, 180, light.shade(light.cool, 0.45), radius=24)
            person(p, x, table + 170, 410, coat(p), "sit", facing, cast=False)
    wood = light.shade(light.gold, 0.14)
    p.poly(
        [(fx - 560, table + 44), (fx + 560, table + 44), (fx + 460, table - 34), (fx - 460, table - 34)],
        light.tint(wood, 0.22),
    )
    p.stipple(
        [(fx - 560, table + 44), (fx + 560, table + 44), (fx + 460, table - 34), (fx - 460, table - 34)],
        light.shade(wood, 0.4),
        "left",
        0.5,
    )
    p.rect(fx - 560, table + 44, 1120, 26, light.shade(wood, 0.3))
    for leg in (-430, 390):
        p.poly(
            [
                (fx + leg, table + 70),
                (fx + leg + 44, table + 70),
                (fx + leg + 34, table + 330),
                (fx + leg + 10, table + 330),
            ],
            light.shade(wood, 0.55),
        )
    p.poly(
        [(fx - 430, table + 330), (fx + 430, table + 330), (fx + 720, table + 372), (fx - 120, table + 372)],
        light.shadow,
        0.2,
    )
    for index in range(seats):
        x = fx - 350 + index * 700 / (seats - 1) + rng.uniform(-14, 14)
        p.poly(
            [(x - 50, table + 26), (x + 40, table + 26), (x + 30, table - 6), (x - 40, table - 6)],
            light.raw.paper if index % 2 else light.accent,
        )
        p.rect(x + 54, table - 22, 24, 34, light.warm if index % 2 == 0 else light.paper, radius=5)
