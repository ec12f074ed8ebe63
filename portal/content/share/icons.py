"""A site's icons (its initial in white or black on the brand colour) and the manifest that lists them."""

import re
from html import escape
from io import BytesIO

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.utils.functional import cached_property
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from PIL import Image, ImageDraw

from portal.content.serving.editions import Edition, edition_of
from portal.content.share.faces import serif
from portal.platform.contrast import luminance, readable_tint

DAY = 24 * 3600
# The initial of “L’Élan” is É, that of “Die Brücke” is B.
ARTICLE = re.compile(r"^(?:[ld]['’]|(?:le|la|les|der|die|das|the|un|une)\s+)", re.IGNORECASE)
# Icons are drawn larger and scaled down, so that small ones have smooth edges.
SCALE = 4
MANIFEST_SIZES = (192, 512)


class SiteIcon:
    def __init__(self, edition: Edition):
        name = ARTICLE.sub("", edition.name)
        self.letter = next((letter for letter in name if letter.isalnum()), "P").upper()
        brand = edition.settings.brand_colour
        self.on_brand = "#ffffff" if luminance(brand) < 0.18 else "#14161a"
        self.ground = readable_tint(brand, self.on_brand)

    @cached_property
    def svg(self) -> str:
        return (
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">'
            f'<rect width="32" height="32" rx="4" fill="{self.ground}"/>'
            f'<text x="16" y="23.5" fill="{self.on_brand}" font-family="Georgia, serif" font-size="22"'
            f' font-weight="700" text-anchor="middle">{escape(self.letter)}</text></svg>'
        )

    def draw(self, size: int) -> Image.Image:
        large = size * SCALE
        canvas = Image.new("RGB", (large, large), self.ground)
        pen = ImageDraw.Draw(canvas)
        serif(round(large * 0.68)).write(pen, large / 2, large * 0.74, self.letter, self.on_brand, "ms")
        return canvas.resize((size, size), Image.Resampling.LANCZOS)


def _file(image: Image.Image, kind: str, content_type: str) -> HttpResponse:
    file = BytesIO()
    image.save(file, kind)
    return HttpResponse(file.getvalue(), content_type=content_type)


@require_safe
@cache_control(public=True, max_age=DAY)
def icon_svg(request: HttpRequest) -> HttpResponse:
    return HttpResponse(SiteIcon(edition_of(request)).svg, content_type="image/svg+xml")


@require_safe
@cache_control(public=True, max_age=DAY)
def icon_png(request: HttpRequest, size: int) -> HttpResponse:
    return _file(SiteIcon(edition_of(request)).draw(size), "PNG", "image/png")


@require_safe
@cache_control(public=True, max_age=DAY)
def favicon(request: HttpRequest) -> HttpResponse:
    return _file(SiteIcon(edition_of(request)).draw(32), "ICO", "image/x-icon")


@require_safe
@cache_control(public=True, max_age=DAY)
def manifest(request: HttpRequest) -> JsonResponse:
    """The data that a phone needs to install the site (W3C Web Application Manifest)."""
    edition = edition_of(request)
    facts = {
        "name": edition.name,
        "short_name": edition.name,
        "lang": edition.language,
        "start_url": edition.home_url,
        "display": "browser",
        "theme_color": SiteIcon(edition).ground,
        "icons": [
            {"src": f"/icon-{size}.png", "sizes": f"{size}x{size}", "type": "image/png"} for size in MANIFEST_SIZES
        ],
    }
    return JsonResponse(facts, content_type="application/manifest+json")


URLS = [
    path("favicon.ico", favicon, name="favicon"),
    path("icon.svg", icon_svg, name="icon_svg"),
    path("apple-touch-icon.png", icon_png, {"size": 180}, name="touch_icon"),
    *(path(f"icon-{size}.png", icon_png, {"size": size}, name=f"icon_{size}") for size in MANIFEST_SIZES),
    path("site.webmanifest", manifest, name="manifest"),
]
