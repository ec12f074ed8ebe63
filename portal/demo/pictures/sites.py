"""Knows land that is changing: the building site and the brownfield."""

from portal.demo.pictures import buildings, land
from portal.demo.pictures.canvas import HEIGHT, WIDTH, Plate
from portal.demo.pictures.curves import arc, smooth
from portal.demo.pictures.figures import person
from portal.demo.pictures.palette import Colour, mix
from portal.demo.pictures.sky import sky


def _crane(p: Plate, x: float, base: float, h: float, jib: float, colour: Colour) -> None:
    """Raise a tower crane whose jib reaches left when negative."""
    light, top, f = p.light, base - h, 1 if jib > 0 else -1
    for side in (-11, 11):
        p.line([(x + side, base), (x + side, top)], 5, colour)
    steps = int(h / 24)
    for step in range(steps):
        y, turn = base - step * 24, 11 if step % 2 else -11
        p.line([(x - turn, y), (x + turn, y - 24)], 2.6, colour)
    p.line([(x - f * 110, top), (x + jib, top)], 6, colour)
    p.line([(x, top - 24), (x + jib * 0.94, top - 16)], 3.4, colour)
    for step in range(int(abs(jib) / 26)):
        px = x + f * step * 26
        p.line([(px, top), (px + f * 13, top - 20), (px + f * 26, top)], 2.2, colour)
    p.line([(x - f * 104, top), (x, top - 74), (x + jib * 0.7, top - 16)], 2.6, colour)
    p.poly([(x - 12, top), (x, top - 76), (x + 12, top)], colour)
    p.rect(x + f * 8 - (0 if f > 0 else 30), top + 2, 30, 34, light.paper)
    p.rect(x - f * 110 - (34 if f > 0 else 0), top - 6, 40, 42, light.shade(light.cool, 0.4))
    hook = x + jib * p.rng.uniform(0.5, 0.85)
    drop = top + p.rng.uniform(80, 170)
    p.line([(hook, top), (hook, drop)], 2.2, light.ink)
    p.line([(hook - 40, drop + 26), (hook, drop), (hook + 40, drop + 26)], 2.2, light.ink)
    p.rect(hook - 54, drop + 26, 108, 13, light.shade(light.gold, 0.25))


def construction(p: Plate) -> None:
    light, rng, fx = p.light, p.rng, p.fx
    horizon = rng.uniform(770, 820)
    sky(p, horizon)
    land.backdrop(p, horizon, 2, 130)
    x = -20.0
    while x < WIDTH:
        w, h = rng.uniform(70, 150), rng.uniform(70, 190)
        p.rect(x, horizon - h, w, h, light.far(light.cool, rng.uniform(0.5, 0.62)))
        x += w
    land.ground(p, horizon, mix(light.gold, light.paper, 0.25))
    base = horizon + 44
    crane = light.warm if light.accent == light.gold else light.accent
    jib = rng.choice((-1, 1)) * rng.uniform(330, 430)
    _crane(
        p, fx - (rng.uniform(300, 350) if jib > 0 else -rng.uniform(300, 350)), base, rng.uniform(610, 670), jib, crane
    )
    if rng.random() < 0.6:
        _crane(p, fx + (470 if jib > 0 else -470), base - 30, rng.uniform(430, 500), -jib * 0.6, light.far(crane, 0.35))
    floors, bays = rng.randint(4, 6), rng.randint(4, 5)
    left, bay, storey = fx - bays * 104 / 2, 104, 96
    concrete = mix(light.paper, light.cool, 0.28)
    p.poly(
        [(left + 60, base), (left + bays * bay, base), (left + bays * bay + 420, base + 95), (left + 420, base + 95)],
        light.shadow,
        0.24,
    )
    for floor in range(floors):
        y = base - floor * storey
        done = max(2, bays - rng.choice((0, 0, 1)) * (floor == floors - 1) * 2)
        wide = done * bay
        p.rect(
            left,
            y - storey,
            wide,
            storey,
            light.shade(concrete, 0.62 if floor < floors - 1 else 0.0),
            1 if floor < floors - 1 else 0.0,
        )
        for col in range(done):
            if floor < floors - 2 and rng.random() < 0.55:
                fill = rng.choice((light.warm, light.warm, light.second, light.pane))
                p.rect(left + col * bay + 10, y - storey + 12, bay - 14, storey - 12, fill)
                p.stipple_rect(
                    left + col * bay + 10, y - storey + 12, bay - 14, storey - 12, light.shade(fill, 0.6), "down", 0.7
                )
        for col in range(done + 1):
            p.rect(left + col * bay - 7, y - storey, 14, storey, concrete)
            p.rect(left + col * bay + 1, y - storey, 6, storey, light.shade(concrete, 0.35))
        p.rect(left - 16, y - storey - 8, wide + 32, 17, light.tint(concrete, 0.3))
        p.rect(left - 16, y - storey + 4, wide + 32, 6, light.shade(concrete, 0.4))
    top = base - floors * storey - 8
    for col in range(bays):
        for bar in (-8, 0, 8):
            p.line(
                [(left + col * bay + bar, top), (left + col * bay + bar, top - rng.uniform(24, 40))],
                2.2,
                light.shade(light.warm, 0.4),
            )
    scaffold = left + bays * bay + 20
    for row in range(floors - 1):
        y = base - row * storey
        for post in (0, 62):
            p.line([(scaffold + post, y), (scaffold + post, y - storey)], 4, light.gold)
        p.line([(scaffold, y), (scaffold + 62, y - storey)], 2.6, light.gold)
        p.rect(scaffold - 6, y - storey, 76, 6, light.shade(light.gold, 0.4))
    person(p, left + bay * rng.uniform(0.6, 1.4), top + 2, 84, light.gold, "reach", 1, light.paper, cast=False)
    for index in range(rng.randint(2, 3)):
        person(
            p,
            fx - 300 + index * 210 + rng.uniform(-50, 50),
            base + rng.uniform(56, 120),
            128,
            light.warm if index % 2 else light.gold,
            rng.choice(("walk", "stand", "reach")),
            rng.choice((-1, 1)),
            light.paper,
        )


def brownfield(p: Plate) -> None:
    light, rng, fx = p.light, p.rng, p.fx
    horizon = rng.uniform(690, 730)
    sky(p, horizon)
    land.backdrop(p, horizon, 2, 110)
    land.hills(p, horizon, rng.uniform(120, 190), light.far(mix(light.warm, light.cool, 0.55), 0.45), 0.8)
    land.ground(p, horizon, mix(light.ground, light.leaf, 0.3))
    base = horizon + 40
    tower, h = fx + rng.uniform(120, 200), rng.uniform(430, 500)
    steel = mix(light.accent, light.ink, 0.62)
    for foot in (-58, 58):
        p.line([(tower + foot, base), (tower + foot * 0.35, base - h)], 13, steel)
    p.line([(tower + 190, base), (tower + 24, base - h * 0.96)], 12, steel)
    for step in range(6):
        y0, y1 = base - h * step / 6, base - h * (step + 1) / 6
        w0, w1 = 58 - 38 * step / 6, 58 - 38 * (step + 1) / 6
        p.line([(tower - w0, y0), (tower + w1, y1)], 4.5, steel)
        p.line([(tower + w0, y0), (tower - w1, y1)], 4.5, steel)
        p.line([(tower - w1, y1), (tower + w1, y1)], 6, steel)
    for wheel_x in (-26, 34):
        p.ring(tower + wheel_x, base - h - 26, 36, 7, steel)
        for x0, y0, x1, y1 in ((-34, 0, 34, 0), (0, -34, 0, 34), (-24, -24, 24, 24), (-24, 24, 24, -24)):
            p.line([(tower + wheel_x + x0, base - h - 26 + y0), (tower + wheel_x + x1, base - h - 26 + y1)], 3, steel)
    p.rect(tower - 60, base - h - 2, 124, 11, steel)
    hall, hh, wide = fx - 460, rng.uniform(190, 230), 500
    brick = mix(light.warm, light.paper, 0.12)
    buildings.block(p, hall, base + 8, wide, hh, brick, 54, cast=200)
    bays = rng.randint(4, 5)
    for index in range(bays):
        x, w = hall + 26 + index * (wide - 40) / bays, (wide - 40) / bays - 26
        y = base - hh * 0.26
        arch = [*arc(x + w / 2, y - hh * 0.34, w / 2, w * 0.45, 180, 360), (x + w, y), (x, y)]
        p.poly(arch, light.shade(light.pane, 0.4))
        for pane in range(8):
            if rng.random() < 0.55:
                p.rect(
                    x + 5 + pane % 3 * w / 3,
                    y - hh * 0.32 + pane // 3 * hh * 0.11,
                    w / 3 - 7,
                    hh * 0.09,
                    light.far(light.cool, 0.5),
                )
    broken = [
        (hall - 8, base + 8 - hh),
        (hall + 60, base - hh - 60),
        (hall + wide * 0.42, base - hh - 64),
        (hall + wide * 0.46, base - hh - 20),
        (hall + wide * 0.52, base - hh - 40),
        (hall + wide * 0.56, base + 8 - hh),
    ]
    p.poly(broken, light.shade(light.cool, 0.4))
    for rafter in range(4):
        x = hall + wide * (0.62 + rafter * 0.10)
        p.line([(x, base + 8 - hh), (x + 12, base - hh - 48)], 6, light.shade(brick, 0.5))
    p.line([(hall + wide * 0.5, base - hh - 50), (hall + wide * 0.96, base - hh - 40)], 5, light.shade(brick, 0.5))
    for index in range(rng.randint(4, 7)):
        x = hall - 200 + index * 190 + rng.uniform(-60, 60)
        birch, tall = mix(light.leaf, light.gold, rng.uniform(0.1, 0.5)), rng.uniform(110, 210)
        p.line([(x, base + 60), (x + 6, base + 60 - tall * 0.8)], 6, light.paper)
        land.tree(p, x + 4, base + 46, tall, birch, "poplar" if index % 2 else "round")
    pool = smooth(
        [
            (fx - 300, base + 190),
            (fx - 60, base + 158),
            (fx + 250, base + 176),
            (fx + 330, base + 214),
            (fx, base + 236),
        ],
        steps=10,
    )
    p.poly(pool, mix(light.sky[1], light.cool, 0.2))
    p.stipple(pool, light.shade(light.cool, 0.3), "up", 0.6)
    land.tufts(p, base + 120, HEIGHT, light.shade(light.leaf, 0.35), 60)
    x = fx + rng.uniform(-40, 40)
    person(p, x, base + 130, 140, light.gold, "stand", 1, light.paper)
    person(p, x + 84, base + 124, 134, light.second, "reach", 1, light.paper)
