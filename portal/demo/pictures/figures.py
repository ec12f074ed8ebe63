"""Knows small people: standing, walking or seated silhouettes with a coat, a head and a shadow."""

from portal.demo.pictures.canvas import Plate
from portal.demo.pictures.curves import Point, arc, smooth
from portal.demo.pictures.palette import Colour, mix

SKINS: tuple[Colour, ...] = ((238, 196, 164), (214, 160, 120), (170, 112, 78), (112, 72, 52))
HAIRS: tuple[Colour, ...] = ((52, 36, 30), (28, 24, 28), (142, 86, 44), (196, 188, 178), (92, 56, 36))


def person(
    p: Plate,
    x: float,
    y: float,
    h: float,
    coat: Colour,
    pose: str = "stand",
    facing: int = 1,
    helmet: Colour | None = None,
    cast: bool = True,
) -> None:
    """Draw someone `h` tall with their feet at x, y; `pose` is stand, walk, reach, sit or back."""
    light, rng, f = p.light, p.rng, facing
    skin, hair = rng.choice(SKINS), rng.choice(HAIRS)
    if light.hour in ("dusk", "night"):
        skin, hair = mix(skin, light.ink, 0.3), mix(hair, light.ink, 0.3)
    trousers = light.shade(rng.choice((light.ink, light.cool, light.deep)), 0.45)
    dark = light.shade(coat, 0.4)
    hip, neck = y - h * 0.47, y - h * 0.83
    if cast:
        drop = [(x - h * 0.08, y), (x + h * 0.08, y), (x + h * 1.05, y + h * 0.17), (x + h * 0.98, y + h * 0.19)]
        p.poly(drop, light.shadow, 0.28)

    def leg(foot: float, knee: float) -> None:
        p.poly(
            [
                (x - h * 0.055, hip - 2),
                (x + h * 0.055, hip - 2),
                (x + knee + h * 0.045, y - h * 0.24),
                (x + foot + h * 0.03, y),
                (x + foot - h * 0.03, y),
                (x + knee - h * 0.045, y - h * 0.24),
            ],
            trousers,
        )
        p.poly(
            [
                (x + foot - h * 0.03, y - h * 0.025),
                (x + foot + f * h * 0.075, y - h * 0.004),
                (x + foot + f * h * 0.075, y + 1),
                (x + foot - f * h * 0.03, y + 1),
            ],
            light.ink,
        )

    if pose == "walk":
        leg(-f * h * 0.13, -f * h * 0.045)
        leg(f * h * 0.12, f * h * 0.075)
    elif pose != "sit":
        leg(-h * 0.045, -h * 0.045)
        leg(h * 0.045, h * 0.045)
    lean = f * h * 0.02 if pose in ("walk", "reach") else 0.0
    torso = [
        (x - h * 0.10, hip + h * 0.03),
        (x - h * 0.115, neck + h * 0.10),
        (x - h * 0.085 + lean, neck + h * 0.02),
        (x + lean, neck),
        (x + h * 0.085 + lean, neck + h * 0.02),
        (x + h * 0.115, neck + h * 0.10),
        (x + h * 0.10, hip + h * 0.03),
    ]

    def limb(elbow: Point, hand: Point, colour: Colour) -> None:
        shoulder = (x + lean + (h * 0.075 if elbow[0] >= x else -h * 0.075), neck + h * 0.065)
        p.stroke(smooth([shoulder, elbow, hand], False, 5), h * 0.068, colour)
        p.disc(hand[0], hand[1], h * 0.032, skin)

    if pose == "walk":
        limb((x - f * h * 0.13, neck + h * 0.20), (x - f * h * 0.10, neck + h * 0.35), dark)
    p.poly([torso[0], *smooth(torso[1:-1], False, 5), torso[-1]], coat)
    p.poly([(x + h * 0.02, hip + h * 0.03), (x + h * 0.03 + lean, neck), *torso[4:]], light.shadow, 0.24)
    head = neck - h * 0.075
    p.rect(x + lean - h * 0.024, neck - h * 0.03, h * 0.048, h * 0.05, mix(skin, light.shadow, 0.25))
    p.disc(x + lean, head, h * 0.058, skin, ry=h * 0.07)
    if pose == "back":
        p.disc(x + lean, head - h * 0.006, h * 0.064, hair, ry=h * 0.072)
    else:
        crown = arc(
            x + lean - f * h * 0.008,
            head - h * 0.008,
            h * 0.066,
            h * 0.074,
            180 if f > 0 else 150,
            390 if f < 0 else 360,
            12,
        )
        p.poly([*crown, (x + lean + f * h * 0.01, head - h * 0.03)], hair)
        p.poly(
            arc(x + lean - f * h * 0.03, head, h * 0.045, h * 0.066, 90, 270, 8)
            if f > 0
            else arc(x + lean + h * 0.03, head, h * 0.045, h * 0.066, -90, 90, 8),
            hair,
        )
    if helmet:
        p.poly([*arc(x + lean, head - h * 0.02, h * 0.076, h * 0.07, 180, 360, 12)], helmet)
        p.rect(
            x + lean - h * 0.078 + f * h * 0.018,
            head - h * 0.03,
            h * 0.156,
            h * 0.018,
            mix(helmet, light.shadow, 0.2),
            radius=3,
        )
    if pose == "reach":
        limb((x + f * h * 0.15, neck + h * 0.13), (x + f * h * 0.27, neck + h * 0.04), dark)
        limb((x - f * h * 0.12, neck + h * 0.20), (x - f * h * 0.07, neck + h * 0.34), dark)
    elif pose == "walk":
        limb((x + f * h * 0.10, neck + h * 0.21), (x + f * h * 0.18, neck + h * 0.32), dark)
    elif pose == "sit":
        limb((x + f * h * 0.10, neck + h * 0.22), (x + f * h * 0.22, neck + h * 0.29), dark)
    else:
        limb((x - h * 0.125, neck + h * 0.20), (x - h * 0.115, neck + h * 0.36), dark)
        limb((x + h * 0.125, neck + h * 0.20), (x + h * 0.115, neck + h * 0.36), dark)


def coat(p: Plate) -> Colour:
    light = p.light
    return p.rng.choice((light.warm, light.gold, light.cool, light.paper, light.deep, light.accent))


def passers(p: Plate, x0: float, x1: float, y: float, h: float, count: int) -> None:
    for index in range(count):
        x = x0 + (x1 - x0) * (index + p.rng.uniform(0.2, 0.8)) / count
        person(
            p,
            x,
            y + p.rng.uniform(-6, 14),
            h * p.rng.uniform(0.9, 1.05),
            coat(p),
            p.rng.choice(("walk", "walk", "stand")),
            p.rng.choice((-1, 1)),
        )
