"""Knows every scene there is and draws one, always the same for the same seed."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from PIL import Image

from portal.demo.pictures import (
    aisles,
    energy,
    gathering,
    industry,
    making,
    nature,
    people,
    sites,
    street,
    town,
    transport,
)
from portal.demo.pictures.canvas import HEIGHT, WIDTH, Plate
from portal.demo.pictures.palette import PALETTES, light

__all__ = ["SCENES", "draw", "focal_point"]

DAYLIGHT = ("morning", "day", "golden", "day", "golden", "dusk")
INDOORS = ("morning", "day", "golden")


@dataclass(frozen=True)
class Subject:
    """What a scene is: who draws it, how large and how low its focal part is, and the hours that suit it."""

    draw: Callable[[Plate], None]
    width: int
    height: int
    middle: int
    hours: tuple[str, ...] = DAYLIGHT
    sway: int = 110
    closest: float = 1.36


_SUBJECTS = {
    "factory": Subject(industry.factory, 860, 640, 620),
    "steelworks": Subject(industry.steelworks, 800, 720, 560, ("golden", "dusk", "dusk", "night", "morning")),
    "construction": Subject(sites.construction, 820, 800, 560),
    "brownfield": Subject(sites.brownfield, 860, 720, 560),
    "forest": Subject(nature.forest, 700, 620, 640, closest=1.25),
    "timber": Subject(nature.timber, 860, 620, 680),
    "river": Subject(nature.river, 800, 720, 620),
    "vineyard": Subject(nature.vineyard, 800, 700, 640),
    "orchard": Subject(nature.orchard, 800, 700, 680),
    "solar": Subject(energy.solar, 840, 720, 640),
    "wind": Subject(energy.wind, 720, 860, 540, closest=1.15),
    "rail": Subject(transport.rail, 860, 560, 660),
    "tram": Subject(transport.tram, 920, 600, 700, closest=1.2),
    "canal": Subject(transport.canal, 800, 640, 700, closest=1.2),
    "cycling": Subject(transport.cycling, 840, 560, 720),
    "bridge": Subject(transport.bridge, 860, 720, 560, closest=1.2),
    "city": Subject(town.city, 840, 760, 560),
    "night-city": Subject(town.night_city, 840, 780, 560, ("night",), closest=1.25),
    "village": Subject(town.village, 820, 700, 580),
    "offices": Subject(street.offices, 820, 780, 580),
    "market": Subject(street.market, 860, 760, 620, closest=1.2),
    "shop": Subject(street.shop, 900, 760, 620, ("day", "golden", "morning", "dusk", "night"), closest=1.2),
    "school": Subject(street.school, 840, 720, 600),
    "workshop": Subject(making.workshop, 860, 760, 560, INDOORS, closest=1.2),
    "lab": Subject(making.laboratory, 860, 760, 560, INDOORS, closest=1.2),
    "conference": Subject(gathering.conference, 900, 760, 520, closest=1.15),
    "meeting": Subject(gathering.meeting, 900, 720, 580, INDOORS, closest=1.2),
    "datacentre": Subject(aisles.datacentre, 700, 760, 580, ("day", "night"), closest=1.2),
    "bakery": Subject(making.bakery, 900, 760, 560, INDOORS, closest=1.15),
    "greenhouse": Subject(aisles.greenhouse, 840, 760, 600, INDOORS, closest=1.15),
    "warehouse": Subject(industry.warehouse, 900, 560, 640),
}
_SUBJECTS |= {
    name: Subject(portrait, 760, 860, 520, ("morning", "day", "golden", "day"), 60, 1)
    for name, portrait in people.PORTRAITS.items()
}

SCENES: tuple[str, ...] = tuple(_SUBJECTS)


@dataclass(frozen=True)
class _Composition:
    subject: Subject
    rng: Random
    mirror: bool
    hour: str
    fx: int
    zoom: float


def _compose(scene: str, seed: str) -> _Composition:
    if scene not in _SUBJECTS:
        raise ValueError(f"unknown scene {scene!r}; known are {', '.join(SCENES)}")
    subject = _SUBJECTS[scene]
    rng = Random(f"{scene}:{seed}")
    mirror, hour = rng.random() < 0.5, rng.choice(subject.hours)
    fx = WIDTH // 2 + rng.randint(-subject.sway, subject.sway)
    zoom = rng.uniform(1 + (subject.closest - 1) * 0.35, subject.closest)
    return _Composition(subject, rng, mirror, hour, fx, zoom)


def draw(scene: str, seed: str, palette: str = "lorraine") -> Image.Image:
    composition = _compose(scene, seed)
    if palette not in PALETTES:
        raise ValueError(f"unknown palette {palette!r}; known are {', '.join(PALETTES)}")
    air = light(palette, composition.hour, composition.rng)
    plate = Plate(air, composition.rng, composition.fx, composition.subject.middle, composition.zoom)
    composition.subject.draw(plate)
    return plate.printed(composition.mirror)


def focal_point(scene: str, seed: str) -> tuple[int, int, int, int]:
    """Return x, y, width and height of the part that survives a crop to 16:9 or to a square."""
    composition = _compose(scene, seed)
    subject = composition.subject
    centre = WIDTH - composition.fx if composition.mirror else composition.fx
    x = min(max(centre - subject.width // 2, 0), WIDTH - subject.width)
    y = min(max(subject.middle - subject.height // 2, 0), HEIGHT - subject.height)
    return x, y, subject.width, subject.height
