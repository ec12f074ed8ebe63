"""Knows rooms where things are made: the workshop, the laboratory and the bakery."""

from math import cos, radians, sin

from portal.demo.pictures.canvas import HEIGHT, Plate
from portal.demo.pictures.curves import Point, arc, smooth
from portal.demo.pictures.figures import coat, person
from portal.demo.pictures.palette import Colour, mix
from portal.demo.pictures.rooms import pendant, room, view


def _gear(p: Plate, x: float, y: float, r: float, colour: Colour, hole: Colour) -> None:
    outline: list[Point] = []
    for tooth in range(12):
        for offset, reach in ((0, 0.86), (5, 1.0), (17, 1.0), (22, 0.86)):
            angle = radians(tooth * 30 + offset)
            outline.append((x + r * reach * cos(angle), y + r * reach * sin(angle)))
    p.poly(outline, colour)
    p.stipple(outline, p.light.shade(colour, 0.6), "left", 0.7)
    p.disc(x, y, r * 0.52, hole)
    p.disc(x, y, r * 0.2, colour)
    for spoke in range(4):
        angle = radians(45 + spoke * 90)
        p.line([(x, y), (x + r * 0.6 * cos(angle), y + r * 0.6 * sin(angle))], r * 0.12, colour)


def workshop(p: Plate) -> None:
    light, rng, fx = p.light, p.rng, p.fx
    floor_y = 800.0
    wall = rng.choice(
        (
            mix(light.cool, light.paper, 0.2),
            mix(light.warm, light.paper, 0.35),
            mix(light.deep, light.paper, 0.2),
            mix(light.gold, light.paper, 0.2),
        )
    )
    room(p, wall, mix(light.gold, light.paper, 0.25), floor_y)
    view(p, fx - 560, 170, 470, 360, 5, 4, light.ink, HEIGHT)
    if rng.random() < 0.6:
        view(p, fx + 430, 170, 400, 360, 4, 4, light.ink)
    board = fx - 40
    p.rect(board, 230, 420, 230, light.shade(light.gold, 0.22))
    for tool in range(7):
        x, long = board + 34 + tool * 56, rng.uniform(90, 160)
        p.rect(x, 256, 13, long, light.shade(light.warm, 0.2) if tool % 2 else light.gold, radius=5)
        shape = rng.randrange(3)
        if shape == 0:
            p.rect(x - 15, 250, 43, 28, light.ink, radius=4)
        elif shape == 1:
            p.ring(x + 6, 262, 21, 9, light.ink)
        else:
            p.poly([(x - 2, 256 + long * 0.5), (x + 15, 256 + long * 0.5), (x + 8, 256 + long * 1.2)], light.ink)
    for index in range(rng.randint(2, 3)):
        pendant(p, fx - 330 + index * 300, 92, 52, light.accent)
    top = 640.0
    person(
        p,
        fx - 60,
        top + 262,
        520,
        light.second if light.second != wall else light.warm,
        "reach",
        1,
        light.gold if rng.random() < 0.4 else None,
        cast=False,
    )
    if rng.random() < 0.5:
        person(p, fx + 300, top + 240, 490, coat(p), "reach", -1, cast=False)
    bench = light.shade(light.gold, 0.12)
    p.rect(fx - 470, top, 960, 34, light.tint(bench, 0.25))
    p.rect(fx - 450, top + 34, 920, 130, light.shade(bench, 0.28))
    for drawer in range(4):
        p.rect(fx - 430 + drawer * 228, top + 52, 206, 92, light.shade(bench, 0.14), radius=4)
        p.rect(fx - 430 + drawer * 228 + 76, top + 92, 54, 8, light.ink, radius=4)
    for leg in (-440, 420):
        p.rect(fx + leg, top + 164, 46, 190, light.shade(bench, 0.5))
    p.poly(
        [(fx - 440, top + 354), (fx + 466, top + 354), (fx + 800, top + 420), (fx - 60, top + 420)], light.shadow, 0.24
    )
    _gear(p, fx + 150, top - 78, rng.uniform(74, 88), light.warm if light.second != light.warm else light.cool, wall)
    _gear(p, fx - 300, top - 46, 46, light.deep, wall)
    p.rect(fx - 420, top - 26, 70, 26, light.shade(light.cool, 0.5))
    p.poly(
        [
            (fx + 330, top),
            (fx + 330, top - 60),
            (fx + 360, top - 60),
            (fx + 366, top - 26),
            (fx + 410, top - 26),
            (fx + 410, top),
        ],
        light.deep,
    )


def laboratory(p: Plate) -> None:
    light, rng, fx = p.light, p.rng, p.fx
    wall = rng.choice(
        (
            mix(light.cool, light.paper, 0.6),
            mix(light.leaf, light.paper, 0.55),
            mix(light.gold, light.paper, 0.6),
            light.deep,
        )
    )
    room(p, wall, mix(light.paper, light.cool, 0.3), 860)
    view(p, fx - 620, 150, 560, 330, 3, 1, light.paper)
    for shelf in range(2):
        y = 290.0 + shelf * 150
        p.rect(fx + 40, y, 560, 12, light.paper)
        p.rect(fx + 40, y + 12, 560, 5, light.shadow, 0.25)
        x = fx + 58
        while x < fx + 560:
            w, h = rng.uniform(30, 52), rng.uniform(52, 104)
            colour = rng.choice((light.warm, light.gold, light.cool, light.leaf, light.second))
            p.rect(x, y - h, w, h, light.tint(light.cool, 0.8), radius=8)
            p.rect(x, y - h * 0.6, w, h * 0.6, colour, radius=8)
            p.rect(x + w * 0.25, y - h - 12, w * 0.5, 14, light.ink, radius=3)
            x += w + rng.uniform(12, 34)
    for index in range(2):
        pendant(p, fx - 240 + index * 460, 60, 46, light.accent)
    top = 690.0
    white = light.raw.paper if not light.dark else light.paper
    person(p, fx - 120, top + 270, 560, white, "reach", 1, cast=False)
    if rng.random() < 0.6:
        person(p, fx + 410, top + 250, 530, mix(white, light.cool, 0.16), "reach", -1, cast=False)
    p.rect(fx - 800, top, 1600, 30, light.paper)
    p.rect(fx - 800, top + 30, 1600, 400, light.shade(light.accent, 0.12))
    p.stipple_rect(fx - 800, top + 30, 1600, 400, light.shade(light.accent, 0.6), "up", 0.6)
    for door in range(-3, 4):
        p.rect(fx + door * 220 - 100, top + 56, 204, 330, light.accent, radius=6)
        p.rect(fx + door * 220 + 66, top + 80, 10, 66, light.paper, radius=5)

    def flask(x: float, size: float, colour: Colour) -> None:
        glass = light.tint(light.cool, 0.75)
        p.poly(
            [
                (x - size * 0.16, top - size * 1.5),
                (x + size * 0.16, top - size * 1.5),
                (x + size * 0.16, top - size * 0.9),
                (x + size * 0.6, top),
                (x - size * 0.6, top),
                (x - size * 0.16, top - size * 0.9),
            ],
            glass,
            0.9,
        )
        p.poly(
            [
                (x - size * 0.33, top - size * 0.55),
                (x + size * 0.33, top - size * 0.55),
                (x + size * 0.58, top - 2),
                (x - size * 0.58, top - 2),
            ],
            colour,
        )
        p.rect(x - size * 0.22, top - size * 1.58, size * 0.44, size * 0.12, glass, radius=3)
        for bubble in range(3):
            p.disc(x + rng.uniform(-0.2, 0.2) * size, top - size * (0.15 + bubble * 0.12), size * 0.05, light.paper)

    for index, (dx, colour) in enumerate(((120, light.warm), (206, light.gold), (300, light.leaf))):
        flask(fx + dx, rng.uniform(64, 98) - index * 6, colour)
    for tube in range(6):
        x = fx - 420 + tube * 30
        p.rect(x, top - 116, 18, 104, light.tint(light.cool, 0.8), radius=9)
        p.rect(x, top - rng.uniform(50, 90), 18, 44, rng.choice((light.warm, light.gold, light.second)), radius=9)
    p.rect(fx - 434, top - 62, 200, 12, light.shade(light.gold, 0.3))
    p.rect(fx - 434, top - 12, 200, 12, light.shade(light.gold, 0.3))
    mx = fx + 24
    p.rect(mx - 56, top - 18, 124, 18, light.ink, radius=6)
    p.line(smooth([(mx + 46, top - 14), (mx + 62, top - 90), (mx + 18, top - 150)], False), 20, light.ink)
    p.line([(mx - 38, top - 190), (mx + 14, top - 66)], 28, light.ink)
    p.line([(mx - 46, top - 208), (mx - 34, top - 180)], 20, light.gold)
    p.rect(mx - 36, top - 56, 82, 10, light.shade(light.cool, 0.3))


def bakery(p: Plate) -> None:
    light, rng, fx = p.light, p.rng, p.fx
    wall = rng.choice(
        (
            mix(light.gold, light.paper, 0.45),
            mix(light.warm, light.paper, 0.55),
            mix(light.cool, light.paper, 0.45),
            light.deep,
        )
    )
    room(p, wall, mix(light.warm, light.paper, 0.35), 850)
    ox = fx - 300
    brick = light.warm if wall != light.warm else light.shade(light.warm, 0.3)
    p.poly(
        [
            (ox - 290, 860),
            (ox - 290, 330),
            (ox - 150, 190),
            (ox - 150, -60),
            (ox + 150, -60),
            (ox + 150, 190),
            (ox + 290, 330),
            (ox + 290, 860),
        ],
        brick,
    )
    for row in range(18):
        for col in range(9):
            if rng.random() < 0.5:
                y, bx = 350.0 + row * 28, ox - 282 + col * 64 + row % 2 * 30
                p.rect(bx, y, min(54, ox + 286 - bx), 19, mix(brick, light.ink, rng.uniform(0.05, 0.2)), radius=3)
    fire = mix(light.raw.gold, light.raw.warm, 0.35)
    p.poly([*arc(ox, 540, 178, 160, 180, 360), (ox + 178, 640), (ox - 178, 640)], light.shade(brick, 0.5))
    p.poly(
        [*arc(ox, 544, 150, 132, 180, 360), (ox + 150, 640), (ox - 150, 640)], mix(light.raw.warm, light.raw.ink, 0.55)
    )
    p.glow(ox, 630, 210, fire, 0.95)
    for tongue in range(5):
        x, h = ox - 90 + tongue * 44, rng.uniform(60, 120)
        p.poly(
            smooth(
                [(x - 22, 640), (x - 16, 640 - h * 0.4), (x + 6, 640 - h), (x + 20, 640 - h * 0.35), (x + 24, 640)],
                False,
                5,
            ),
            light.raw.gold if tongue % 2 else fire,
        )
    p.rect(ox - 200, 640, 400, 24, light.shade(brick, 0.35))
    p.glow(ox + 60, 600, 520, fire, 0.3)

    def loaf(x: float, y: float, w: float, kind: int) -> None:
        crust = mix(light.gold, light.warm, rng.uniform(0.15, 0.5))
        h = w * (0.36 if kind else 0.62)
        p.poly(
            [*arc(x, y - h * 0.2, w / 2, h * 0.9, 180, 360, 16), *arc(x, y - h * 0.2, w / 2, h * 0.22, 0, 180, 10)],
            crust,
        )
        for cut in range(3):
            cx = x - w * 0.22 + cut * w * 0.22
            p.line(
                [(cx - w * 0.05, y - h * 0.42), (cx + w * 0.07, y - h * 0.92)],
                max(2, w * 0.035),
                light.tint(crust, 0.6),
            )
        p.stipple([(x, y), (x, y - h), (x + w / 2, y - h), (x + w / 2, y)], light.shade(crust, 0.4), "left", 0.3)

    for shelf in range(3):
        y = 300.0 + shelf * 128
        p.rect(fx + 90, y, 560, 13, light.shade(light.gold, 0.45))
        p.rect(fx + 90, y + 13, 560, 8, light.shadow, 0.2)
        kind, x = rng.randrange(2), fx + 140.0
        while x < fx + 620:
            w = rng.uniform(84, 128)
            loaf(x, y, w, kind)
            x += w + 8
    pendant(p, fx + 40, 70, 52, light.accent)
    pendant(p, fx + 400, 70, 52, light.accent)
    top = 720.0
    person(p, fx + rng.uniform(-10, 60), top + 240, 560, light.raw.paper, "reach", -1, light.raw.paper, cast=False)
    if rng.random() < 0.5:
        person(p, fx + 380, top + 230, 500, coat(p), "stand", -1, cast=False)
    counter = light.accent if light.accent != light.gold else light.deep
    p.rect(fx - 660, top, 1400, 30, light.tint(light.gold, 0.4))
    p.rect(fx - 640, top + 30, 1360, 400, counter)
    p.stipple_rect(fx - 640, top + 30, 1360, 400, light.shade(counter, 0.6), "up", 0.6)
    for panel in range(6):
        p.rect(fx - 620 + panel * 226, top + 56, 206, 320, light.tint(counter, 0.1), radius=8)
    for index in range(rng.randint(5, 7)):
        loaf(fx - 420 + index * 150, top + 2, rng.uniform(110, 150), index % 2)
