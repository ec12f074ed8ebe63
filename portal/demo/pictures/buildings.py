"""Knows the parts towns and works are built of: blocks, houses, windows, stacks and steeples."""

from portal.demo.pictures.canvas import Plate
from portal.demo.pictures.curves import Point, arc, blob
from portal.demo.pictures.palette import Colour, mix


def windows(
    p: Plate, x: float, y: float, w: float, h: float, cols: int, rows: int, gap: float = 0.4, lit: float | None = None
) -> None:
    """Fill a rectangle with a grid of panes, some of them lit."""
    light = p.light
    chance = ({"night": 0.55, "dusk": 0.45}.get(light.hour, 0.0)) if lit is None else lit
    sky_pane = mix(light.pane, light.sky[1], 0.22)
    pitch_x, pitch_y = w / cols, h / rows
    for row in range(rows):
        for col in range(cols):
            roll = p.rng.random()
            colour = light.lamp if roll < chance else sky_pane if roll > 0.78 else light.pane
            p.rect(
                x + (col + gap / 2) * pitch_x,
                y + (row + gap / 2) * pitch_y,
                pitch_x * (1 - gap),
                pitch_y * (1 - gap),
                colour,
            )


def side(x: float, base: float, h: float, depth: float) -> list[Point]:
    """Return the receding right-hand wall of a block."""
    return [(x, base), (x + depth, base - depth * 0.10), (x + depth, base - h + depth * 0.16), (x, base - h)]


def block(
    p: Plate, x: float, base: float, w: float, h: float, colour: Colour, depth: float = 0, cast: float = 0
) -> None:
    light = p.light
    if cast:
        p.poly(
            [
                (x + w * 0.2, base),
                (x + w + depth, base - depth * 0.1),
                (x + w + depth + cast, base + cast * 0.12),
                (x + w * 0.4 + cast, base + cast * 0.24),
            ],
            light.shadow,
            0.26,
        )
    if depth:
        wall = side(x + w, base, h, depth)
        p.poly(wall, light.shade(colour, 0.42))
        p.stipple(wall, light.shade(colour, 0.8), "up", 0.5)
    p.rect(x, base - h, w, h, colour)
    p.stipple_rect(x, base - h, w, h, light.shade(colour, 0.35), "left", 0.45)


def sawtooth(p: Plate, x: float, base: float, w: float, h: float, teeth: int, colour: Colour, depth: float = 0) -> None:
    """Build a hall whose roof is a row of north lights."""
    light = p.light
    pitch, rise = w / teeth, min(w / teeth * 0.55, 84)
    block(p, x, base, w, h, colour, depth, cast=h * 0.9)
    for tooth in range(teeth):
        left = x + tooth * pitch
        if depth:
            back = [
                (left + pitch, base - h - rise),
                (left + pitch + depth * 0.35, base - h - rise + 6),
                (left + pitch + depth * 0.35, base - h),
                (left + pitch, base - h),
            ]
            p.poly(back, light.shade(colour, 0.6))
        front = [(left, base - h + 1), (left + pitch, base - h - rise), (left + pitch, base - h + 1)]
        p.poly(front, light.tint(colour, 0.14))
        p.poly(
            [
                (left - 3, base - h + 2),
                (left + pitch, base - h - rise - 7),
                (left + pitch + 4, base - h - rise),
                (left + 8, base - h + 2),
            ],
            light.shade(colour, 0.62),
        )
        glass = light.lamp if light.dark else mix(light.pane, light.sky[1], 0.4)
        p.poly(
            [
                (left + pitch * 0.55, base - h - 6),
                (left + pitch * 0.9, base - h - rise * 0.66),
                (left + pitch * 0.9, base - h - 6),
            ],
            glass,
        )


def stack(
    p: Plate, x: float, base: float, w: float, h: float, colour: Colour, bands: int = 2, smoke: bool = True
) -> None:
    """Raise a tapering chimney, banded at the top and perhaps smoking."""
    light, top = p.light, w * 0.62
    if smoke:
        plume(p, x, base - h, w * 0.75, 1 if p.rng.random() < 0.8 else -1)
    body = [(x - w / 2, base), (x - top / 2, base - h), (x + top / 2, base - h), (x + w / 2, base)]
    p.poly(body, colour)
    for band in range(bands):
        y = base - h + h * 0.035 + band * h * 0.10
        p.rect(x - top / 2 - 1.5, y, top + 3 + band, h * 0.05, light.paper)
    p.poly(
        [(x + w * 0.08, base), (x + top * 0.1, base - h), (x + top / 2 + 2, base - h), (x + w / 2, base)],
        light.shadow,
        0.34,
    )
    p.rect(x - top * 0.62, base - h - 4, top * 1.24, 9, light.shade(colour, 0.6))


def plume(p: Plate, x: float, y: float, size: float, drift: int) -> None:
    light, rng = p.light, p.rng
    colour = mix(light.sky[1], light.raw.paper, 0.55 if not light.dark else 0.22)
    for puff in range(9):
        t = puff / 8
        r = size * (0.55 + 2.5 * t)
        px, py = x + drift * (t**1.35) * size * 13, y - size * 0.6 - t**0.75 * size * 4.6
        cloud = blob(rng, px, py, r * 1.15, r * 0.85, 0.08)
        p.poly(cloud, mix(colour, light.sky[1], t * 0.45))
        if puff % 2:
            p.stipple(cloud, light.sky[1], "up", 0.6, 0.8)


def house(
    p: Plate,
    x: float,
    base: float,
    w: float,
    h: float,
    wall: Colour,
    roof: Colour,
    gabled: bool | None = None,
    doors: bool = True,
) -> None:
    """Build a house with its gable or its eaves to the viewer."""
    light = p.light
    gabled = p.rng.random() < 0.5 if gabled is None else gabled
    rise = w * (0.5 if gabled else 0.3)
    p.rect(x, base - h, w, h, wall)
    if gabled:
        p.poly([(x, base - h), (x + w / 2, base - h - rise), (x + w, base - h)], wall)
        p.poly([(x + w / 2, base), (x + w / 2, base - h - rise), (x + w, base - h), (x + w, base)], light.shadow, 0.13)
        t = max(5, w * 0.05)
        p.poly(
            [
                (x - t, base - h + t * 0.4),
                (x + w / 2, base - h - rise - t),
                (x + w / 2, base - h - rise + t),
                (x, base - h + t * 1.5),
            ],
            roof,
        )
        p.poly(
            [
                (x + w + t, base - h + t * 0.4),
                (x + w / 2, base - h - rise - t),
                (x + w / 2, base - h - rise + t),
                (x + w, base - h + t * 1.5),
            ],
            light.shade(roof, 0.4),
        )
    else:
        top = [
            (x - w * 0.04, base - h + 3),
            (x + w * 0.10, base - h - rise),
            (x + w * 0.90, base - h - rise),
            (x + w * 1.04, base - h + 3),
        ]
        p.poly(top, roof)
        p.stipple(top, light.shade(roof, 0.5), "up", 0.6)
        cx = x + w * p.rng.choice((0.22, 0.68))
        p.rect(cx, base - h - rise * 1.35, w * 0.09, rise * 0.55, light.shade(wall, 0.35))
        p.rect(x, base - h + 3, w, max(3, h * 0.05), light.shadow, 0.3)
    cols, rows = max(2, round(w / 52)), max(1, round(h / 62))
    windows(p, x + w * 0.08, base - h + h * 0.12, w * 0.84, h * (0.82 if rows == 1 else 0.86), cols, rows, 0.52)
    if doors and h > 60:
        dw = min(w * 0.16, 34)
        p.rect(x + w * 0.5 - dw / 2, base - min(h * 0.36, 66), dw, min(h * 0.36, 66), light.shade(roof, 0.55))


def steeple(
    p: Plate, x: float, base: float, w: float, h: float, wall: Colour, roof: Colour, bulb: bool = False
) -> None:
    light, tower = p.light, h * 0.55
    p.rect(x - w / 2, base - tower, w, tower, wall)
    p.rect(x, base - tower, w / 2, tower, light.shadow, 0.2)
    opening = arc(x, base - tower * 0.78, w * 0.16, w * 0.2, 180, 360, 10)
    p.poly(
        [*opening, (x + w * 0.16, base - tower * 0.62), (x - w * 0.16, base - tower * 0.62)],
        light.lamp if light.dark else light.pane,
    )
    peak = base - h
    if bulb:
        p.disc(x, base - tower - w * 0.34, w * 0.56, roof, ry=w * 0.5)
        p.poly([(x - w * 0.2, base - tower - w * 0.7), (x, peak), (x + w * 0.2, base - tower - w * 0.7)], roof)
        p.poly(arc(x, base - tower - w * 0.34, w * 0.56, w * 0.5, -90, 90, 12), light.shadow, 0.28)
    else:
        p.poly([(x - w * 0.62, base - tower + 3), (x, peak), (x + w * 0.62, base - tower + 3)], roof)
        p.poly([(x + w * 0.02, base - tower + 3), (x, peak), (x + w * 0.62, base - tower + 3)], light.shadow, 0.3)
    p.line([(x, peak + 3), (x, peak - w * 0.34)], 2.4, light.ink)
    p.line([(x - w * 0.1, peak - w * 0.2), (x + w * 0.1, peak - w * 0.2)], 2.4, light.ink)


def row_of_houses(p: Plate, x0: float, x1: float, base: float, low: float, high: float) -> None:
    """Line a street with narrow town houses of changing colour and height."""
    light, rng, x = p.light, p.rng, x0
    walls = [
        light.paper,
        light.gold,
        mix(light.warm, light.paper, 0.45),
        mix(light.cool, light.paper, 0.5),
        mix(light.paper, light.gold, 0.4),
        light.warm,
    ]
    roofs = [light.warm, light.shade(light.cool, 0.3), light.shade(light.warm, 0.35), light.deep]
    last = -1
    while x < x1:
        w, h = rng.uniform(105, 175), rng.uniform(low, high)
        pick = rng.choice([index for index in range(len(walls)) if index != last])
        last = pick
        house(p, x, base, w, h, walls[pick], rng.choice(roofs), doors=True)
        x += w


def lamp_post(p: Plate, x: float, base: float, h: float) -> None:
    light = p.light
    p.line([(x, base), (x, base - h)], 4, light.ink)
    p.line([(x, base - h + 2), (x + h * 0.16, base - h - 4)], 4, light.ink)
    p.rect(x + h * 0.12, base - h - 6, h * 0.13, 6, light.lamp if light.dark else light.ink)
    if light.dark:
        p.glow(x + h * 0.18, base - h, h * 0.3, light.lamp, 0.5)


def awning(
    p: Plate, x: float, y: float, w: float, drop: float, colour: Colour, stripes: int = 8, flare: float = 12
) -> None:
    light, pitch = p.light, w / stripes
    low = (w + 2 * flare) / stripes
    for index in range(stripes):
        fill = colour if index % 2 == 0 else light.paper
        left, right = x - flare + index * low, x - flare + (index + 1) * low
        p.poly([(x + index * pitch, y), (x + (index + 1) * pitch, y), (right, y + drop), (left, y + drop)], fill)
        p.poly(arc((left + right) / 2, y + drop, low / 2, low * 0.34, 0, 180, 8), light.shade(fill, 0.12))
    p.stipple([(x, y), (x + w, y), (x + w + flare, y + drop), (x - flare, y + drop)], light.shadow, "up", 0.3)
