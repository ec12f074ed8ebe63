"""Knows six portraits: head and shoulders, each in front of the place where that person works."""

from collections.abc import Callable
from dataclasses import dataclass

from portal.demo.pictures import aisles, gathering, hair, making, nature, sites
from portal.demo.pictures.canvas import HEIGHT, WIDTH, Plate
from portal.demo.pictures.curves import Point, mirrored, smooth
from portal.demo.pictures.palette import Colour, mix
from portal.demo.pictures.wardrobe import dress

HEAD = 420.0


@dataclass(frozen=True)
class Person:
    skin: Colour
    hair: Colour
    hairdo: str
    dress: str
    place: Callable[[Plate], None]
    jaw: float = 1.0
    beard: str = ""
    glasses: bool = False
    lips: bool = False
    years: int = 35


_A = Person((196, 136, 98), (38, 26, 28), "bun", "labcoat", making.laboratory, 0.9, lips=True)
_B = Person((236, 190, 160), (224, 216, 204), "cropped", "apron", making.workshop, 1.06, beard="full", years=66)
_C = Person(
    (244, 206, 178), (166, 160, 160), "bob", "blazer", gathering.meeting, 0.92, glasses=True, lips=True, years=58
)
_D = Person((104, 66, 48), (26, 20, 22), "helmet", "vest", sites.construction, 1.08, beard="short", years=34)
_E = Person((142, 92, 64), (46, 28, 24), "curls", "dungarees", aisles.greenhouse, 0.9, lips=True, years=25)
_F = Person((226, 176, 132), (30, 26, 30), "parting", "rollneck", nature.vineyard, 1.0, glasses=False, years=42)


def _face(p: Plate, x: float, who: Person, strands: Colour) -> None:
    light, jaw = p.light, who.jaw
    skin = who.skin if not light.dark else mix(who.skin, light.raw.ink, 0.14)
    deep = mix(skin, mix(light.raw.warm, light.raw.ink, 0.6), 0.30)
    line = mix(skin, light.raw.ink, 0.78)
    p.poly(
        [
            (x - 82, HEAD + 90),
            (x + 82, HEAD + 90),
            (x + 92, 686),
            *smooth([(x + 110, 700), (x + 30, 770), (x - 30, 770), (x - 110, 700)], False),
            (x - 92, 686),
        ],
        skin,
    )
    p.poly(
        [
            (x - 84, HEAD + 120),
            *smooth([(x - 84, HEAD + 176), (x, HEAD + 256), (x + 89, HEAD + 236)], False),
            (x + 90, 686),
            (x + 82, HEAD + 90),
        ],
        deep,
    )
    for side in (-1, 1):
        p.disc(x + side * 134, HEAD + 12, 25, skin if side < 0 else deep, ry=40)
        p.disc(x + side * 136, HEAD + 14, 12, deep if side < 0 else mix(deep, line, 0.2), ry=22)
    half: list[Point] = [
        (0, -176),
        (82, -158),
        (130, -84),
        (136, 10),
        (120 * jaw, 104),
        (76 * jaw, 172),
        (28 * jaw, 204),
    ]
    outline = smooth(mirrored(x, HEAD, half))
    p.poly(outline, skin)
    shade = [
        (x + 82, HEAD - 158),
        (x + 84, HEAD - 70),
        (x + 62, HEAD - 16),
        (x + 88, HEAD + 44),
        (x + 54, HEAD + 120),
        (x + 28, HEAD + 204),
    ]
    edge = outline[10:61]
    p.poly([*edge, *reversed(smooth(shade, False))], deep)
    nx, brow = x - 14, HEAD - 58
    p.glow(x - 78, HEAD + 62, 58, light.raw.warm, 0.28)
    p.poly(
        smooth([(nx + 20, HEAD - 34), (nx + 8, HEAD + 16), (nx - 16, HEAD + 54)], False)
        + smooth([(nx - 12, HEAD + 66), (nx + 14, HEAD + 74), (nx + 34, HEAD + 62), (nx + 24, HEAD + 30)], False),
        deep,
    )
    for side in (-1, 1):
        ex = nx + side * 58 + (4 if side > 0 else 0)
        p.disc(ex, HEAD - 4, 11, line, ry=13)
        p.disc(ex - 4, HEAD - 9, 3.2, light.raw.paper)
        lid = smooth(
            [(ex - 26, HEAD - 4), (ex - 6, HEAD - 20), (ex + 24, HEAD - 8)]
            if side > 0
            else [(ex - 24, HEAD - 8), (ex + 6, HEAD - 20), (ex + 26, HEAD - 4)],
            False,
        )
        p.stroke(lid, 6 if who.lips else 4.5, line)
        arch = smooth(
            [
                (ex - 36, brow + (2 if side > 0 else 12)),
                (ex - 12, brow - 4),
                (ex + 12, brow - 4),
                (ex + 36, brow + (12 if side > 0 else 2)),
            ],
            False,
        )
        p.stroke(arch, 8 if who.lips else 12, mix(strands, line, 0.45) if who.years < 55 else mix(strands, line, 0.25))
        if who.years > 50:
            p.line(smooth([(ex - 20, HEAD + 26), (ex, HEAD + 32), (ex + 20, HEAD + 26)], False), 3, deep)
            p.line(
                smooth([(nx + side * 46, HEAD + 70), (nx + side * 64, HEAD + 92), (nx + side * 66, HEAD + 116)], False),
                4,
                mix(deep, line, 0.12),
            )
    mouth = HEAD + 122
    if who.beard:
        bristle = mix(strands, skin, 0.12 if who.beard == "full" else 0.28)
        drop = 40 if who.beard == "full" else 6
        chin = smooth(
            [
                (x - 134, HEAD + 24),
                (x - 118, HEAD + 96),
                (x - 52, HEAD + 92),
                (nx, HEAD + 80),
                (x + 52, HEAD + 92),
                (x + 120, HEAD + 96),
                (x + 135, HEAD + 24),
                (x + 122 * jaw, HEAD + 132),
                (x + 76, HEAD + 200 + drop),
                (x, HEAD + 216 + drop),
                (x - 76, HEAD + 200 + drop),
                (x - 122 * jaw, HEAD + 132),
            ]
        )
        p.poly(chin, bristle)
        p.stipple([point for point in chin if point[0] > x - 20], light.shade(bristle, 0.5), "left", 0.9)
    if who.lips:
        colour = mix(skin, mix(light.raw.warm, light.raw.ink, 0.25), 0.55)
        p.poly(
            smooth(
                [
                    (nx - 52, mouth - 12),
                    (nx - 16, mouth - 11),
                    (nx, mouth - 8),
                    (nx + 16, mouth - 11),
                    (nx + 52, mouth - 13),
                    (nx, mouth + 5),
                ],
                steps=6,
            ),
            mix(colour, line, 0.2),
        )
        p.poly(
            smooth(
                [
                    (nx - 44, mouth - 6),
                    (nx, mouth + 5),
                    (nx + 44, mouth - 7),
                    (nx + 20, mouth + 17),
                    (nx - 18, mouth + 17),
                ],
                steps=6,
            ),
            colour,
        )
    else:
        p.poly(
            smooth(
                [(nx - 44, mouth + 2), (nx, mouth + 8), (nx + 44, mouth), (nx + 18, mouth + 20), (nx - 16, mouth + 20)],
                steps=6,
            ),
            mix(skin, mix(light.raw.warm, light.raw.ink, 0.35), 0.45),
        )
        p.stroke(
            smooth(
                [
                    (nx - 50, mouth - 8),
                    (nx - 22, mouth + 3),
                    (nx, mouth + 6),
                    (nx + 22, mouth + 3),
                    (nx + 50, mouth - 9),
                ],
                False,
            ),
            4.5,
            mix(deep, line, 0.6),
        )
    if who.glasses:
        rim = mix(light.raw.deep, light.raw.ink, 0.3)
        for side in (-1, 1):
            cx = nx + side * 62 + 2
            p.disc(cx, HEAD - 2, 49, light.raw.paper, 0.16, ry=43)
            p.ring(cx, HEAD - 2, 50, 6.5, rim)
        p.line(smooth([(nx - 12, HEAD - 8), (nx + 2, HEAD - 16), (nx + 16, HEAD - 8)], False), 6, rim)
        p.line([(nx + 114, HEAD - 8), (x + 136, HEAD - 4)], 6, rim)
        p.line([(nx - 110, HEAD - 8), (x - 136, HEAD - 6)], 6, rim)


def _portrait(who: Person) -> Callable[[Plate], None]:
    def draw(p: Plate) -> None:
        light, x = p.light, p.fx
        who.place(p)
        p.soften()
        p.rect(0, 0, WIDTH, HEIGHT, light.haze, 0.30)
        p.glow(x - 120, HEAD, 620, light.sun, 0.5)
        choices = [light.raw.warm, light.raw.cool, light.raw.deep, light.raw.leaf]
        first = p.rng.choice(choices)
        second = p.rng.choice([colour for colour in choices if colour != first])
        shade = who.hair if not light.dark else mix(who.hair, light.raw.ink, 0.12)
        hair.behind(p, x, HEAD, who.hairdo, shade)
        if who.dress != "rollneck":
            dress(p, x, who.dress, who.jaw, first, second)
        _face(p, x, who, shade)
        if who.dress == "rollneck":
            dress(p, x, who.dress, who.jaw, first, second)
        hair.over(p, x, HEAD, who.hairdo, shade)

    return draw


PORTRAITS = {f"person-{letter}": _portrait(who) for letter, who in zip("abcdef", (_A, _B, _C, _D, _E, _F), strict=True)}
