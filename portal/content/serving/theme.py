"""The theme of a site: its colours as CSS custom properties, readable in light and in dark mode."""

from functools import lru_cache
from hashlib import blake2s

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.content.records.settings import SiteSettings, TypeScale
from portal.platform.contrast import NIGHT, PAPER, luminance, mix, readable_tint

# Relative to the browser's font size, which a reader may have chosen.
SCALES = {TypeScale.COMPACT: "94%", TypeScale.STANDARD: "100%", TypeScale.LARGE: "108%"}


class Theme(models.TextChoices):
    """The themes for a new site: a brand colour and an accent colour each."""

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
    """The theme as declarations, for a part of a page that is not the site's."""
    factor = int(SCALES[TypeScale(settings.type_scale)].rstrip("%")) / 100
    return f"{_properties(settings.brand_colour, settings.accent_colour)};--type-factor:{factor:g}"


def theme_stylesheet(settings: SiteSettings) -> str:
    scale = SCALES[TypeScale(settings.type_scale)]
    root = f":root{{{_properties(settings.brand_colour, settings.accent_colour)}}}\n"
    return root + ("" if scale == "100%" else f"html{{font-size:{scale}}}\n")


def theme_version(settings: SiteSettings) -> str:
    """A hash of the style sheet, for its URL."""
    return blake2s(theme_stylesheet(settings).encode(), digest_size=6).hexdigest()
