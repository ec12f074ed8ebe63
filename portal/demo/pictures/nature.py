"""Knows the open country: forest, timber yard, river, vineyard, orchard, solar field and wind farm."""

from math import cos, radians, sin

from portal.demo.pictures import buildings, land
from portal.demo.pictures.canvas import HEIGHT, WIDTH, Plate
from portal.demo.pictures.curves import Point, between, blob, height_at, ridge, smooth
from portal.demo.pictures.figures import person
from portal.demo.pictures.palette import Colour, mix
from portal.demo.pictures.sky import birds, sky


def _hamlet(p: Plate, x: float, base: float, count: int, distance: float) -> None:
    """Set a church and its houses on a hill, pale with distance."""
    light = p.light
    roof, wall = light.far(light.warm, distance), light.far(light.paper, distance * 0.6)
    buildings.steeple(p, x + 20, base, 30, 150, wall, light.far(light.deep, distance))
    for index in range(count):
        hx, w = x + (index - count / 2) * 52, p.rng.uniform(50, 70)
        buildings.house(p, hx, base + p.rng.uniform(2, 10), w, p.rng.uniform(30, 44), wall, roof)


def forest(p: Plate) -> None:
    light, rng, fx = p.light, p.rng, p.fx
    floor = rng.uniform(760, 800)
    p.gradient(0, floor, light.sky)
    sun_x = fx + rng.uniform(-90, 90)
    p.glow(sun_x, 380, 480, light.sun, 0.85)
    p.disc(sun_x, 380, rng.uniform(88, 120), light.sun)
    conifers = rng.random() < 0.5
    tone = light.deep if rng.random() < 0.6 else light.leaf
    for layer in range(3):
        colour = light.far(tone, 0.74 - layer * 0.2)
        for index in range(15 - layer * 2):
            x = (index + rng.uniform(0, 1)) * WIDTH / (15 - layer * 2)
            if conifers:
                land.tree(p, x, floor + 10, rng.uniform(330, 560) + layer * 40, colour, "conifer")
            else:
                p.rect(x, -20, 15 + layer * 9, floor + 30, colour)
        line = ridge(rng, floor + layer * 24, 46, 2)
        p.poly([*line, (WIDTH + 20, HEIGHT), (-20, HEIGHT)], light.far(light.ground, 0.5 - layer * 0.18))
    path = smooth([(fx - 30, floor + 8), (fx + 60, floor + 60), (fx - 60, floor + 140), (fx + 120, HEIGHT + 40)], False)
    back = [(x + 40 + (y - floor) * 1.05, y) for x, y in path]
    p.poly([*path, *reversed(back)], light.tint(light.gold, 0.45))
    for ray in range(4):
        lean = (ray - 1.5) * 240 + rng.uniform(-40, 40)
        p.poly(
            [(sun_x - 26, 300), (sun_x + 26, 300), (sun_x + lean + 90, HEIGHT), (sun_x + lean - 60, HEIGHT)],
            light.sun,
            0.12,
        )
    person(p, fx + 34, floor + 96, 150, light.warm, "walk", rng.choice((-1, 1)))
    if rng.random() < 0.5:
        person(p, fx + 112, floor + 110, 138, light.gold, "walk", -1)
    bark = mix(light.deep, light.ink, 0.55)
    for x in (fx - 560, fx - 330, fx + 300, fx + 470, fx + 640):
        x += rng.uniform(-50, 50)
        w = rng.uniform(56, 92)
        trunk = [
            (x - w * 0.5, -20),
            (x + w * 0.5, -20),
            (x + w * 0.56, floor + 60),
            *smooth(
                [(x + w * 0.6, floor + 90), (x + w, floor + 190), (x - w, floor + 190), (x - w * 0.6, floor + 90)],
                False,
                5,
            ),
        ]
        p.poly(trunk, bark)
        p.stipple(trunk, light.tint(light.leaf, 0.1), "right", 0.5, 0.5)
        for side in (-1, 1):
            y = rng.uniform(140, 420)
            p.line(smooth([(x, y + 70), (x + side * w * 0.9, y), (x + side * w * 1.9, y - 50)], False), 15, bark)
    for _ in range(9):
        crown = blob(
            rng, rng.uniform(0, WIDTH), rng.uniform(-40, 90), rng.uniform(120, 220), rng.uniform(70, 130), 0.14
        )
        p.poly(crown, mix(light.leaf, light.deep, rng.uniform(0.2, 0.9)))
        if index % 2:
            p.stipple(crown, light.tint(light.leaf, 0.25), "right", 0.5, 0.8)
    land.tufts(p, floor + 150, HEIGHT, mix(light.leaf, light.ink, 0.45), 70)


def timber(p: Plate) -> None:
    light, rng, fx = p.light, p.rng, p.fx
    horizon = rng.uniform(640, 680)
    sky(p, horizon)
    land.backdrop(p, horizon, 2, 190)
    for layer in range(2):
        land.grove(
            p,
            -20,
            WIDTH + 20,
            horizon + 6 + layer * 16,
            210 - layer * 50,
            light.far(light.deep, 0.4 - layer * 0.25),
            30,
            "conifer",
        )
    land.ground(p, horizon + 10, light.ground)
    base, r = horizon + 160, rng.uniform(35, 42)
    wood, bark = light.tint(light.gold, 0.3), light.shade(light.warm, 0.5)

    def pile(x: float, y: float, columns: int, rows: int) -> None:
        length = 190
        edge = [
            (x - r, y),
            (x + columns * 2 * r - r, y),
            (x + columns * 2 * r - r + length, y - 70),
            (x + length * 0.4, y - 70),
        ]
        p.poly([(px + 90, py + 26) for px, py in edge], light.shadow, 0.25)
        for row in reversed(range(rows)):
            for col in reversed(range(columns - row)):
                cx, cy = x + col * 2 * r + row * r, y - r - row * r * 1.74
                p.line([(cx, cy), (cx + length, cy - 66)], r * 2, light.shade(bark, 0.12 + 0.3 * rng.random()))
        for row in range(rows):
            for col in range(columns - row):
                cx, cy = x + col * 2 * r + row * r, y - r - row * r * 1.74
                size, tone = r * rng.uniform(0.92, 1.0), mix(wood, light.warm, rng.uniform(0, 0.24))
                p.disc(cx, cy, size, bark)
                p.disc(cx, cy, size * 0.88, tone)
                for ring in (0.64, 0.40):
                    p.ring(cx + 1, cy + 1, size * ring, 2.2, light.shade(tone, 0.3))
                p.disc(cx + 1, cy + 1, size * 0.12, light.shade(tone, 0.4))

    columns = rng.randint(6, 8)
    pile(fx - 420, base - 30, columns, rng.randint(4, 5))
    if rng.random() < 0.7:
        pile(fx + 300, base + 40, rng.randint(4, 5), 3)
    person(p, fx + rng.uniform(170, 250), base + 64, 170, light.warm, rng.choice(("stand", "reach")), -1, light.gold)
    for plank in range(rng.randint(4, 6)):
        y = base + 92 - plank * 16
        p.poly([(fx - 330, y), (fx + 60, y), (fx + 90, y - 13), (fx - 300, y - 13)], light.tint(wood, 0.2))
        p.rect(fx - 330, y, 390, 10, light.shade(wood, 0.12 + 0.1 * (plank % 2)))
    land.tufts(p, base + 190, HEIGHT, light.shade(light.leaf, 0.4), 50)


def river(p: Plate) -> None:
    light, rng, fx = p.light, p.rng, p.fx
    horizon = rng.uniform(500, 560)
    sun_x = fx + rng.uniform(-60, 90)
    sky(p, horizon, sun_x)
    land.backdrop(p, horizon, 3, rng.uniform(180, 260))
    _hamlet(p, fx - rng.uniform(180, 330), horizon + 4, rng.randint(4, 6), 0.35)
    land.ground(p, horizon, light.ground)
    p.stipple_rect(0, horizon, WIDTH, 120, light.haze, "down", 0.5)
    bend = rng.choice((-1, 1)) * rng.uniform(0.8, 1.15)
    left = smooth(
        [
            (fx - 24, horizon),
            (fx - 130 * bend - 36, horizon + 60),
            (fx + 160 * bend - 130, horizon + 170),
            (fx - 60 * bend - 330, horizon + 360),
            (fx - 460, HEIGHT + 60),
        ],
        False,
    )
    right = smooth(
        [
            (fx + 24, horizon),
            (fx - 130 * bend + 46, horizon + 60),
            (fx + 160 * bend + 170, horizon + 170),
            (fx - 60 * bend + 400, horizon + 360),
            (fx + 560, HEIGHT + 60),
        ],
        False,
    )
    bed = [*left, *reversed(right)]
    p.poly(
        [
            *[(x - 14 - (y - horizon) * 0.05, y) for x, y in left],
            *reversed([(x + 14 + (y - horizon) * 0.05, y) for x, y in right]),
        ],
        light.tint(light.gold, 0.3),
    )
    p.poly(bed, mix(light.sky[1], light.cool, 0.5))
    p.stipple(bed, mix(light.cool, light.deep, 0.55), "up", 0.95)
    p.stipple(bed, light.sky[2], "down", 0.8, 0.5)
    for step in range(15):
        t = (step + 0.6) / 15
        index = min(int(t * len(left)), len(left) - 1)
        wide = right[index][0] - left[index][0]
        w = wide * rng.uniform(0.10, 0.34)
        x = left[index][0] + (wide - w) * rng.uniform(0.15, 0.8)
        p.rect(x, left[index][1], w, 2 + 6 * t, mix(light.sun, light.cool, 0.15), 0.7, radius=4)
    for edge, side in ((left, -1), (right, 1)):
        for index in range(7, len(edge), rng.randint(4, 5)):
            x, y = edge[index]
            tall = 26 + (y - horizon) * 0.42
            offset = side * (26 + (y - horizon) * 0.2 + rng.uniform(0, 90))
            land.shadow(p, x + offset, y, tall * 0.1, tall, 0.2)
            land.tree(
                p,
                x + offset,
                y,
                tall * rng.uniform(0.8, 1.2),
                mix(light.leaf, light.deep, rng.uniform(0, 0.8)),
                rng.choice(("round", "poplar")),
            )
    y = horizon + 250
    boat_x = fx + rng.uniform(-30, 60)
    p.poly(
        [(boat_x - 80, y + 12), (boat_x + 90, y + 12), (boat_x + 60, y + 36), (boat_x - 40, y + 36)], light.shadow, 0.3
    )
    p.poly(
        smooth(
            [
                (boat_x - 92, y - 20),
                (boat_x, y - 8),
                (boat_x + 104, y - 24),
                (boat_x + 70, y + 14),
                (boat_x - 62, y + 14),
            ],
            steps=8,
        ),
        light.warm,
    )
    person(p, boat_x + 6, y + 34, 120, light.paper, "sit", 1, cast=False)
    p.poly([(boat_x - 66, y + 2), (boat_x + 80, y), (boat_x + 66, y + 16), (boat_x - 58, y + 16)], light.warm)
    land.tufts(p, HEIGHT - 150, HEIGHT, light.shade(light.leaf, 0.45), 46)


def _vine_rows(p: Plate, top: list[Point], vanish: float, colours: tuple[Colour, Colour], count: int) -> None:
    light = p.light
    for index in range(count):
        x0 = vanish + (index - count / 2) * 22
        x1 = vanish + (index - count / 2) * 200
        y0 = height_at(top, x0) + 2
        far, near = (x0, y0), (x1, HEIGHT + 60)
        lean = 1 if x1 > vanish else -1
        width = 70
        p.poly([far, (x0 + 8, y0), (x1 + width, near[1]), (x1 - width * 0.3, near[1])], colours[0])
        p.poly([(x0 + 8, y0), (x0 + 10, y0), (x1 + width + 40, near[1]), (x1 + width, near[1])], light.shadow, 0.22)
        for step in range(3, 26):
            t = (step / 26) ** 1.7
            x, y = between(far, near, t)
            size = 4 + 46 * t
            if y > HEIGHT + 40 or not -60 < x < WIDTH + 60:
                continue
            if step % 4 == 0:
                p.line([(x + size * 0.3, y), (x + size * 0.3, y - size * 1.5)], 1 + 4 * t, light.shade(light.warm, 0.5))
            p.disc(
                x + size * 0.3 * lean,
                y - size * 0.5,
                size * 0.86,
                mix(colours[1], light.gold, p.rng.uniform(0, 0.25)),
                ry=size * 0.66,
            )


def vineyard(p: Plate) -> None:
    light, rng, fx = p.light, p.rng, p.fx
    horizon = rng.uniform(500, 560)
    sky(p, horizon)
    land.backdrop(p, horizon, rng.randint(2, 3), rng.uniform(150, 240))
    _hamlet(p, fx + rng.uniform(60, 200), horizon - 6, rng.randint(5, 7), 0.25)
    top = ridge(rng, horizon + 40, rng.uniform(50, 90), 0.9)
    soil = mix(light.gold, light.warm, 0.28)
    body = [*top, (WIDTH + 20, HEIGHT), (-20, HEIGHT)]
    p.poly(body, soil)
    p.stipple(body, light.haze, "down", 0.6, 0.4)
    _vine_rows(p, top, fx + rng.uniform(-60, 60), (light.shade(light.leaf, 0.35), light.leaf), rng.randint(17, 21))
    x = fx + rng.uniform(-90, -30)
    person(p, x, horizon + 350, 190, light.warm, "reach", 1)
    p.poly(
        [(x + 66, horizon + 350), (x + 72, horizon + 310), (x + 128, horizon + 310), (x + 134, horizon + 350)],
        light.shade(light.gold, 0.35),
    )
    for _ in range(9):
        p.disc(
            x + rng.uniform(78, 124),
            horizon + rng.uniform(298, 312),
            9,
            light.second if light.second != light.leaf else light.deep,
        )


def orchard(p: Plate) -> None:
    light, rng, fx = p.light, p.rng, p.fx
    horizon = rng.uniform(560, 610)
    sky(p, horizon)
    land.backdrop(p, horizon, 2, 150)
    _hamlet(p, fx - rng.uniform(120, 260), horizon + 2, 4, 0.4)
    land.ground(p, horizon, light.ground)
    land.meadow_stripes(p, horizon, fx, (light.ground, light.tint(light.ground, 0.12)), 22)
    fruit = mix(light.gold, light.raw.gold, 0.5) if rng.random() < 0.6 else light.warm
    blossom = rng.random() < 0.3
    leafy = light.tint(light.warm, 0.62) if blossom else light.leaf

    def apple(x: float, y: float, h: float) -> None:
        land.shadow(p, x - h * 0.1, y, h * 0.5, h * 0.9, 0.24)
        p.line(
            smooth([(x, y), (x + h * 0.02, y - h * 0.3), (x - h * 0.02, y - h * 0.5)], False),
            h * 0.07,
            light.shade(light.warm, 0.6),
        )
        for side in (-1, 1):
            p.line(
                smooth(
                    [(x, y - h * 0.28), (x + side * h * 0.12, y - h * 0.42), (x + side * h * 0.2, y - h * 0.55)], False
                ),
                h * 0.04,
                light.shade(light.warm, 0.6),
            )
        for cx, cy, size in ((-0.2, 0.6, 0.24), (0.22, 0.58, 0.24), (0.0, 0.74, 0.28)):
            crown = blob(rng, x + cx * h, y - cy * h, size * h * 1.1, size * h * 0.92, 0.07)
            p.poly(crown, mix(leafy, light.ink, 0.1 if cx > 0 else 0.0))
            p.stipple(crown, light.shade(leafy, 0.5), "left", 0.75, 0.8)
        for _ in range(15 if h > 200 else 8):
            angle, reach = radians(rng.uniform(0, 360)), rng.uniform(0.05, 0.34) * h
            p.disc(
                x + reach * 1.2 * cos(angle),
                y - h * 0.66 + reach * 0.75 * sin(angle),
                h * 0.026,
                light.paper if blossom else fruit,
            )

    for row in range(4):
        t = row / 3
        y, h = horizon + 26 + 250 * t**1.6, 96 + 300 * t**1.5
        for lane in range(1, 5):
            for side in (-1, 1):
                x = fx + side * (40 + (lane - 0.4) * (90 + 330 * t**1.4))
                if -200 < x < WIDTH + 200 and (row < 3 or lane < 3):
                    apple(x + rng.uniform(-12, 12), y, h * rng.uniform(0.92, 1.06))
    y = horizon + 320
    lx = fx - 150
    for rail in (0, 40):
        p.line([(lx + rail, y), (lx - 66 + rail * 0.6, y - 270)], 8, light.shade(light.gold, 0.3))
    for rung in range(1, 8):
        x = lx - rung * 8.4
        p.line([(x, y - rung * 33), (x + 40 - rung * 2, y - rung * 33)], 6, light.shade(light.gold, 0.3))
    person(p, fx + 10, y + 26, 200, light.cool if light.cool != light.accent else light.warm, "reach", -1)
    for index in range(rng.randint(2, 3)):
        x = fx + 90 + index * 84
        p.poly(
            [(x, y + 40), (x + 70, y + 40), (x + 64, y + 84), (x + 6, y + 84)],
            light.shade(light.gold, 0.3 + 0.08 * index),
        )
        for spot in range(7):
            p.disc(x + 8 + spot * 9, y + 38 - spot % 2 * 7, 9, fruit)
    land.tufts(p, HEIGHT - 120, HEIGHT, light.shade(light.leaf, 0.4), 46)
    birds(p, fx + 240, 300, 4)
