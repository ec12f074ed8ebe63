"""Knows the inks of the three palettes and how the hour of the day tints them."""

from dataclasses import dataclass
from random import Random

Colour = tuple[int, int, int]

HOURS = ("morning", "day", "golden", "dusk", "night")


def _hex(code: str) -> Colour:
    return int(code[0:2], 16), int(code[2:4], 16), int(code[4:6], 16)


def mix(first: Colour, second: Colour, share: float) -> Colour:
    """Return `first` with `share` (0 to 1) of `second` stirred in."""
    return (
        round(first[0] + (second[0] - first[0]) * share),
        round(first[1] + (second[1] - first[1]) * share),
        round(first[2] + (second[2] - first[2]) * share),
    )


@dataclass(frozen=True)
class Inks:
    paper: Colour
    ink: Colour
    warm: Colour
    gold: Colour
    cool: Colour
    deep: Colour
    leaf: Colour


PALETTES = {
    "lorraine": Inks(
        paper=_hex("f8ecd6"),
        ink=_hex("22303a"),
        warm=_hex("b9472e"),
        gold=_hex("e6a83f"),
        cool=_hex("5c7d99"),
        deep=_hex("28503f"),
        leaf=_hex("6b8a4f"),
    ),
    "saar": Inks(
        paper=_hex("f5f0e4"),
        ink=_hex("12262f"),
        warm=_hex("c65f2b"),
        gold=_hex("e5c48a"),
        cool=_hex("5a8fb0"),
        deep=_hex("0f4d59"),
        leaf=_hex("4d837a"),
    ),
    "lux": Inks(
        paper=_hex("f0f2ea"),
        ink=_hex("2a1a35"),
        warm=_hex("ef725a"),
        gold=_hex("f1d08a"),
        cool=_hex("4f979d"),
        deep=_hex("5c2b52"),
        leaf=_hex("17696d"),
    ),
}


@dataclass(frozen=True)
class Light:
    """The inks as they look at one hour, with the colours of the air."""

    hour: str
    sky: tuple[Colour, Colour, Colour]
    sun: Colour
    haze: Colour
    paper: Colour
    ink: Colour
    warm: Colour
    gold: Colour
    cool: Colour
    deep: Colour
    leaf: Colour
    ground: Colour
    accent: Colour
    second: Colour
    lamp: Colour
    pane: Colour
    shadow: Colour
    raw: Inks

    @property
    def dark(self) -> bool:
        return self.hour in ("dusk", "night")

    def far(self, colour: Colour, distance: float) -> Colour:
        return mix(colour, self.haze, distance)

    def shade(self, colour: Colour, share: float = 0.28) -> Colour:
        return mix(colour, self.shadow, share)

    def tint(self, colour: Colour, share: float = 0.25) -> Colour:
        return mix(colour, self.paper, share)


def _air(inks: Inks, hour: str, rng: Random) -> tuple[tuple[Colour, Colour, Colour], Colour]:
    paper, warm, gold, cool, deep, ink = inks.paper, inks.warm, inks.gold, inks.cool, inks.deep, inks.ink
    swing = rng.uniform(-0.08, 0.08)
    match hour:
        case "morning":
            if rng.random() < 0.5:
                return (mix(cool, paper, 0.42 + swing), mix(paper, gold, 0.22), mix(paper, warm, 0.30)), paper
            return (mix(gold, paper, 0.45 + swing), mix(gold, paper, 0.68), mix(paper, warm, 0.16)), mix(
                warm, gold, 0.25
            )
        case "day":
            return (mix(cool, paper, 0.14 + swing), mix(cool, paper, 0.55), mix(paper, gold, 0.14)), mix(
                paper, gold, 0.2
            )
        case "golden":
            if rng.random() < 0.5:
                return (mix(gold, warm, 0.30 + swing), mix(gold, paper, 0.15), mix(gold, paper, 0.62)), paper
            return (mix(gold, paper, 0.05), mix(gold, paper, 0.45 + swing), mix(paper, warm, 0.22)), mix(
                warm, gold, 0.12
            )
        case "dusk":
            top = mix(deep, ink, 0.35) if rng.random() < 0.5 else mix(cool, ink, 0.45 + swing)
            return (top, mix(mix(top, warm, 0.55), paper, 0.16), mix(warm, gold, 0.6)), mix(gold, paper, 0.45)
        case _:
            return (mix(ink, cool, 0.10), mix(ink, cool, 0.32 + swing), mix(cool, ink, 0.28)), mix(paper, gold, 0.25)


def light(palette: str, hour: str, rng: Random) -> Light:
    inks = PALETTES[palette]
    sky, sun = _air(inks, hour, rng)
    shadow = mix(inks.ink, inks.deep, 0.35)
    tints = {
        "morning": (inks.paper, 0.06),
        "day": (inks.paper, 0.0),
        "golden": (mix(inks.gold, inks.warm, 0.3), 0.10),
        "dusk": (mix(inks.ink, sky[0], 0.5), 0.25),
        "night": (mix(inks.ink, inks.cool, 0.18), 0.60),
    }
    cast, share = tints[hour]

    def lit(colour: Colour) -> Colour:
        return mix(colour, cast, share)

    accents = [inks.warm, inks.gold, inks.cool, inks.warm, inks.deep]
    accent = rng.choice(accents)
    second = rng.choice([colour for colour in accents if colour != accent])
    meadow = rng.choice(
        [mix(inks.leaf, inks.gold, 0.35), mix(inks.gold, inks.paper, 0.2), mix(inks.leaf, inks.paper, 0.2)]
    )
    pane = mix(inks.cool, inks.ink, 0.45) if hour in ("day", "morning") else mix(inks.deep, inks.ink, 0.5)
    return Light(
        hour=hour,
        sky=sky,
        sun=sun,
        haze=mix(sky[2], sky[1], 0.35),
        paper=lit(inks.paper),
        ink=mix(inks.ink, cast, share * 0.15),
        warm=lit(inks.warm),
        gold=lit(inks.gold),
        cool=lit(inks.cool),
        deep=lit(inks.deep),
        leaf=lit(inks.leaf),
        ground=lit(meadow),
        accent=lit(accent),
        second=lit(second),
        lamp=mix(inks.gold, inks.paper, 0.35),
        pane=pane,
        shadow=shadow,
        raw=inks,
    )
