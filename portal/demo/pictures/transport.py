"""Knows the ways: railway, tramway, canal, cycle path and bridge."""

from portal.demo.pictures import buildings, land
from portal.demo.pictures.canvas import HEIGHT, WIDTH, Plate
from portal.demo.pictures.curves import arc, height_at, ridge, smooth
from portal.demo.pictures.figures import passers, person
from portal.demo.pictures.palette import mix
from portal.demo.pictures.sky import sky
from portal.demo.pictures.vehicles import barge, cyclist, rail_car


def _catenary(p: Plate, y: float, wire: float, x0: float, pitch: float) -> None:
    light, x = p.light, x0
    while x < WIDTH + pitch:
        p.line([(x, y), (x, wire - 46)], 6, light.ink)
        p.line([(x, wire - 36), (x + 60, wire - 22)], 3.4, light.ink)
        p.line([(x, wire - 8), (x + 60, wire - 22)], 3.4, light.ink)
        sag = smooth([(x + 56, wire - 24), (x + pitch / 2 + 56, wire - 8), (x + pitch + 56, wire - 24)], False)
        p.line(sag, 2, light.ink)
        x += pitch
    p.line([(-10, wire), (WIDTH + 10, wire)], 2, light.ink)


def rail(p: Plate) -> None:
    light, rng, fx = p.light, p.rng, p.fx
    viaduct = rng.random() < 0.5
    horizon = rng.uniform(640, 680)
    sky(p, horizon)
    land.backdrop(p, horizon, 3, rng.uniform(200, 280))
    base = horizon + (50 if viaduct else 110)
    land.ground(p, horizon, light.ground)
    body = rng.choice((light.paper, light.warm, light.cool, light.accent))
    stripe = light.warm if body != light.warm else light.paper
    if viaduct:
        stone = mix(light.gold, light.paper, 0.3)
        p.rect(0, base + 20, WIDTH, 330, stone)
        p.stipple_rect(0, base + 20, WIDTH, 330, light.shade(stone, 0.55), "up", 0.6)
        span = rng.uniform(190, 240)
        x = fx - span * 5
        while x < WIDTH + span:
            hole = [
                *arc(x + span / 2, base + 56 + span * 0.4, span * 0.4, span * 0.4, 180, 360),
                (x + span * 0.9, base + 360),
                (x + span * 0.1, base + 360),
            ]
            p.poly([(px + 14, py) for px, py in hole], light.shade(stone, 0.6))
            p.poly(hole, light.far(light.leaf, 0.35))
            p.poly(
                [
                    (x + span * 0.1, base + 250),
                    (x + span * 0.9, base + 220),
                    (x + span * 0.9, base + 380),
                    (x + span * 0.1, base + 380),
                ],
                light.ground,
            )
            x += span
        p.rect(0, base + 12, WIDTH, 20, light.tint(stone, 0.3))
        meadow = ridge(rng, base + 320, 60, 1.4)
        p.poly([*meadow, (WIDTH + 20, HEIGHT + 80), (-20, HEIGHT + 80)], light.ground)
        land.grove(p, -20, WIDTH, base + 320, 110, mix(light.leaf, light.deep, 0.4), 14)
    else:
        bank = mix(light.cool, light.paper, 0.4)
        p.rect(0, base + 8, WIDTH, 52, bank)
        p.stipple_rect(0, base + 8, WIDTH, 52, light.shade(bank, 0.7), "up", 0.8)
        for tie in range(64):
            p.rect(tie * 26, base + 24, 15, 8, light.shade(light.warm, 0.5))
        p.rect(0, base + 18, WIDTH, 6, light.ink)
        land.meadow_stripes(p, base + 60, fx, (light.ground, light.tint(light.ground, 0.2)), 20)
    h, w = rng.uniform(116, 128), rng.uniform(440, 500)
    _catenary(p, base + 12, base - h - 40, fx - 900, 330)
    head = fx + rng.uniform(310, 380)
    if not viaduct:
        land.shadow(p, head - w * 3, base + 16, w * 3, 150, 0.25)
    for index in range(4):
        x = head - w * (index + 1)
        rail_car(p, x + 5, base, w - 10, h, body, stripe, 1 if index == 0 else 0)
        if index == 1:
            p.line([(x + w * 0.5, base - h), (x + w * 0.56, base - h - 22), (x + w * 0.5, base - h - 40)], 4, light.ink)
    if not viaduct:
        land.tufts(p, base + 160, HEIGHT, light.shade(light.leaf, 0.4), 60)


def tram(p: Plate) -> None:
    light, rng, fx = p.light, p.rng, p.fx
    base = rng.uniform(720, 750)
    sky(p, base)
    if rng.random() < 0.6:
        buildings.steeple(
            p,
            fx + rng.uniform(-330, 330),
            base,
            110,
            640,
            light.far(light.paper, 0.4),
            light.far(light.shade(light.cool, 0.2), 0.35),
        )
    buildings.row_of_houses(p, rng.uniform(-90, -10), WIDTH + 60, base, 280, 420)
    p.rect(0, base - 440, WIDTH, 440, light.haze, 0.16)
    street = land.ground(p, base, mix(light.paper, light.cool, 0.36))
    p.rect(0, base, WIDTH, 44, light.tint(street, 0.4))
    passers(p, 40, WIDTH - 40, base + 34, 132, rng.randint(5, 8))
    land.grove(p, 0, WIDTH, base + 30, 190, mix(light.leaf, light.gold, rng.uniform(0, 0.5)), 4, "round")
    track = base + 168
    p.rect(0, track - 40, WIDTH, 84, mix(light.leaf, street, 0.45))
    p.stipple_rect(0, track - 40, WIDTH, 84, light.shade(light.leaf, 0.4), "up", 0.6)
    for offset in (-8, 24):
        p.rect(0, track + offset, WIDTH, 5, light.ink)
    h = rng.uniform(176, 192)
    p.line([(-10, track - h - 66), (WIDTH + 10, track - h - 66)], 2.6, light.ink)
    body = light.accent
    stripe = light.paper if body != light.paper else light.warm
    land.shadow(p, fx - 480, track + 6, 960, 130, 0.3)
    for index, (dx, w, nose) in enumerate(((-500, 330, -1), (-162, 320, 0), (166, 330, 1))):
        rail_car(p, fx + dx, track - 14, w, h, body, stripe, nose)
        if index < 2:
            p.rect(fx + dx + w - 2, track - 14 - h * 0.95, 14, h * 0.92, light.ink)
        door = fx + dx + w * 0.44
        p.rect(door, track - 14 - h * 0.84, 74, h * 0.82, light.shade(body, 0.4), radius=5)
        for leaf in (5, 39):
            p.rect(
                door + leaf,
                track - 14 - h * 0.79,
                30,
                h * 0.62,
                light.lamp if light.dark else light.tint(light.pane, 0.12),
                radius=3,
            )
    p.line([(fx - 40, track - 14 - h), (fx + 26, track - h - 44), (fx - 20, track - h - 66)], 4.5, light.ink)
    for index in range(3):
        x = fx - 800 + index * 800
        p.line([(x, base + 40), (x, track - h - 100)], 7, light.ink)
        p.line([(x - 70, track - h - 78), (x + 70, track - h - 78)], 4, light.ink)
    x = fx + rng.choice((-1, 1)) * rng.uniform(120, 260)
    person(p, x, track + 130, 236, light.gold if body != light.gold else light.cool, "back", 1)
    cyclist(p, fx - rng.uniform(200, 300) if x > fx else fx + rng.uniform(90, 180), track + 138, 42)


def canal(p: Plate) -> None:
    light, rng, fx = p.light, p.rng, p.fx
    horizon = rng.uniform(520, 560)
    sky(p, horizon, fx + rng.uniform(-120, 120))
    land.backdrop(p, horizon, 3, rng.uniform(120, 190))
    land.ground(p, horizon, light.ground)
    near_l, near_r = fx - 560, fx + 470
    bed = [(fx - 14, horizon), (fx + 14, horizon), (near_r, HEIGHT + 20), (near_l, HEIGHT + 20)]
    p.poly(
        [(fx - 22, horizon), (fx + 22, horizon), (near_r + 70, HEIGHT + 20), (near_l - 70, HEIGHT + 20)],
        light.tint(light.cool, 0.5),
    )
    p.poly(
        [(fx + 30, horizon), (fx + 44, horizon), (near_r + 420, HEIGHT + 20), (near_r + 180, HEIGHT + 20)],
        light.tint(light.gold, 0.45),
    )
    p.poly(bed, mix(light.sky[1], light.cool, 0.42))
    p.stipple(bed, light.sky[2], "down", 0.85, 0.6)
    p.stipple(bed, mix(light.cool, light.deep, 0.6), "up", 0.9)
    kind = "poplar" if rng.random() < 0.7 else "round"
    for step in range(10):
        t = ((step + 0.6) / 10) ** 1.9
        y, tall = horizon + (HEIGHT - horizon) * 0.66 * t, 56 + 560 * t
        for side in (-1, 1):
            edge = fx + side * (46 + (640 if side < 0 else 700) * t)
            colour = mix(light.far(light.leaf, 0.5 - 0.5 * t), light.deep, 0.25 if side > 0 else 0.1)
            if side < 0:
                land.shadow(p, edge, y, tall * 0.06, tall * 0.5, 0.2)
                p.poly(
                    [
                        (edge + tall * 0.16, y + tall * 0.08),
                        (edge + tall * 0.30, y + tall * 0.08),
                        (edge + tall * 0.26, y + tall * 0.5),
                    ],
                    light.shade(colour, 0.2),
                    0.25,
                )
            land.tree(p, edge, y, tall, colour, kind)
    for _ in range(26):
        t = rng.random() ** 1.3
        y = horizon + (HEIGHT - horizon) * t
        half = 14 + 460 * t
        w = half * rng.uniform(0.1, 0.4)
        p.rect(fx + rng.uniform(-0.8, 0.5) * half, y, w, 1.5 + 4 * t, mix(light.sun, light.cool, 0.2), 0.5, radius=3)
    house = fx + 130
    buildings.house(p, house, horizon + 92, 120, 64, light.paper, light.warm, gabled=rng.random() < 0.5)
    hull = rng.choice((light.ink, light.deep, light.warm))
    barge(
        p,
        fx - rng.uniform(280, 340),
        horizon + 330,
        rng.uniform(500, 560),
        hull,
        rng.choice((light.gold, light.shade(light.cool, 0.4), light.shade(light.warm, 0.4))),
    )
    person(p, fx + 420, horizon + 300, 130, light.warm, "walk", -1)
    land.tufts(p, HEIGHT - 160, HEIGHT, light.shade(light.leaf, 0.4), 26)


def cycling(p: Plate) -> None:
    light, rng, fx = p.light, p.rng, p.fx
    horizon = rng.uniform(590, 640)
    sky(p, horizon)
    land.backdrop(p, horizon, 3, rng.uniform(200, 300))
    field = land.hills(p, horizon + 70, 90, light.far(light.gold, 0.2), 0.9, trees=8)
    for _ in range(3):
        x = rng.uniform(100, WIDTH - 100)
        buildings.house(
            p,
            x,
            height_at(field, x) + 18,
            rng.uniform(60, 84),
            42,
            light.far(light.paper, 0.2),
            light.far(light.warm, 0.15),
        )
    land.water(p, horizon + 70, horizon + 150, fx - 200)
    land.grove(
        p, -20, WIDTH, horizon + 166, 120, mix(light.leaf, light.deep, 0.3), 12, rng.choice(("round", "poplar", None))
    )
    land.ground(p, horizon + 156, light.ground)
    path = horizon + 236
    p.rect(0, path, WIDTH, 120, light.tint(light.gold, 0.45))
    p.stipple_rect(0, path, WIDTH, 120, light.shade(light.gold, 0.25), "up", 0.5)
    for dash in range(12):
        p.rect(dash * 150 - 20, path + 56, 70, 6, light.paper)
    count = rng.randint(2, 3)
    for index in range(count):
        cyclist(
            p, fx - count * 130 + index * 280 + rng.uniform(-24, 24), path + 66 + index % 2 * 34, rng.uniform(58, 66)
        )
    trunk = fx + rng.choice((-1, 1)) * rng.uniform(560, 640)
    land.shadow(p, trunk - 14, path + 10, 30, 420, 0.22)
    land.tree(p, trunk, path + 4, rng.uniform(420, 520), light.leaf, rng.choice(("round", "poplar")))
    land.tufts(p, path + 150, HEIGHT, light.shade(light.leaf, 0.4), 60)


def bridge(p: Plate) -> None:
    light, rng, fx = p.light, p.rng, p.fx
    horizon = rng.uniform(630, 680)
    sky(p, horizon, fx + rng.uniform(-300, 300))
    land.backdrop(p, horizon, 3, rng.uniform(220, 300))
    x = -20.0
    while x < WIDTH:
        w = rng.uniform(60, 120)
        buildings.house(
            p,
            x,
            horizon + 4,
            w,
            rng.uniform(30, 64),
            light.far(light.paper, 0.4),
            light.far(light.warm, 0.4),
            doors=False,
        )
        x += w * rng.uniform(1.0, 1.9)
    land.water(p, horizon, HEIGHT, fx - rng.uniform(-200, 200))
    deck, steel = horizon - rng.uniform(60, 110), light.accent if light.accent != light.gold else light.warm
    pylons = [fx] if rng.random() < 0.45 else [fx - 310, fx + 310]
    rise = rng.uniform(430, 500) if len(pylons) == 1 else rng.uniform(320, 380)
    arched = rng.random() < 0.4
    concrete = light.tint(light.cool, 0.55)
    if arched:
        for reach, centre in ((430, fx), (400, fx - 850), (400, fx + 850)):
            outer, inner = (
                arc(centre, deck + 120, reach, 400, 180, 360, 40),
                arc(centre, deck + 120, reach - 26, 372, 180, 360, 40),
            )
            p.poly([*outer, *reversed(inner)], steel)
            for hanger in range(-9, 10):
                hx = centre + hanger * reach / 10
                lift = 386 * (1 - (hanger / 10) ** 2) ** 0.5
                if deck + 120 - lift < deck:
                    p.line([(hx, deck + 120 - lift), (hx, deck)], 4, steel)
        pylons = [fx - 425, fx + 425]
    for x in pylons:
        p.poly([(x - 40, deck + 20), (x + 40, deck + 20), (x + 54, horizon + 96), (x - 54, horizon + 96)], concrete)
        p.poly(
            [(x + 6, deck + 20), (x + 40, deck + 20), (x + 54, horizon + 96), (x + 10, horizon + 96)],
            light.shadow,
            0.28,
        )
        p.poly(
            [(x - 54, horizon + 98), (x + 54, horizon + 98), (x + 120, horizon + 330), (x + 10, horizon + 330)],
            light.shadow,
            0.2,
        )
        if not arched:
            for cable in range(1, 10):
                y = deck - rise + 20 + cable * rise * 0.045
                reach = (11 - cable) * 30 if len(pylons) > 1 else (11 - cable) * 62
                for side in (-1, 1):
                    p.line([(x, y), (x + side * reach, deck)], 2.6, light.tint(steel, 0.2))
            for side in (-1, 1):
                p.poly(
                    [
                        (x + side * 36, deck + 20),
                        (x + side * 22, deck + 20),
                        (x + side * 3, deck - rise),
                        (x + side * 14, deck - rise),
                    ],
                    steel if side < 0 else light.shade(steel, 0.35),
                )
            p.rect(x - 14, deck - rise - 6, 28, 16, light.shade(steel, 0.3))
            p.rect(x - 26, deck - rise * 0.4, 52, 14, steel)
    p.rect(0, deck - 6, WIDTH, 32, concrete)
    p.rect(0, deck + 20, WIDTH, 15, light.shade(light.cool, 0.45))
    p.line([(-10, deck - 24), (WIDTH + 10, deck - 24)], 3, light.ink)
    for post in range(60):
        p.line([(post * 28, deck - 24), (post * 28, deck - 6)], 2, light.ink)
    for index in range(rng.randint(2, 4)):
        x, tone = fx - 480 + index * 290 + rng.uniform(-60, 60), rng.choice((light.gold, light.paper, light.second))
        p.poly(
            smooth(
                [
                    (x, deck - 8),
                    (x, deck - 28),
                    (x + 24, deck - 32),
                    (x + 40, deck - 48),
                    (x + 84, deck - 48),
                    (x + 100, deck - 28),
                    (x + 122, deck - 24),
                    (x + 122, deck - 8),
                ],
                False,
                3,
            ),
            tone,
        )
        p.rect(x + 40, deck - 43, 42, 14, light.pane, radius=5)
    barge(
        p,
        fx - rng.uniform(160, 330),
        horizon + 220,
        420,
        rng.choice((light.ink, light.deep)),
        light.shade(light.gold, 0.2),
    )
    near = ridge(rng, HEIGHT + 30, 130, 0.8)
    p.poly([*near, (WIDTH + 20, HEIGHT + 90), (-20, HEIGHT + 90)], mix(light.leaf, light.ink, 0.4))
    for _ in range(9):
        x = rng.uniform(-20, WIDTH)
        land.tree(
            p,
            x,
            height_at(near, x) + 10,
            rng.uniform(70, 140),
            mix(light.leaf, light.ink, 0.5),
            rng.choice(("bush", "round")),
        )
