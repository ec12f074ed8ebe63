"""Knows the town seen from afar: the skyline by day and by night, and the village."""

from portal.demo.pictures import buildings, land
from portal.demo.pictures.canvas import HEIGHT, WIDTH, Plate
from portal.demo.pictures.curves import arc, smooth
from portal.demo.pictures.figures import passers, person
from portal.demo.pictures.palette import Colour, mix
from portal.demo.pictures.sky import sky


def _cathedral(p: Plate, x: float, base: float, h: float, stone: Colour) -> None:
    light = p.light
    roof = light.shade(light.cool, 0.25)
    p.rect(x - 60, base - h * 0.42, 330, h * 0.42, stone)
    p.poly(
        [(x - 60, base - h * 0.42), (x - 20, base - h * 0.62), (x + 240, base - h * 0.62), (x + 278, base - h * 0.42)],
        roof,
    )
    for bay in range(6):
        bx = x + 20 + bay * 42
        p.poly(
            [*arc(bx, base - h * 0.30, 9, 16, 180, 360, 10), (bx + 9, base - h * 0.12), (bx - 9, base - h * 0.12)],
            light.lamp if light.dark else light.pane,
        )
        p.poly(
            [(bx + 17, base), (bx + 17, base - h * 0.36), (bx + 25, base - h * 0.40), (bx + 25, base)],
            light.shade(stone, 0.4),
        )
    buildings.steeple(p, x - 92, base, 62, h, stone, roof)
    buildings.steeple(p, x - 18, base, 62, h * 0.94, light.shade(stone, 0.1), roof)
    p.disc(x - 55, base - h * 0.34, 17, light.lamp if light.dark else light.pane)


def _roofscape(p: Plate, base: float, low: float, high: float, distance: float) -> None:
    light, x = p.light, -30.0
    walls = (light.paper, light.gold, mix(light.warm, light.paper, 0.5), mix(light.cool, light.paper, 0.55))
    while x < WIDTH + 20:
        w = p.rng.uniform(80, 140)
        wall = light.far(p.rng.choice(walls), distance)
        buildings.house(
            p,
            x,
            base,
            w,
            p.rng.uniform(low, high),
            wall,
            light.far(p.rng.choice((light.warm, light.warm, light.shade(light.cool, 0.3))), distance),
            doors=False,
        )
        x += w - 2


def _arches(p: Plate, y: float, stone: Colour, span: float, rise: float, deck: float) -> None:
    """Throw a stone bridge across the whole width, its deck line at y."""
    light = p.light
    p.rect(0, y, WIDTH, rise + deck, stone)
    p.stipple_rect(0, y, WIDTH, rise + deck, light.shade(stone, 0.5), "up", 0.5)
    x = p.fx - span * 3.5
    while x < WIDTH + span:
        mouth = [*arc(x + span / 2, y + deck + rise, span * 0.42, rise * 0.94, 180, 360, 20)]
        p.poly(mouth, mix(light.cool, light.ink, 0.45))
        p.poly(
            [
                *arc(x + span / 2, y + deck + rise, span * 0.42, rise * 0.94, 180, 250, 12),
                (x + span * 0.36, y + deck + rise),
            ],
            mix(light.cool, light.sky[1], 0.35),
        )
        x += span
    p.rect(0, y - 14, WIDTH, 14, light.tint(stone, 0.25))
    p.rect(0, y, WIDTH, 5, light.shade(stone, 0.35))


def city(p: Plate) -> None:
    light, rng, fx = p.light, p.rng, p.fx
    quay = rng.uniform(690, 730)
    sky(p, quay - 100)
    land.backdrop(p, quay - 130, 2, 170)
    _roofscape(p, quay - 110, 60, 130, 0.45)
    stone = mix(light.gold, light.paper, 0.35)
    _cathedral(p, fx - 40, quay - 70, rng.uniform(430, 520), stone)
    land.grove(p, fx - 500, fx + 560, quay - 40, 80, mix(light.leaf, light.deep, 0.3), 10, "round")
    _roofscape(p, quay - 10, 70, 140, 0.06)
    p.rect(0, quay - 14, WIDTH, 60, light.shade(stone, 0.3))
    land.grove(p, -20, WIDTH, quay - 4, 74, light.leaf, 13, "round")
    land.water(p, quay + 30, HEIGHT, fx - rng.uniform(60, 260))
    if rng.random() < 0.6:
        _arches(p, quay + 66, mix(light.paper, light.warm, 0.22), rng.uniform(240, 300), 120, 26)
        passers(p, fx - 400, fx + 400, quay + 58, 74, rng.randint(4, 6))
        land.water(p, quay + 206, HEIGHT, fx - 160)
    else:
        for index in range(rng.randint(2, 3)):
            x, y = fx - 330 + index * 260 + rng.uniform(-60, 60), quay + 130 + index * 46
            p.poly(
                [(x - 60, y), (x + 74, y), (x + 50, y + 18), (x - 44, y + 18)], light.warm if index % 2 else light.paper
            )
            p.poly([(x, y - 8), (x, y - 112), (x + 62, y - 8)], light.paper)
            p.poly([(x - 6, y - 8), (x - 6, y - 92), (x - 44, y - 8)], light.accent)


def night_city(p: Plate) -> None:
    light, rng, fx = p.light, p.rng, p.fx
    quay = rng.uniform(740, 780)
    sky(p, quay, fx + rng.choice((-1, 1)) * rng.uniform(400, 470))
    land.hills(p, quay - 40, 120, light.far(light.deep, 0.35))
    for layer in range(2):
        x = -30.0
        while x < WIDTH:
            w, h = rng.uniform(70, 130), rng.uniform(150, 330) - layer * 70
            colour = mix(light.sky[2], light.raw.ink, 0.18 + 0.28 * layer)
            p.rect(x, quay - h, w, h, colour)
            buildings.windows(
                p, x + 10, quay - h + 14, w - 20, h - 30, 4, max(3, int(h / 30)), 0.5, lit=0.25 + 0.2 * layer
            )
            if rng.random() < 0.3:
                p.line([(x + w / 2, quay - h), (x + w / 2, quay - h - 46)], 3, colour)
            x += w + rng.uniform(-6, 14)
    x = fx - 330.0
    for _ in range(rng.randint(4, 5)):
        w, h = rng.uniform(110, 160), rng.uniform(300, 590)
        colour = mix(
            mix(light.raw.cool, light.raw.ink, 0.62), rng.choice((light.raw.deep, light.raw.warm, light.raw.cool)), 0.2
        )
        style = rng.randrange(3)
        buildings.block(p, x, quay, w, h, colour, 32)
        if style == 0:
            p.poly([(x, quay - h + 1), (x + w, quay - h - 52), (x + w, quay - h + 1)], colour)
        elif style == 1:
            p.poly(arc(x + w / 2, quay - h + 1, w / 2, 46, 180, 360), colour)
        else:
            p.rect(x + w * 0.2, quay - h - 34, w * 0.6, 36, colour)
            p.line([(x + w / 2, quay - h - 34), (x + w / 2, quay - h - 100)], 3, colour)
            p.disc(x + w / 2, quay - h - 102, 4, light.raw.warm)
        buildings.windows(
            p,
            x + 10,
            quay - h + 20,
            w - 20,
            h - 60,
            rng.randint(4, 6),
            int(h / 27),
            rng.choice((0.3, 0.5)),
            lit=rng.uniform(0.4, 0.7),
        )
        x += w + rng.uniform(24, 40)
    p.rect(0, quay - 8, WIDTH, 30, mix(light.raw.ink, light.raw.cool, 0.2))
    land.grove(p, -20, WIDTH, quay + 4, 60, mix(light.raw.leaf, light.raw.ink, 0.65), 18, "round")
    for index in range(9):
        buildings.lamp_post(p, index * 190 + rng.uniform(-20, 20), quay + 6, 92)
    deep = mix(light.raw.cool, light.raw.ink, 0.66)
    p.gradient(quay + 20, HEIGHT, (deep, mix(deep, light.raw.ink, 0.5)))
    for _ in range(46):
        x, long = rng.uniform(0, WIDTH), rng.uniform(40, 190)
        colour = rng.choice((light.lamp, light.lamp, light.raw.warm, light.raw.gold))
        w = rng.uniform(8, 26)
        for step in range(int(long / 11)):
            t = step / (long / 11)
            p.rect(
                x + rng.uniform(-7, 7), quay + 30 + step * 12, w * (1 - t * 0.5), 5, colour, 0.62 * (1 - t), radius=3
            )


def village(p: Plate) -> None:
    light, rng, fx = p.light, p.rng, p.fx
    horizon = rng.uniform(590, 640)
    sky(p, horizon)
    land.backdrop(p, horizon, 3, rng.uniform(170, 260))
    land.hills(p, horizon + 40, 60, light.far(light.ground, 0.2), 0.8, trees=10)
    base = horizon + 96
    buildings.steeple(
        p,
        fx + rng.uniform(-40, 40),
        base - 40,
        92,
        rng.uniform(390, 450),
        light.paper,
        rng.choice((light.deep, light.shade(light.cool, 0.3))),
        rng.random() < 0.4,
    )
    walls = (
        light.paper,
        mix(light.gold, light.paper, 0.35),
        mix(light.warm, light.paper, 0.6),
        light.tint(light.gold, 0.1),
    )
    for row in range(3):
        y, size = base - 36 + row * 52, 96 + row * 26
        count = 8 - row
        for index in range(count):
            x = fx + (index - count / 2) * size * 1.04 + rng.uniform(-12, 12)
            if rng.random() < 0.16:
                land.tree(
                    p,
                    x + size / 2,
                    y + 6,
                    size * rng.uniform(0.9, 1.3),
                    mix(light.leaf, light.deep, rng.random() * 0.6),
                    "round",
                )
                continue
            buildings.house(
                p,
                x,
                y,
                size * rng.uniform(0.86, 1.05),
                size * rng.uniform(0.55, 0.82),
                rng.choice(walls),
                light.shade(rng.choice((light.warm, light.warm, light.accent)), rng.uniform(0, 0.25)),
            )
    fields = base + 62
    land.ground(p, fields, light.ground)
    land.meadow_stripes(p, fields, fx + rng.uniform(-300, 300), (light.ground, light.shade(light.ground, 0.12)), 20)
    road = smooth([(fx - 10, fields), (fx + 60, fields + 60), (fx - 80, fields + 170), (fx + 40, HEIGHT + 60)], False)
    p.poly([*road, *reversed([(x + 36 + (y - fields) * 0.62, y) for x, y in road])], light.tint(light.gold, 0.5))
    land.grove(p, fx - 720, fx - 160, fields + 66, 120, mix(light.leaf, light.deep, 0.35), 6)
    land.grove(p, fx + 230, fx + 760, fields + 56, 120, mix(light.leaf, light.deep, 0.2), 6)
    person(p, fx + 96, fields + 150, 118, light.warm, "walk", rng.choice((-1, 1)))
    person(p, fx + 150, fields + 156, 110, light.cool, "walk", -1)
    land.tufts(p, HEIGHT - 140, HEIGHT, light.shade(light.leaf, 0.35), 40)
