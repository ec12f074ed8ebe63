"""Knows the street: offices, market, shop front and school."""

from portal.demo.pictures import buildings, land
from portal.demo.pictures.canvas import HEIGHT, WIDTH, Plate
from portal.demo.pictures.curves import arc, blob, smooth
from portal.demo.pictures.figures import coat, passers, person
from portal.demo.pictures.palette import mix
from portal.demo.pictures.sky import sky


def offices(p: Plate) -> None:
    light, rng, fx = p.light, p.rng, p.fx
    horizon = rng.uniform(760, 800)
    sky(p, horizon)
    land.backdrop(p, horizon, 2, 190)
    x = -20.0
    while x < WIDTH:
        w, h = rng.uniform(90, 170), rng.uniform(90, 260)
        p.rect(x, horizon - h, w, h, light.far(light.cool, 0.55))
        x += w + rng.uniform(-4, 24)
    plaza = land.ground(p, horizon, mix(light.paper, light.gold, 0.22))
    for line in range(-7, 8):
        p.line([(fx + line * 90, horizon), (fx + line * 420, HEIGHT + 40)], 3, light.shade(plaza, 0.12))
    base = horizon + 30
    glass = mix(light.cool, light.paper, 0.15)
    for index, (dx, w, h) in enumerate(
        ((-370, 210, rng.uniform(310, 430)), (150, 220, rng.uniform(350, 470)), (-130, 270, rng.uniform(520, 600)))
    ):
        colour = (light.second, light.accent, glass)[index]
        buildings.block(p, fx + dx, base + index * 4, w, h, colour, 62, cast=h * 0.7)
        p.rect(fx + dx + 10, base + index * 4 - h + 12, w - 20, h - 70, light.pane)
        cols, rows = w // 34, int(h / 40)
        buildings.windows(p, fx + dx + 10, base + index * 4 - h + 12, w - 20, h - 70, int(cols), rows, 0.14)
        sheen = [
            (fx + dx + 10, base - h * 0.42),
            (fx + dx + w * 0.6, base + index * 4 - h + 12),
            (fx + dx + w * 0.86, base + index * 4 - h + 12),
            (fx + dx + 10, base - h * 0.18),
        ]
        p.poly(sheen, light.paper, 0.16)
        p.rect(fx + dx + w * 0.36, base + index * 4 - 52, w * 0.28, 52, light.lamp if light.dark else light.ink)
        p.rect(fx + dx + w * 0.28, base + index * 4 - 62, w * 0.44, 10, light.paper)
        if rng.random() < 0.6:
            for bush in range(4):
                p.poly(blob(rng, fx + dx + 24 + bush * (w - 48) / 3, base + index * 4 - h - 8, 24, 18), light.leaf)
    for side in (-1, 1):
        for index in range(2):
            tx = fx + side * (420 + index * 150) + rng.uniform(-20, 20)
            land.shadow(p, tx - 12, base + 50 + index * 40, 26, 180)
            land.tree(
                p,
                tx,
                base + 50 + index * 40,
                rng.uniform(200, 270),
                mix(light.leaf, light.gold, rng.uniform(0, 0.4)),
                "round",
            )
    passers(p, fx - 340, fx + 360, base + 104, 136, rng.randint(4, 6))


def market(p: Plate) -> None:
    light, rng, fx = p.light, p.rng, p.fx
    base = rng.uniform(700, 740)
    sky(p, base)
    buildings.steeple(
        p,
        fx + rng.choice((-1, 1)) * rng.uniform(90, 240),
        base,
        96,
        rng.uniform(560, 620),
        light.far(light.paper, 0.3),
        light.far(light.shade(light.cool, 0.2), 0.3),
    )
    start = rng.uniform(-90, -20)
    buildings.row_of_houses(p, start, WIDTH + 80, base, 230, 360)
    p.rect(0, base - 360, WIDTH, 360, light.haze, 0.22)
    square = land.ground(p, base, mix(light.paper, light.gold, 0.3))
    for row in range(9):
        y = base + 10 + row * row * 5.5
        for col in range(24):
            p.rect(col * 72 + (row % 2) * 36 - 30, y, 44, 3 + row * 0.4, light.shade(square, 0.15), radius=2)
    colours = [light.warm, light.cool, light.gold, light.deep, light.leaf]
    rng.shuffle(colours)
    passers(p, fx - 520, fx + 520, base + 60, 150, rng.randint(3, 5))
    wide, count = rng.uniform(300, 350), 3
    for index in range(-1, count + 1):
        x, y = fx + (index - count / 2) * (wide + 40), base + 150 + index % 2 * 22
        p.poly([(x, y + 40), (x + wide, y + 40), (x + wide + 170, y + 82), (x + 170, y + 82)], light.shadow, 0.26)
        for post in (14, wide - 20):
            p.rect(x + post, y - 220, 8, 262, light.shade(light.warm, 0.55))
        if -1 < index < count:
            person(
                p,
                x + wide * rng.uniform(0.35, 0.65),
                y + 62,
                212,
                coat(p),
                rng.choice(("stand", "reach")),
                rng.choice((-1, 1)),
                cast=False,
            )
        p.rect(x + 4, y - 44, wide - 8, 86, light.shade(light.gold, 0.38))
        p.rect(x + 4, y - 44, wide - 8, 10, light.tint(light.gold, 0.2))
        for crate in range(4):
            cx, w = x + 12 + crate * (wide - 20) / 4, (wide - 20) / 4 - 8
            fruit = rng.choice((light.warm, light.gold, light.leaf, light.tint(light.leaf, 0.4), light.second))
            for line in range(2):
                for piece in range(5):
                    p.disc(
                        cx + w * (piece + 0.5 + 0.3 * line) / 5.4,
                        y - 46 - line * 11,
                        w / 9,
                        mix(fruit, light.ink, 0.12 * ((piece + line) % 2)),
                    )
            p.rect(cx, y - 44, w, 34, light.shade(light.gold, 0.2))
            p.rect(cx, y - 29, w, 4, light.shade(light.gold, 0.45))
        buildings.awning(p, x, y - 290, wide, 74, colours[index % len(colours)], 9)
    for index in range(2):
        person(
            p,
            fx - 150 + index * 230 + rng.uniform(-50, 50),
            base + 268,
            230,
            coat(p),
            rng.choice(("walk", "back")),
            rng.choice((-1, 1)),
        )


def shop(p: Plate) -> None:
    light, rng, fx = p.light, p.rng, p.fx
    base = 850.0
    wall = rng.choice(
        (
            light.paper,
            mix(light.gold, light.paper, 0.3),
            mix(light.warm, light.paper, 0.55),
            mix(light.cool, light.paper, 0.5),
        )
    )
    p.gradient(0, base, (light.tint(wall, 0.2), wall))
    front = light.accent if light.accent != light.gold else light.deep
    for storey in range(2):
        for col in range(-2, 3):
            x, y = fx + col * 250 - 58, 250.0 - storey * 330
            p.rect(x - 14, y - 14, 144, 196, light.tint(wall, 0.5))
            buildings.windows(p, x, y, 116, 164, 2, 2, 0.08, lit=0.5 if light.dark else 0.0)
            for shutter in (-62, 130):
                p.rect(x + shutter, y - 8, 48, 180, front)
                for slat in range(9):
                    p.rect(x + shutter + 6, y + 4 + slat * 18, 36, 4, light.shade(front, 0.35))
            if rng.random() < 0.55:
                p.rect(x - 8, y + 164, 132, 22, light.shade(light.warm, 0.4))
                for leaf in range(6):
                    p.poly(blob(rng, x + leaf * 24, y + 158, 19, 17), mix(light.leaf, light.deep, rng.random() * 0.5))
                    p.disc(x + leaf * 24 + 6, y + 148, 5, light.gold if leaf % 2 else light.warm)
    p.poly([(0, 0), (fx - 300, 0), (fx - 900, base), (0, base)], light.shadow, 0.12)
    left, wide = fx - 400, 800
    p.rect(left - 26, base - 392, wide + 52, 392, front)
    p.rect(left - 26, base - 392, wide + 52, 66, light.shade(front, 0.25))
    for index, stroke in enumerate((150, 60, 110)):
        p.rect(
            fx - 185 + sum((170, 80, 130)[:index]),
            base - 368,
            stroke,
            18,
            light.gold if front != light.gold else light.paper,
            radius=9,
        )
    glow = light.lamp if light.dark else mix(light.gold, light.paper, 0.62)
    door = fx + rng.choice((-66, 190))
    panes: list[tuple[float, float]] = [(left + 14, door - 24 - left - 14), (door + 156, left + wide - 14 - door - 156)]
    for x, w in panes:
        if w < 60:
            continue
        p.rect(x, base - 316, w, 252, glow)
        p.stipple_rect(x, base - 316, w, 252, light.shade(glow, 0.4), "down", 0.6)
        for shelf in range(2):
            y = base - 150 + shelf * 84
            p.rect(x, y, w, 8, light.shade(light.warm, 0.4))
            item = x + 14
            while item < x + w - 40:
                iw, ih = rng.uniform(20, 44), rng.uniform(26, 66)
                colour = rng.choice((light.warm, light.cool, light.deep, light.leaf, light.second))
                if rng.random() < 0.4:
                    p.poly(
                        smooth(
                            [
                                (item, y),
                                (item, y - ih * 0.55),
                                (item + iw * 0.36, y - ih),
                                (item + iw * 0.64, y - ih),
                                (item + iw, y - ih * 0.55),
                                (item + iw, y),
                            ],
                            False,
                            4,
                        ),
                        colour,
                    )
                else:
                    p.rect(item, y - ih, iw, ih, colour, radius=4)
                item += iw + rng.uniform(8, 22)
        p.poly(
            [
                (x + w * 0.1, base - 64),
                (x + w * 0.5, base - 316),
                (x + w * 0.72, base - 316),
                (x + w * 0.32, base - 64),
            ],
            light.paper,
            0.2,
        )
    p.rect(door, base - 316, 132, 316, light.shade(front, 0.5))
    p.rect(door + 14, base - 300, 104, 200, glow)
    p.disc(door + 112, base - 80, 6, light.gold)
    buildings.awning(
        p,
        left - 10,
        base - 330,
        wide + 20,
        92,
        light.second if light.second != front else light.warm,
        rng.choice((11, 13, 15)),
        20,
    )
    pavement = mix(light.paper, light.cool, 0.3)
    p.rect(0, base, WIDTH, HEIGHT - base, pavement)
    p.stipple_rect(0, base, WIDTH, HEIGHT - base, light.shade(pavement, 0.5), "up", 0.6)
    for slab in range(-8, 9):
        p.line([(fx + slab * 120, base), (fx + slab * 190, HEIGHT + 20)], 2.4, light.shade(pavement, 0.2))
    for side in (-1, 1):
        x = fx + side * rng.uniform(455, 490)
        p.poly(
            [(x - 34, base - 56), (x + 34, base - 56), (x + 26, base + 24), (x - 26, base + 24)],
            light.shade(light.warm, 0.2),
        )
        land.tree(p, x, base - 30, 190, light.leaf, rng.choice(("round", "poplar")))
    person(p, door + rng.uniform(40, 90), base + 40, 250, coat(p), "stand", 1)
    person(p, fx + rng.choice((-1, 1)) * rng.uniform(240, 330), base + 84, 262, coat(p), "walk", rng.choice((-1, 1)))


def school(p: Plate) -> None:
    light, rng, fx = p.light, p.rng, p.fx
    horizon = rng.uniform(730, 760)
    sky(p, horizon)
    land.backdrop(p, horizon, 2, 170)
    land.ground(p, horizon, mix(light.paper, light.gold, 0.35))
    base, wide, h = horizon + 40, 720, rng.uniform(250, 290)
    wall, roof = (
        rng.choice((light.warm, mix(light.gold, light.paper, 0.3), light.accent)),
        light.shade(light.cool, 0.35),
    )
    x = fx - wide / 2
    buildings.block(p, x, base, wide, h, wall, 60, cast=250)
    top = [
        (x - 16, base - h + 4),
        (x + 50, base - h - 92),
        (x + wide - 30, base - h - 92),
        (x + wide + 40, base - h + 4),
    ]
    p.poly(top, roof)
    p.stipple(top, light.shade(roof, 0.6), "up", 0.6)
    for row in range(2):
        p.rect(x, base - h + 112 + row * 120 - 118, wide, 6, light.paper)
        buildings.windows(p, x + 16, base - h + 18 + row * 118, wide / 2 - 110, 84, 4, 1, 0.3)
        buildings.windows(p, fx + 92, base - h + 18 + row * 118, wide / 2 - 110, 84, 4, 1, 0.3)
    p.rect(fx - 86, base - h - 60, 172, h + 60, light.tint(wall, 0.16))
    p.poly([(fx - 104, base - h - 58), (fx, base - h - 150), (fx + 104, base - h - 58)], light.shade(roof, 0.2))
    p.poly([(fx, base), (fx, base - h - 150), (fx + 86, base - h - 74), (fx + 86, base)], light.shadow, 0.12)
    p.rect(fx - 26, base - h - 216, 52, 84, light.paper)
    p.poly([(fx - 38, base - h - 214), (fx, base - h - 276), (fx + 38, base - h - 214)], roof)
    p.disc(fx, base - h - 20, 34, light.paper)
    p.line([(fx, base - h - 20), (fx, base - h - 44)], 4, light.ink)
    p.line([(fx, base - h - 20), (fx + 16, base - h - 12)], 4, light.ink)
    buildings.windows(p, fx - 66, base - h + 34, 132, 90, 3, 1, 0.3)
    p.poly([*arc(fx, base - 74, 42, 42, 180, 360), (fx + 42, base), (fx - 42, base)], light.shade(light.deep, 0.3))
    for step in range(3):
        p.rect(fx - 70 - step * 12, base + step * 9, 140 + step * 24, 9, light.tint(light.cool, 0.5 - step * 0.12))
    for side in (-1, 1):
        tx = fx + side * rng.uniform(420, 480)
        land.shadow(p, tx - 14, base + 60, 28, 260)
        land.tree(p, tx, base + 60, rng.uniform(300, 390), mix(light.leaf, light.gold, rng.uniform(0, 0.5)), "round")
    for index in range(rng.randint(5, 7)):
        px, py, tall = (
            fx - 330 + index * 118 + rng.uniform(-30, 30),
            base + 84 + rng.uniform(0, 80),
            rng.uniform(104, 140),
        )
        facing = rng.choice((-1, 1))
        person(p, px, py, tall, coat(p), rng.choice(("walk", "walk", "stand", "reach")), facing)
        p.rect(
            px - facing * tall * 0.1 - tall * 0.07,
            py - tall * 0.78,
            tall * 0.14,
            tall * 0.26,
            light.accent if index % 2 else light.warm,
            radius=6,
        )
