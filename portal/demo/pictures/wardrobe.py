"""Knows what the portrayed wear: lab coat, blazer, vest, apron, dungarees or rollneck."""

from portal.demo.pictures.canvas import HEIGHT, Plate
from portal.demo.pictures.curves import smooth
from portal.demo.pictures.palette import Colour, mix


def dress(p: Plate, x: float, kind: str, jaw: float, first: Colour, second: Colour) -> None:
    light = p.light
    half = 372 * (0.86 + 0.14 * jaw)
    body = [
        (x - half - 70, HEIGHT + 10),
        *smooth(
            [
                (x - half - 24, HEIGHT - 150),
                (x - half + 24, 836),
                (x - half + 140, 756),
                (x - 110, 694),
                (x, 690),
                (x + 110, 694),
                (x + half - 140, 756),
                (x + half - 24, 836),
                (x + half + 24, HEIGHT - 150),
            ],
            False,
        ),
        (x + half + 70, HEIGHT + 10),
    ]
    base = {
        "labcoat": light.raw.paper,
        "vest": mix(light.raw.cool, light.raw.ink, 0.35),
        "apron": mix(second, light.raw.paper, 0.35),
    }.get(kind, first)
    p.poly(body, base)
    right = [point for point in body if point[0] > x + 40]
    p.stipple([(x + 40, HEIGHT + 10), (x + 40, 694), *right], light.shade(base, 0.5), "left", 0.75)
    for side in (-1, 1):
        p.line(
            smooth(
                [(x + side * (half - 60), HEIGHT + 10), (x + side * (half - 82), 960), (x + side * (half - 66), 900)],
                False,
            ),
            5,
            light.shade(base, 0.35),
        )
    if kind in ("labcoat", "blazer"):
        inner = first if kind == "labcoat" else light.raw.paper
        p.poly([(x - 92, 694), (x + 92, 694), (x, HEIGHT + 10)], inner)
        p.poly([(x + 8, 700), (x + 92, 694), (x, HEIGHT + 10)], light.shadow, 0.14)
        for side in (-1, 1):
            lapel = [
                (x + side * 84, 680),
                (x + side * 172, 726),
                (x + side * 196, 850),
                (x + side * 150, 866),
                (x + side * 158, 896),
                (x + side * 4, HEIGHT + 10),
            ]
            p.poly(lapel, light.shade(base, 0.10 if side < 0 else 0.26))
        if kind == "blazer":
            scarf = smooth(
                [
                    (x - 112, 676),
                    (x - 40, 742),
                    (x + 50, 744),
                    (x + 116, 676),
                    (x + 128, 734),
                    (x + 30, 812),
                    (x - 60, 806),
                    (x - 126, 738),
                ]
            )
            p.poly(scarf, second)
            p.stipple(scarf, light.shade(second, 0.5), "left", 0.7)
        else:
            p.rect(x + 210, 930, 108, 8, light.shade(base, 0.35))
            p.rect(x + 236, 884, 12, 66, second, radius=5)
    elif kind == "vest":
        bright = light.raw.gold
        for side in (-1, 1):
            panel = [
                (x + side * 112, 700),
                (x + side * 250, 760),
                (x + side * 286, HEIGHT + 10),
                (x + side * 22, HEIGHT + 10),
                (x + side * 50, 880),
            ]
            p.poly(panel, bright if side < 0 else light.shade(bright, 0.2))
            p.poly(
                [
                    (x + side * 150, 716),
                    (x + side * 206, 740),
                    (x + side * 226, HEIGHT + 10),
                    (x + side * 166, HEIGHT + 10),
                ],
                light.raw.paper,
            )
        p.poly([(x - 100, 690), (x, 800), (x - 58, 830), (x - 132, 716)], light.tint(base, 0.2))
        p.poly([(x + 100, 690), (x, 800), (x + 58, 830), (x + 132, 716)], light.shade(base, 0.2))
    elif kind == "apron":
        p.poly([(x - 104, 686), (x, 812), (x - 74, 836), (x - 140, 716)], light.tint(base, 0.4))
        p.poly([(x + 104, 686), (x, 812), (x + 74, 836), (x + 140, 716)], light.shade(base, 0.16))
        p.poly([(x - 190, 870), (x + 190, 870), (x + 250, HEIGHT + 10), (x - 250, HEIGHT + 10)], first)
        p.stipple(
            [(x - 190, 870), (x + 190, 870), (x + 250, HEIGHT + 10), (x - 250, HEIGHT + 10)],
            light.shade(first, 0.6),
            "left",
            0.7,
        )
        for side in (-1, 1):
            p.poly(
                [(x + side * 152, 876), (x + side * 188, 876), (x + side * 216, 770), (x + side * 184, 740)],
                light.shade(first, 0.3),
            )
    elif kind == "dungarees":
        shirt = light.raw.paper if first != light.raw.paper else light.raw.gold
        p.poly(body, shirt)
        for stripe in range(9):
            y = 742 + stripe * 40
            reach = min(half + 20, 150 + stripe * 92)
            p.line(smooth([(x - reach, y + 16), (x, y + 34), (x + reach, y + 16)], False), 12, mix(second, shirt, 0.15))
        p.stipple([(x + 40, HEIGHT + 10), (x + 40, 694), *right], light.shade(shirt, 0.6), "left", 0.7)
        bib = [(x - 176, 884), (x + 176, 884), (x + 226, HEIGHT + 10), (x - 226, HEIGHT + 10)]
        p.poly(bib, first)
        p.stipple(bib, light.shade(first, 0.6), "left", 0.7)
        for side in (-1, 1):
            p.poly(
                [(x + side * 128, 900), (x + side * 180, 900), (x + side * 236, 762), (x + side * 186, 738)],
                light.shade(first, 0.15),
            )
            p.disc(x + side * 152, 906, 15, light.raw.gold)
    else:
        neck = smooth([(x - 112, 640), (x, 664), (x + 112, 640), (x + 126, 742), (x, 776), (x - 126, 742)])
        p.poly(neck, light.tint(base, 0.12))
        p.stipple(neck, light.shade(base, 0.5), "left", 0.8)
        p.line(smooth([(x - 118, 700), (x, 728), (x + 118, 700)], False), 4, light.shade(base, 0.3))
