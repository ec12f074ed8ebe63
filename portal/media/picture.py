"""The sources of a responsive picture: signed URLs by format and width, and the size that reserves its space."""

from dataclasses import dataclass
from functools import lru_cache

from django.urls import reverse
from wagtail.images.utils import generate_signature

FORMATS = ("avif", "webp")
QUALITY = {"avif": 58, "webp": 76, "jpeg": 78}


@dataclass(frozen=True)
class PictureSlot:
    """A place for pictures in the layout: aspect ratio, rendition widths, and the HTML attribute `sizes`."""

    ratio: tuple[int, int] | None
    widths: tuple[int, ...]
    sizes: str


SLOTS = {
    "lead": PictureSlot((16, 9), (480, 800, 1280), "(min-width: 75rem) 51rem, (min-width: 60rem) 64vw, 100vw"),
    "hero": PictureSlot((16, 9), (480, 800, 1280, 1600), "(min-width: 75rem) 60rem, 100vw"),
    "banner": PictureSlot((2, 1), (480, 800, 1280, 1600), "(min-width: 81rem) 77rem, 100vw"),
    "large": PictureSlot((3, 2), (480, 800, 1200), "(min-width: 75rem) 44rem, (min-width: 60rem) 57vw, 100vw"),
    "card": PictureSlot((3, 2), (320, 480, 720), "(min-width: 75rem) 24rem, (min-width: 40rem) 33vw, 100vw"),
    "line": PictureSlot((3, 2), (160, 320), "8rem"),
    "event": PictureSlot((3, 2), (160, 320, 480), "(min-width: 60rem) 11rem, (min-width: 40rem) 9rem, 5.5rem"),
    "person": PictureSlot((1, 1), (160, 320, 480), "(min-width: 60rem) 18rem, 45vw"),
    "portrait": PictureSlot((1, 1), (480, 800, 1200), "(min-width: 75rem) 38rem, (min-width: 60rem) 48vw, 100vw"),
    "face": PictureSlot((1, 1), (80, 160), "2.5rem"),
    "text": PictureSlot(None, (480, 800, 1360), "(min-width: 60rem) 44rem, 100vw"),
    "wide": PictureSlot(None, (480, 960, 1600), "(min-width: 75rem) 60rem, 100vw"),
    "film": PictureSlot((16, 9), (480, 800, 1360), "(min-width: 60rem) 44rem, 100vw"),
    "gallery": PictureSlot((3, 2), (320, 640), "(min-width: 40rem) 22rem, 50vw"),
    "plate": PictureSlot((3, 2), (360, 480, 800, 1280), "(min-width: 81rem) 48rem, (min-width: 40rem) 62vw, 100vw"),
    "bleed": PictureSlot((2, 1), (480, 800, 1280, 1600), "100vw"),
    "full": PictureSlot(None, (480, 960, 1600), "100vw"),
    "author": PictureSlot((1, 1), (160, 320), "(min-width: 60rem) 9rem, 6rem"),
    "podcast": PictureSlot((1, 1), (1400,), "87.5rem"),
    "logo": PictureSlot(None, (200, 400), "10rem"),
    # For emails, at twice the displayed width.
    "mail": PictureSlot((16, 9), (1104,), "34.5rem"),
    "mail_small": PictureSlot((3, 2), (336,), "10.5rem"),
    # For the newsroom, which shows the result of a crop.
    "crop_wide": PictureSlot((16, 9), (800,), "44rem"),
    "crop_classic": PictureSlot((4, 3), (320,), "10rem"),
    "crop_square": PictureSlot((1, 1), (320,), "10rem"),
    # For structured data.
    "data_square": PictureSlot((1, 1), (1200,), "75rem"),
    "data_classic": PictureSlot((4, 3), (1200,), "75rem"),
    "data_wide": PictureSlot((16, 9), (1200,), "75rem"),
    "social": PictureSlot((40, 21), (1200,), "75rem"),
}


@dataclass(frozen=True)
class Sources:
    """The attributes of a picture element: `sources` has pairs of media type and srcset, `src` is the fallback."""

    sources: tuple[tuple[str, str], ...]
    src: str
    srcset: str
    sizes: str
    width: int
    height: int


def sources(image, slot_name: str) -> Sources:
    return _sources(image.pk, image.file_hash, image.width, image.height, _focus(image), slot_name)


def largest_jpeg_url(image, slot_name: str) -> str:
    """The URL of the largest JPEG for a slot; cheaper than `sources` for long lists such as sitemaps."""
    slot = SLOTS[slot_name]
    width = _widths(slot, image.width, image.height)[-1]
    height = _height(slot, width, image.width, image.height)
    return _url(image.pk, image.file_hash, _focus(image), slot, (width, height), "jpeg")


def _focus(image) -> tuple:
    return (image.focal_point_x, image.focal_point_y, image.focal_point_width, image.focal_point_height)


def _widths(slot: PictureSlot, width: int, height: int) -> list[int]:
    """The widths that the picture fills: a crop is never wider or higher than the picture.

    A picture that is not cropped is shown in its own width if it does not fill the slot.
    """
    if slot.ratio:
        width = max(1, min(width, height * slot.ratio[0] // slot.ratio[1]))
        return [w for w in slot.widths if w <= width] or [width]
    return sorted({*(w for w in slot.widths if w <= width), min(width, slot.widths[-1])})


def _height(slot: PictureSlot, shown: int, width: int, height: int) -> int:
    ratio = slot.ratio or (width, height)
    return max(1, round(shown * ratio[1] / ratio[0]))


def _url(pk: int, file_hash: str, focus: tuple, slot: PictureSlot, size: tuple[int, int], extension: str) -> str:
    version = file_hash[:8] + ("" if focus[0] is None else f"-{focus[0]}.{focus[1]}")
    crop = f"fill-{size[0]}x{size[1]}" if slot.ratio else f"width-{size[0]}"
    spec = f"{crop}|format-{extension}|{extension}quality-{QUALITY[extension]}"
    return reverse("picture", args=[generate_signature(pk, spec), pk, spec]) + f"?v={version}"


@lru_cache(maxsize=20_000)
def _sources(pk: int, file_hash: str, width: int, height: int, focus: tuple, slot_name: str) -> Sources:
    slot = SLOTS[slot_name]
    widths = _widths(slot, width, height)
    sized = {w: (w, _height(slot, w, width, height)) for w in widths}

    def srcset(extension: str) -> str:
        return ", ".join(f"{_url(pk, file_hash, focus, slot, size, extension)} {w}w" for w, size in sized.items())

    largest = sized[widths[-1]]
    middle = sized[widths[min(1, len(widths) - 1)]]
    return Sources(
        sources=tuple((f"image/{extension}", srcset(extension)) for extension in FORMATS),
        src=_url(pk, file_hash, focus, slot, middle, "jpeg"),
        srcset=srcset("jpeg"),
        sizes=slot.sizes,
        width=largest[0],
        height=largest[1],
    )
