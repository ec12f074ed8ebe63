"""A site's theme: its colours as CSS custom properties, readable in light and dark mode."""

import re
from functools import lru_cache

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.content.records.settings import Corners, SiteSettings, Typefaces, TypeScale
from portal.platform.contrast import NIGHT, PAPER, luminance, mix, readable_tint

VERSION = re.compile(r"([0-9a-f]{6})-([0-9a-f]{6})-([a-z]+)-([a-z]+)-([a-z]+)", re.IGNORECASE)
# These are relative to the browser's font size, which the reader may have changed.
SCALES = {TypeScale.COMPACT: "94%", TypeScale.STANDARD: "100%", TypeScale.LARGE: "108%"}
# For headings, texts and the interface: the names of font files, and of the CSS custom properties with their stand-ins.
FACES = {
    Typefaces.NEWSPAPER: ("newsreader", "newsreader", "libre-franklin"),
    Typefaces.GAZETTE: ("roboto-serif", "roboto-serif", "public-sans"),
    Typefaces.POSTER: ("bricolage", "literata", "bricolage"),
    Typefaces.MAGAZINE: ("fraunces", "figtree", "figtree"),
}
RADII = {Corners.SQUARE: "0", Corners.SOFT: "2px", Corners.ROUND: "0.625rem"}


class Theme(models.TextChoices):
    """The themes offered for a new site: a brand colour and an accent colour each."""

    BURGUNDY = "burgundy", _("Burgundy")
    FOREST = "forest", _("Forest")
    OCEAN = "ocean", _("Ocean")
    SLATE = "slate", _("Slate")
    PLUM = "plum", _("Plum")
    BRICK = "brick", _("Brick")

    @property
    def colours(self) -> tuple[str, str]:
        return COLOURS[self]


COLOURS = {
    Theme.BURGUNDY: ("#7a1f2b", "#8a4b00"),
    Theme.FOREST: ("#1f5135", "#8a4b00"),
    Theme.OCEAN: ("#134a6e", "#a0410d"),
    Theme.SLATE: ("#37414f", "#1d5f8a"),
    Theme.PLUM: ("#5b2a63", "#8a4b00"),
    Theme.BRICK: ("#8f3a1d", "#2d5b4f"),
}


@lru_cache(maxsize=512)
def _properties(brand: str, accent: str) -> str:
    on_brand = "#ffffff" if luminance(brand) < 0.18 else "#14161a"
    values = {
        "--brand": (brand, readable_tint(brand, NIGHT)),
        "--brand-ground": (readable_tint(brand, on_brand), mix(brand, NIGHT, 0.35)),
        "--on-brand": (on_brand, "#ffffff"),
        "--accent": (accent, readable_tint(accent, NIGHT)),
        "--tint": (mix(PAPER, brand, 0.07), mix(NIGHT, brand, 0.16)),
    }
    return ";".join(f"{name}:light-dark({light},{dark})" for name, (light, dark) in values.items())


def theme_properties(settings: SiteSettings) -> str:
    """The theme as CSS declarations, for a part of a page that shows another site."""
    factor = int(SCALES[TypeScale(settings.type_scale)].rstrip("%")) / 100
    return f"{_look(settings)};--type-factor:{factor:g}"


def theme_stylesheet(settings: SiteSettings) -> str:
    scale = SCALES[TypeScale(settings.type_scale)]
    return f":root{{{_look(settings)}}}\n" + ("" if scale == "100%" else f"html{{font-size:{scale}}}\n")


def _look(settings: SiteSettings) -> str:
    faces = zip(("heading", "reading", "sans"), FACES[Typefaces(settings.typefaces)], strict=True)
    values = {f"--{use}": f"var(--{face})" for use, face in faces} | {"--radius": RADII[Corners(settings.corners)]}
    declarations = ";".join(f"{name}:{value}" for name, value in values.items())
    return f"{_properties(settings.brand_colour, settings.accent_colour)};{declarations}"


def font_files(settings: SiteSettings) -> list[str]:
    """The static files of the fonts that every page of a site loads, without duplicates."""
    return [f"fonts/{face}.woff2" for face in dict.fromkeys(FACES[Typefaces(settings.typefaces)])]


def theme_version(settings: SiteSettings) -> str:
    """The look as part of the style sheet's URL, such as `7a1f2b-8a4b00-standard-newspaper-soft`."""
    colours = f"{settings.brand_colour[1:]}-{settings.accent_colour[1:]}"
    return f"{colours}-{settings.type_scale}-{settings.typefaces}-{settings.corners}"


def look_of_version(version: str) -> SiteSettings | None:
    """The look described by a URL; None for a malformed version. In a preview, no site has this look yet."""
    found = VERSION.fullmatch(version)
    if found is None or found[3] not in SCALES or found[4] not in FACES or found[5] not in RADII:
        return None
    return SiteSettings(
        brand_colour=f"#{found[1]}",
        accent_colour=f"#{found[2]}",
        type_scale=found[3],
        typefaces=found[4],
        corners=found[5],
    )
