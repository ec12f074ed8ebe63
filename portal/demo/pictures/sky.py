"""Knows the sky: its gradient, the sun or moon, clouds, stars and birds."""

from portal.demo.pictures.canvas import HEIGHT, WIDTH, Plate
from portal.demo.pictures.curves import arc, smooth
from portal.demo.pictures.palette import mix


def _clouds(p: Plate, horizon: float) -> None:
    rng, light = p.rng, p.light
    colour = mix(light.sky[1], light.raw.paper, 0.12 if light.dark else 0.6)
    if light.hour in ("golden", "dusk") and rng.random() < 0.5:
        colour = mix(light.sky[2], light.raw.warm, 0.25)
    style = rng.choice(("pills", "pills", "streaks", "heaps", "clear"))
    if style == "pills":
        for _ in range(rng.randint(3, 5)):
            x, y, w = rng.uniform(-60, WIDTH), rng.uniform(70, horizon * 0.62), rng.uniform(160, 360)
            thick = rng.uniform(20, 32)
            for level in range(rng.randint(2, 4)):
                width = w * rng.uniform(0.45, 1)
                p.rect(
                    x + rng.uniform(-0.25, 0.4) * w, y - level * thick * 0.98, width, thick, colour, radius=thick / 2
                )
    elif style == "streaks":
        for _ in range(rng.randint(5, 9)):
            x, y, w = rng.uniform(-200, WIDTH), rng.uniform(50, horizon * 0.8), rng.uniform(260, 760)
            thick = rng.uniform(5, 16)
            p.poly(
                smooth([(x, y), (x + w / 3, y - thick), (x + w, y), (x + w / 2, y + thick * 0.6)], steps=8),
                colour,
                0.75,
            )
    elif style == "heaps":
        for _ in range(rng.randint(2, 3)):
            x, y, size = rng.uniform(0, WIDTH), rng.uniform(horizon * 0.3, horizon * 0.62), rng.uniform(60, 105)
            edge = [(x - size * 2.1, y), (x - size * 1.7, y - size * 0.5), (x - size, y - size * 0.62)]
            edge += [(x - size * 0.5, y - size * 1.15), (x + size * 0.4, y - size * 1.2), (x + size, y - size * 0.7)]
            edge += [(x + size * 1.6, y - size * 0.55), (x + size * 2, y - size * 0.12), (x + size * 2.1, y)]
            bank = [*smooth(edge, closed=False, steps=6), (x + size * 2.1, y + 2), (x - size * 2.1, y + 2)]
            p.poly(bank, colour)
            p.stipple(bank, light.sky[1], "up", 0.75)


def birds(p: Plate, x: float, y: float, count: int) -> None:
    for _ in range(count):
        bx, by, span = x + p.rng.uniform(-110, 110), y + p.rng.uniform(-55, 55), p.rng.uniform(8, 15)
        wing = smooth([(bx - span, by - span * 0.3), (bx - span * 0.4, by - span * 0.55), (bx, by)], False, 5)
        p.stroke(
            wing + smooth([(bx, by), (bx + span * 0.4, by - span * 0.55), (bx + span, by - span * 0.3)], False, 5),
            2.2,
            p.light.ink,
        )


def sky(p: Plate, horizon: float, sun: float | None = None) -> None:
    """Fill everything down to the horizon; `sun` places the sun across, or leaves it to chance."""
    rng, light = p.rng, p.light
    p.gradient(0, horizon, light.sky)
    p.rect(0, horizon - 1, WIDTH, HEIGHT - horizon + 1, light.sky[2])
    x = p.fx + rng.uniform(-420, -120) if sun is None else sun
    low = light.hour in ("golden", "dusk", "morning")
    y = horizon - rng.uniform(90, 240) if low else rng.uniform(150, 260)
    radius = rng.uniform(92, 150) if low else rng.uniform(52, 78)
    if light.hour == "night":
        for _ in range(90):
            size = rng.choice((1.1, 1.4, 2.2))
            p.disc(rng.uniform(0, WIDTH), rng.uniform(0, horizon * 0.8), size, mix(light.sky[1], light.raw.paper, 0.7))
    p.glow(x, y, radius * 3.6, mix(light.sun, light.sky[2], 0.25), 0.55 if not light.dark else 0.4)
    if light.hour == "night":
        p.poly(
            arc(x, y, radius, radius, 50, 310) + arc(x + radius * 0.643, y, radius * 0.78, radius * 0.766, 270, 90),
            light.sun,
        )
    else:
        p.disc(x, y, radius, light.sun)
    _clouds(p, horizon)
    if not light.dark and rng.random() < 0.6:
        birds(p, p.fx + rng.uniform(150, 380), rng.uniform(150, 300), rng.randint(3, 7))
