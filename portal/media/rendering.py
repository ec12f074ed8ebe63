"""A Willow plugin for renditions: decodes at the smallest size, crops and scales in one step, drops metadata.

Registered by `portal.media.apps`; Wagtail's filters call it instead of Willow's own.
"""

from functools import cached_property
from typing import IO, Any, Self

from PIL import Image
from willow import image as formats
from willow.plugins.pillow import PillowImage

from portal.media.drawing import DRAFTED, to_displayable, upright

KINDS = [
    formats.JPEGImageFile,
    formats.PNGImageFile,
    formats.GIFImageFile,
    formats.WebPImageFile,
    formats.AvifImageFile,
    formats.HeicImageFile,
    formats.BMPImageFile,
    formats.TIFFImageFile,
    formats.IcoImageFile,
]
# Lower than the cost of Willow's own converters, so that this one is used.
COST = 10
# JPEGs are decoded, and other pictures averaged, to at least these multiples of the final size. A Lanczos filter scales
# them to that size. An encoder changes a picture more than this short cut does (44 dB or more).
LEAST_DECODED, LEAST_AVERAGED = 1.5, 2.0
# Two fifths of the time of Pillow's default (speed 6). Two more steps of quality make up for the loss, at the same file
# size.
AVIF_EFFORT: dict[str, Any] = {"speed": 7, "advanced": {"disable-trellis-quant": "1"}}
AVIF_STEPS = 2

type Part = tuple[float, float, float, float]


class SparingImage(PillowImage):
    """A picture that is decoded once its crop and size are known, and scaled once.

    The colour profile is the only metadata passed on.
    """

    def __init__(self, whole: Image.Image, part: Part | None = None):
        self.whole, self.part = whole, part

    @classmethod
    @formats.Image.converter_from(KINDS, cost=COST)
    def open(cls, file: Any) -> Self:
        file.f.seek(0)
        return cls(Image.open(file.f))

    @cached_property
    def image(self) -> Image.Image:
        """The picture for all other Willow operations."""
        return self.whole if self.part is None else self.whole.crop(self.part)

    @formats.Image.operation
    def auto_orient(self) -> "SparingImage":
        if self.whole.format not in DRAFTED:
            # Decoding errors are raised here, because `upright`, which decodes some formats, ignores them.
            self.whole.load()
        return SparingImage(upright(self.whole))

    @formats.Image.operation
    def crop(self, rect: tuple[float, float, float, float]) -> PillowImage:
        left, top, right, bottom = rect
        width, height = self.whole.size
        part = (max(0, left), max(0, top), min(right, width), min(bottom, height))
        if self.part is not None or part[0] >= part[2] or part[1] >= part[3]:
            return super().crop(rect)
        return SparingImage(self.whole, part)

    @formats.Image.operation
    def resize(self, size: tuple[int, int]) -> "SparingImage":
        part = draft(self.whole, self.part or (0, 0, *self.whole.size), size)
        picture, profile = to_displayable(self.whole)
        if picture.mode in ("LA", "RGBA") and picture.getchannel("A").getextrema() == (255, 255):
            # An opaque alpha channel would be scaled and encoded for nothing.
            picture = picture.convert(picture.mode[:-1])
        picture = picture.resize(size, Image.Resampling.LANCZOS, part, LEAST_AVERAGED)
        picture.info = {"icc_profile": profile} if profile else {}
        return SparingImage(picture)

    def get_exif_data(self) -> None:
        return None

    @formats.Image.operation
    def save_as_avif(
        self, f: IO[bytes], quality: int = 80, lossless: bool = False, apply_optimizers: bool = True
    ) -> formats.AvifImageFile:
        if lossless:
            return super().save_as_avif(f, quality, lossless, apply_optimizers)
        quality = min(100, quality + AVIF_STEPS)
        self.image.save(f, "AVIF", quality=quality, icc_profile=self.get_icc_profile(), **AVIF_EFFORT)
        return formats.AvifImageFile(f)


def draft(picture: Image.Image, part: Part, size: tuple[int, int]) -> Part:
    """Decode a JPEG at a half, a quarter or an eighth of its size, if the part remains large enough for this size.

    Returns the part in the decoded picture's coordinates.
    """
    times = min((part[2] - part[0]) / size[0], (part[3] - part[1]) / size[1]) / LEAST_DECODED
    share = next((share for share in (8, 4, 2) if share <= times), 1)
    width, height = picture.size
    if share == 1 or not (smaller := picture.draft(None, (max(1, width // share), max(1, height // share)))):
        return part
    scale = width / smaller[1][2]
    return part[0] / scale, part[1] / scale, part[2] / scale, part[3] / scale


# Willow looks for this name.
willow_image_classes = [SparingImage]
