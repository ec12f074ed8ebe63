"""The sources of a responsive picture: signed addresses by format and width, and the size that keeps its place."""

from dataclasses import dataclass
from functools import lru_cache

from django.urls import reverse
from wagtail.images.utils import generate_signature

FORMATS = ("avif", "webp")
QUALITY = {"avif": 58, "webp": 76, "jpeg": 78}


@dataclass(frozen=True)
class PictureSlot:
    """Where a picture stands: its ratio, the widths that its screens may need, how wide it is shown there."""

    ratio: tuple[int, int] | None
    widths: tuple[int, ...]
    sizes: str


PLACES = {
    "lead": PictureSlot((16, 9), (480, 800, 1280), "(min-width: 75rem) 51rem, (min-width: 60rem) 64vw, 100vw"),
    "hero": PictureSlot((16, 9), (480, 800, 1280, 1600), "(min-width: 75rem) 60rem, 100vw"),
    "large": PictureSlot((3, 2), (480, 800, 1200), "(min-width: 75rem) 44rem, (min-width: 60rem) 57vw, 100vw"),
    "card": PictureSlot((3, 2), (320, 480, 720), "(min-width: 75rem) 24rem, (min-width: 40rem) 33vw, 100vw"),
    "line": PictureSlot((3, 2), (160, 320), "8rem"),
    "person": PictureSlot((1, 1), (160, 320, 480), "(min-width: 60rem) 18rem, 45vw"),
    "portrait": PictureSlot((1, 1), (480, 800, 1200), "(min-width: 75rem) 38rem, (min-width: 60rem) 48vw, 100vw"),
    "face": PictureSlot((1, 1), (80, 160), "2.5rem"),
    "text": PictureSlot(None, (480, 800, 1360), "(min-width: 60rem) 44rem, 100vw"),
    "wide": PictureSlot(None, (480, 960, 1600), "(min-width: 75rem) 60rem, 100vw"),
    "film": PictureSlot((16, 9), (480, 800, 1360), "(min-width: 60rem) 44rem, 100vw"),
    "gallery": PictureSlot((3, 2), (320, 640), "(min-width: 40rem) 22rem, 50vw"),
    "logo": PictureSlot(None, (200, 400), "10rem"),
    # In mails, twice as wide as they are shown there.
    "mail": PictureSlot((16, 9), (1104,), "34.5rem"),
    "mail_small": PictureSlot((3, 2), (336,), "10.5rem"),
    "social": PictureSlot((40, 21), (1200,), "75rem"),
}


@dataclass(frozen=True)
class Sources:
    """`sources` are (type, srcset) of the modern formats; `src` is the picture for any other browser."""

    sources: tuple[tuple[str, str], ...]
    src: str
    srcset: str
    sizes: str
    width: int
    height: int


def sources(image, place_name: str) -> Sources:
    return _sources(image.pk, image.file_hash, image.width, image.height, _focus(image), place_name)


def single_address(image, place_name: str) -> str:
    """The largest JPEG of a place alone, for long lists that name one picture each."""
    place = PLACES[place_name]
    width = _widths(place, image.width)[-1]
    height = _height(place, width, image.width, image.height)
    return _address(image.pk, image.file_hash, _focus(image), place, (width, height), "jpeg")


def _focus(image) -> tuple:
    return (image.focal_point_x, image.focal_point_y, image.focal_point_width, image.focal_point_height)


def _widths(place: PictureSlot, width: int) -> list[int]:
    return [w for w in place.widths if w <= width] or [min(width, place.widths[0])]


def _height(place: PictureSlot, shown: int, width: int, height: int) -> int:
    ratio = place.ratio or (width, height)
    return max(1, round(shown * ratio[1] / ratio[0]))


def _address(pk: int, file_hash: str, focus: tuple, place: PictureSlot, size: tuple[int, int], extension: str) -> str:
    version = file_hash[:8] + ("" if focus[0] is None else f"-{focus[0]}.{focus[1]}")
    crop = f"fill-{size[0]}x{size[1]}" if place.ratio else f"width-{size[0]}"
    spec = f"{crop}|format-{extension}|{extension}quality-{QUALITY[extension]}"
    return reverse("picture", args=[generate_signature(pk, spec), pk, spec]) + f"?v={version}"


@lru_cache(maxsize=20_000)
def _sources(pk: int, file_hash: str, width: int, height: int, focus: tuple, place_name: str) -> Sources:
    place = PLACES[place_name]
    widths = _widths(place, width)
    sized = {w: (w, _height(place, w, width, height)) for w in widths}

    def srcset(extension: str) -> str:
        return ", ".join(f"{_address(pk, file_hash, focus, place, size, extension)} {w}w" for w, size in sized.items())

    largest = sized[widths[-1]]
    middle = sized[widths[min(1, len(widths) - 1)]]
    return Sources(
        sources=tuple((f"image/{extension}", srcset(extension)) for extension in FORMATS),
        src=_address(pk, file_hash, focus, place, middle, "jpeg"),
        srcset=srcset("jpeg"),
        sizes=place.sizes,
        width=largest[0],
        height=largest[1],
    )
