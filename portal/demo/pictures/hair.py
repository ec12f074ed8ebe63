"""Knows six ways to wear hair, as the part behind the head and the part in front of it."""

from portal.demo.pictures.canvas import Plate
from portal.demo.pictures.curves import Point, arc, mirrored, smooth
from portal.demo.pictures.palette import Colour


def behind(p: Plate, x: float, y: float, style: str, hair: Colour) -> None:
    dark = p.light.shade(hair, 0.3)
    if style == "bun":
        p.disc(x + 46, y - 236, 78, hair, ry=72)
        p.stipple(arc(x + 46, y - 236, 78, 72, 0, 360), p.light.tint(hair, 0.22), "right", 0.7)
        p.poly(smooth(mirrored(x, y, [(0, -206), (120, -160), (152, -40), (128, 90), (60, 130)])), dark)
    elif style == "bob":
        p.poly(smooth(mirrored(x, y, [(0, -216), (130, -176), (182, -40), (190, 110), (158, 196), (70, 200)])), dark)
    elif style == "curls":
        for turn in range(13):
            cx, cy = arc(x, y - 30, 178, 186, 140, 400, 12)[turn]
            p.disc(cx, cy, 74, dark if turn > 6 else hair)
        p.disc(x, y - 60, 176, hair)


def over(p: Plate, x: float, y: float, style: str, hair: Colour) -> None:
    light = p.light
    gloss = light.tint(hair, 0.2)

    def at(points: list[Point]) -> list[Point]:
        return smooth([(x + dx, y + dy) for dx, dy in points])

    if style == "bun":
        cap = at(
            [
                (-140, 6),
                (-150, -70),
                (-112, -176),
                (0, -216),
                (116, -174),
                (152, -66),
                (140, 10),
                (124, -50),
                (70, -116),
                (-14, -138),
                (-96, -96),
                (-122, -44),
            ]
        )
    elif style == "bob":
        cap = at(
            [
                (-146, 150),
                (-186, 130),
                (-180, -60),
                (-126, -178),
                (0, -218),
                (128, -180),
                (182, -50),
                (190, 130),
                (150, 160),
                (134, 30),
                (104, -84),
                (40, -132),
                (-30, -100),
                (-112, -60),
                (-130, 20),
            ]
        )
    elif style == "curls":
        for dx, dy, size in (
            (-120, -104, 46),
            (-76, -142, 50),
            (-14, -158, 54),
            (50, -150, 52),
            (104, -112, 48),
            (132, -56, 40),
            (-140, -54, 38),
        ):
            p.disc(x + dx, y + dy, size, hair)
            p.line(arc(x + dx, y + dy, size * 0.62, size * 0.62, 190, 290, 10), 5, gloss)
        return
    elif style == "cropped":
        cap = at(
            [
                (-134, 10),
                (-148, -60),
                (-118, -160),
                (-30, -204),
                (64, -196),
                (128, -140),
                (150, -50),
                (136, 14),
                (124, -50),
                (100, -106),
                (40, -138),
                (-44, -140),
                (-108, -104),
                (-124, -44),
            ]
        )
    elif style == "parting":
        cap = at(
            [
                (-136, 0),
                (-148, -70),
                (-122, -170),
                (-50, -222),
                (70, -214),
                (140, -140),
                (150, -40),
                (136, 4),
                (122, -60),
                (86, -118),
                (0, -128),
                (-70, -152),
                (-112, -100),
                (-126, -40),
            ]
        )
    else:
        shell = light.raw.paper if light.accent == light.gold else light.raw.gold
        p.poly(
            [
                (x + dx, y + dy)
                for dx, dy in (
                    (-138, -90),
                    (138, -90),
                    (140, -12),
                    (126, -24),
                    (120, -56),
                    (-120, -56),
                    (-126, -24),
                    (-140, -12),
                )
            ],
            hair,
        )
        dome = [*arc(x, y - 92, 164, 150, 180, 360, 30), (x + 172, y - 82), (x - 172, y - 82)]
        p.poly(dome, shell)
        p.stipple(dome, light.shade(shell, 0.5), "left", 0.85)
        p.rect(x - 26, y - 250, 52, 160, light.tint(shell, 0.35), radius=22)
        p.poly(
            smooth(
                [
                    (x - 188, y - 94),
                    (x, y - 116),
                    (x + 184, y - 94),
                    (x + 176, y - 74),
                    (x, y - 84),
                    (x - 214, y - 66),
                ]
            ),
            light.shade(shell, 0.28),
        )
        return
    p.poly(cap, hair)
    p.stipple(cap, gloss, "right", 0.8, 0.7)
    if style in ("bob", "parting"):
        for index in range(3):
            p.line(
                smooth(
                    [
                        (x - 40 + index * 26, y - 196),
                        (x + 40 + index * 22, y - 170),
                        (x + 96 + index * 14, y - 96),
                    ],
                    False,
                ),
                4,
                gloss,
            )
