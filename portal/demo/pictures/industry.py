"""Knows heavy places: the factory, the steelworks and the warehouse."""

from portal.demo.pictures import buildings, land
from portal.demo.pictures.canvas import HEIGHT, WIDTH, Plate
from portal.demo.pictures.curves import arc, between, smooth
from portal.demo.pictures.figures import person
from portal.demo.pictures.palette import Colour, mix
from portal.demo.pictures.sky import sky
from portal.demo.pictures.vehicles import lorry


def _yard(p: Plate, y: float) -> None:
    light = p.light
    tarmac = mix(light.cool, light.ground, 0.55) if p.rng.random() < 0.5 else mix(light.gold, light.paper, 0.35)
    land.ground(p, y, light.shade(tarmac, 0.06))
    lane = y + (HEIGHT - y) * 0.62
    p.rect(0, lane, WIDTH, 5, light.paper, 0.6)
    for index in range(9):
        p.poly(
            [
                (index * 210 - 40, lane + 70),
                (index * 210 + 60, lane + 70),
                (index * 210 + 48, lane + 80),
                (index * 210 - 56, lane + 80),
            ],
            light.paper,
            0.75,
        )


def factory(p: Plate) -> None:
    light, rng, fx = p.light, p.rng, p.fx
    horizon = rng.uniform(690, 740)
    sky(p, horizon)
    land.backdrop(p, horizon, rng.randint(2, 3), rng.uniform(90, 190))
    land.grove(p, -20, WIDTH, horizon + 2, 56, light.far(light.leaf, 0.3), 26)
    _yard(p, horizon)
    wall, low = light.accent, mix(light.paper, light.second, 0.25)
    base = horizon + 42
    for index in range(rng.randint(1, 3)):
        x = fx + 190 + index * rng.uniform(78, 105)
        buildings.stack(
            p,
            x,
            base - 60,
            50,
            rng.uniform(360, 520),
            mix(light.warm, light.shadow, 0.12 + 0.1 * index),
            2,
            smoke=index == 0,
        )
    tall = rng.uniform(210, 290)
    buildings.block(p, fx + 60, base - 20, 300, tall, light.shade(low, 0.05), 70, cast=tall)
    buildings.windows(p, fx + 190, base - tall + 6, 150, tall - 60, 3, 4, 0.35)
    teeth = rng.randint(3, 5)
    buildings.sawtooth(p, fx - 430, base, 560, rng.uniform(150, 180), teeth, wall, 60)
    buildings.windows(p, fx - 410, base - 118, 380, 64, teeth * 3, 1, 0.18)
    p.rect(fx + 10, base - 96, 84, 96, light.shade(wall, 0.65))
    for slat in range(6):
        p.rect(fx + 10, base - 92 + slat * 16, 84, 3, light.shade(wall, 0.35))
    if rng.random() < 0.6:
        for index in range(2):
            x = fx - 560 + index * 62
            silo = [(x, base), *arc(x + 27, base - 188, 27, 24, 180, 360), (x + 54, base)]
            p.poly(silo, light.tint(light.cool, 0.4))
            p.stipple(silo, light.shade(light.cool, 0.6), "left", 0.8)
    lorry(
        p,
        fx - 320 + rng.uniform(-60, 140),
        base + rng.uniform(105, 130),
        rng.uniform(115, 132),
        light.paper,
        light.second,
    )
    for _ in range(rng.randint(1, 3)):
        person(
            p,
            fx + rng.uniform(120, 340),
            base + rng.uniform(36, 80),
            92,
            light.gold,
            rng.choice(("walk", "stand")),
            rng.choice((-1, 1)),
            light.paper,
        )


def _furnace(p: Plate, x: float, base: float, h: float, iron: Colour, glow: Colour) -> None:
    light = p.light
    shell = [
        (x - 82, base),
        (x - 96, base - h * 0.34),
        (x - 62, base - h * 0.62),
        (x - 40, base - h * 0.74),
        (x + 40, base - h * 0.74),
        (x + 62, base - h * 0.62),
        (x + 96, base - h * 0.34),
        (x + 82, base),
    ]
    p.poly(shell, iron)
    p.stipple(shell, light.shade(iron, 0.7), "left", 0.8)
    for level in (0.34, 0.46, 0.62, 0.74, 0.86):
        half = 118 - level * 50
        p.rect(x - half, base - h * level - 5, half * 2, 9, light.ink)
        for post in range(7):
            px = x - half + post * half / 3
            p.line([(px, base - h * level), (px, base - h * level - 22)], 2, light.ink)
        p.line([(x - half, base - h * level - 22), (x + half, base - h * level - 22)], 2, light.ink)
    uptakes = [(x - 34, base - h * 0.72), (x - 34, base - h * 0.95), *arc(x, base - h * 0.95, 34, 44, 180, 360)]
    p.stroke([*uptakes, (x + 34, base - h * 0.95), (x + 34, base - h * 0.72)], 15, iron)
    p.stroke(
        smooth(
            [
                (x + 6, base - h * 1.03),
                (x + 66, base - h * 1.0),
                (x + 128, base - h * 0.66),
                (x + 150, base - h * 0.32),
            ],
            False,
        ),
        22,
        light.shade(iron, 0.25),
    )
    p.glow(x, base - 18, 190, glow, 0.75)
    p.poly([*arc(x, base - 34, 36, 40, 180, 360), (x + 36, base), (x - 36, base)], mix(glow, light.raw.paper, 0.45))


def steelworks(p: Plate) -> None:
    light, rng, fx = p.light, p.rng, p.fx
    horizon = rng.uniform(720, 770)
    sky(p, horizon, fx - rng.uniform(240, 420))
    land.backdrop(p, horizon, 2, 120)
    far = light.far(light.cool, 0.45)
    x = -30.0
    while x < WIDTH:
        w, h = rng.uniform(60, 170), rng.uniform(40, 150)
        p.rect(x, horizon - h, w, h + 4, far)
        if rng.random() < 0.35:
            p.rect(x + w * 0.4, horizon - h - 150, 16, 160, far)
        x += w * 0.95
    glow = mix(light.raw.warm, light.raw.gold, 0.55)
    iron = mix(light.accent, light.ink, 0.35)
    dark = mix(light.cool, light.ink, 0.6)
    land.ground(p, horizon, mix(light.ground, light.ink, 0.45))
    base = horizon + 36
    for index in range(rng.randint(2, 3)):
        buildings.stack(
            p,
            fx + 330 + index * 84,
            base,
            44,
            rng.uniform(420, 600),
            mix(light.warm, light.ink, 0.25),
            2,
            smoke=index == 0,
        )
    h = rng.uniform(470, 560)
    belt = [(fx - 560, base - 40), (fx - 20, base - h * 0.93)]
    for leg in (0.2, 0.45, 0.7):
        lx, ly = between(belt[0], belt[1], leg)
        p.line([(lx - 22, base), (lx, ly), (lx + 22, base)], 7, dark)
    p.line(belt, 34, dark)
    p.line([(belt[0][0], belt[0][1] - 9), (belt[1][0], belt[1][1] - 9)], 5, light.tint(dark, 0.35))
    _furnace(p, fx, base, h, iron, glow)
    stoves = rng.randint(3, 4)
    for index in range(stoves):
        sx, tall = fx + 118 + index * 66, h * 0.62
        colour = mix(iron, light.paper, 0.18)
        stove = [(sx, base), *arc(sx + 28, base - tall, 28, 34, 180, 360), (sx + 56, base)]
        p.poly(stove, colour)
        p.stipple(stove, light.shade(colour, 0.7), "left", 0.85)
        p.rect(sx + 8, base - tall, 5, tall - 20, light.tint(colour, 0.3), radius=2)
        p.rect(sx - 3, base - tall * 0.72, 62, 6, light.ink)
    buildings.block(p, fx - 420, base + 8, 330, 150, mix(light.second, light.ink, 0.4), 40, cast=120)
    buildings.windows(p, fx - 405, base - 120, 300, 50, 9, 1, 0.25, lit=0.7)
    rails = base + 96
    for offset in (0, 26):
        p.line([(-10, rails + offset), (WIDTH + 10, rails + offset)], 5, light.tint(light.cool, 0.3))
    for index in range(rng.randint(3, 5)):
        lx = fx - 300 + index * 128
        p.poly([(lx, rails - 62), (lx + 108, rails - 62), (lx + 92, rails - 8), (lx + 16, rails - 8)], light.ink)
        p.poly(
            [(lx + 8, rails - 62), (lx + 100, rails - 62), (lx + 88, rails - 50), (lx + 20, rails - 50)],
            glow if index % 2 == 0 else mix(glow, light.ink, 0.5),
        )
        for spot in (30, 78):
            p.disc(lx + spot, rails - 2, 11, light.ink)
    p.glow(fx - 40, rails - 50, 260, glow, 0.28)


def warehouse(p: Plate) -> None:
    light, rng, fx = p.light, p.rng, p.fx
    horizon = rng.uniform(640, 690)
    sky(p, horizon)
    land.backdrop(p, horizon, 2, 120)
    land.grove(p, -20, WIDTH, horizon + 2, 64, light.far(light.leaf, 0.25), 22)
    _yard(p, horizon)
    base, h = horizon + 62, rng.uniform(250, 310)
    left, width = fx - 620, 1060
    wall = mix(light.second, light.paper, 0.35)
    buildings.block(p, left, base, width, h, wall, 180, cast=220)
    for rib in range(38):
        p.rect(left + rib * 28, base - h, 2, h, light.shadow, 0.14)
    p.rect(left, base - h, width, 46, light.accent)
    p.poly(
        [
            (left + width, base - h),
            (left + width + 180, base - h + 29),
            (left + width + 180, base - h + 68),
            (left + width, base - h + 46),
        ],
        light.shade(light.accent, 0.42),
    )
    sign = left + rng.uniform(80, 200)
    for index, long in enumerate((90, 150, 60)):
        p.rect(sign + sum((110, 170, 80)[:index]), base - h + 17, long, 12, light.paper)
    doors = rng.randint(5, 6)
    pitch = (width - 120) / doors
    for index in range(doors):
        x = left + 70 + index * pitch
        p.rect(x - 9, base - 158, 128, 158, light.ink)
        opened = rng.random() < 0.35
        p.rect(x, base - 148, 110, 148, light.lamp if opened else light.tint(light.cool, 0.45))
        for slat in range(6):
            p.rect(x, base - 148 + slat * (9 if opened else 24), 110, 3, light.shade(light.cool, 0.4))
        if opened:
            p.rect(x + 22, base - 48, 40, 48, light.shade(light.gold, 0.3))
            p.rect(x + 56, base - 84, 36, 84, light.shade(light.gold, 0.15))
        p.rect(x + 42, base - 182, 26, 15, light.paper)
    for index in range(rng.randint(2, 3)):
        lorry(
            p,
            fx - 470 + index * 345 + rng.uniform(-24, 24),
            base + 118 + index % 2 * 62,
            142,
            rng.choice((light.paper, light.tint(light.gold, 0.2))),
            light.accent if index % 2 else light.second,
        )
    person(p, fx + rng.uniform(-60, 180), base + 56, 98, light.gold, "walk", rng.choice((-1, 1)), light.paper)
