"""Renditions of every format match those that Willow draws from the whole picture."""

from io import BytesIO

import pytest
import willow
from django.core.files.images import ImageFile
from PIL import ExifTags, Image as Canvas, ImageChops, ImageCms, ImageColor, ImageStat
from wagtail.images.models import Filter
from willow.plugins.pillow import PillowImage

from portal.media.models import Image
from portal.media.picture import QUALITY
from portal.media.rendering import draft

pytestmark = pytest.mark.django_db
SIZE = (600, 400)
KINDS = {"JPEG": "a.jpg", "PNG": "a.png", "WEBP": "a.webp", "AVIF": "a.avif"}
# Average difference of all pixels, out of 255; the second value includes the encoder's loss.
MAX_DIFFERENCE, MAX_ENCODED = 1.0, 3.0
PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
SPECS = ["fill-80x53", "fill-320x320-c100", "width-350", "fill-2000x200"]


def canvas(mode: str = "RGB") -> Canvas.Image:
    """A picture without repeating parts, so that every crop is different."""
    across = Canvas.linear_gradient("L").rotate(90).resize(SIZE)
    down = Canvas.linear_gradient("L").resize(SIZE)
    rings = Canvas.radial_gradient("L").resize(SIZE)
    return Canvas.merge("RGB", (across, down, rings)).convert(mode)


def content(kind: str = "JPEG", picture: Canvas.Image | None = None, **options) -> bytes:
    out = BytesIO()
    fine = {"PNG": {}, "AVIF": {"quality": 95, "speed": 10}}.get(kind, {"quality": 95})
    (picture or canvas()).save(out, kind, **fine, **options)
    return out.getvalue()


def image_of(file: bytes, name: str = "a.jpg", focus: tuple[int, ...] | None = None) -> Image:
    """An image stored as it is, without a form."""
    image = Image.objects.create(title="Photo", file=ImageFile(BytesIO(file), name=name))
    if focus:
        image.focal_point_x, image.focal_point_y, image.focal_point_width, image.focal_point_height = focus
    return image


def drawn(image: Image, spec: str) -> Canvas.Image:
    with image.get_rendition(spec).file.open() as file:
        return Canvas.open(BytesIO(file.read()))


def by_willow_alone(image: Image, spec: str) -> Canvas.Image:
    with image.open_file() as file:
        whole = PillowImage.open(willow.Image.open(file)).auto_orient()
    transform = Filter(spec).get_transform(image, whole.image.size)
    return whole.crop(transform.get_rect().round()).resize(transform.size).image


def difference(one: Canvas.Image, other: Canvas.Image) -> float:
    assert one.size == other.size
    return max(ImageStat.Stat(ImageChops.difference(one.convert("RGB"), other.convert("RGB"))).mean)


@pytest.mark.parametrize("spec", SPECS)
@pytest.mark.parametrize("focus", [None, (150, 125, 50, 50), (575, 380, 45, 35)])
@pytest.mark.parametrize("kind", KINDS)
def test_crop_and_colours_equal_those_of_the_whole_picture(kind, focus, spec):
    image = image_of(content(kind), KINDS[kind], focus)

    assert difference(drawn(image, spec + "|format-png"), by_willow_alone(image, spec)) < MAX_DIFFERENCE


@pytest.mark.parametrize(("focus", "colour"), [(None, "red"), ((100, 500, 40, 40), "blue")])
def test_tall_picture_keeps_its_upper_third_without_a_focal_point(focus, colour):
    """Otherwise a portrait would lose its head."""
    portrait = Canvas.new("RGB", (200, 600), "blue")
    portrait.paste("red", (0, 0, 200, 200))

    image = image_of(content("PNG", portrait), focus=focus)
    assert image.has_focal_point() is bool(focus)

    shown = drawn(image, "fill-180x120")

    assert [shown.getpixel(at) for at in ((90, 2), (90, 117))] == [ImageColor.getrgb(colour)] * 2


@pytest.mark.parametrize("quality", [f"format-{kind}|{kind}quality-{quality}" for kind, quality in QUALITY.items()])
@pytest.mark.parametrize("kind", KINDS)
def test_every_requested_format_has_the_same_colours(kind, quality):
    image = image_of(content(kind), KINDS[kind])

    assert difference(drawn(image, f"fill-240x135|{quality}"), by_willow_alone(image, "fill-240x135")) < MAX_ENCODED


@pytest.mark.parametrize("orientation", [3, 5, 6, 8])
@pytest.mark.parametrize("kind", KINDS)
def test_rotated_picture_is_turned_before_it_is_cropped(kind, orientation):
    exif = Canvas.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    image = image_of(content(kind, exif=exif), KINDS[kind], (100, 125, 50, 50))

    found = drawn(image, "fill-150x50|format-png")

    assert difference(found, by_willow_alone(image, "fill-150x50")) < MAX_DIFFERENCE


@pytest.mark.parametrize(
    ("part", "size", "decoded", "found"),
    [
        ((0, 0, *SIZE), (50, 33), (75, 50), (0, 0, 75, 50)),
        ((0, 0, *SIZE), (51, 34), (150, 100), (0, 0, 150, 100)),
        ((0, 0, *SIZE), (200, 133), (300, 200), (0, 0, 300, 200)),
        ((0, 0, *SIZE), (201, 134), (600, 400), (0, 0, 600, 400)),
        ((0, 0, *SIZE), (800, 450), (600, 400), (0, 0, 600, 400)),
        ((200, 100, 400, 200), (50, 25), (300, 200), (100, 50, 200, 100)),
    ],
)
def test_jpeg_is_decoded_no_larger_than_needed_and_never_smaller(part, size, decoded, found):
    picture = Canvas.open(BytesIO(content()))

    assert draft(picture, part, size) == found
    assert picture.size == decoded


@pytest.mark.parametrize("size", [(599, 401), (601, 399), (593, 407)])
@pytest.mark.parametrize("wanted", [(45, 30), (95, 60), (195, 130)])
def test_crop_fits_a_reduced_picture_of_odd_size(size, wanted):
    picture = Canvas.open(BytesIO(content(picture=canvas().resize(size))))

    part = draft(picture, (0, 0, *size), wanted)

    assert picture.width < size[0]
    assert wanted[0] <= part[2] <= picture.width
    assert wanted[1] <= part[3] <= picture.height


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
@pytest.mark.parametrize("spec", [f"width-150|format-{kind}" for kind in ("avif", "webp", "jpeg", "png")])
def test_colour_profile_is_in_each_rendition(kind, spec):
    image = image_of(content(kind, icc_profile=PROFILE), KINDS[kind])

    assert drawn(image, spec).info["icc_profile"] == PROFILE


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "AVIF"])
@pytest.mark.parametrize(("spec", "is_clear"), [("avif", True), ("webp", True), ("png", True), ("jpeg", False)])
def test_transparent_part_stays_so_or_becomes_white(kind, spec, is_clear):
    picture = canvas("RGBA")
    picture.paste((0, 0, 0, 0), (0, 0, 300, 400))

    found = drawn(image_of(content(kind, picture), KINDS[kind]), f"width-150|format-{spec}")

    left, right = (found.convert("RGBA").getpixel((x, 50)) for x in (25, 125))
    assert right[3] == 255
    assert left[3] < 5 if is_clear else min(left) > 250


@pytest.mark.parametrize("kind", ["avif", "webp"])
def test_opaque_picture_has_no_alpha_channel(kind):
    image = image_of(content("PNG", canvas("RGBA")), "a.png")

    assert drawn(image, f"width-150|format-{kind}").mode == "RGB"


def test_drawing_of_few_colours_is_scaled_smoothly():
    drawing = canvas().quantize(64)
    image = image_of(content("PNG", drawing), "a.png")

    smooth = drawing.convert("RGB").resize((150, 100), Canvas.Resampling.LANCZOS)
    assert difference(drawn(image, "width-150|format-png"), smooth) < MAX_DIFFERENCE


@pytest.mark.parametrize("spec", ["avif", "webp", "jpeg"])
def test_cmyk_becomes_rgb(spec):
    image = image_of(content("JPEG", canvas("CMYK")))

    found = drawn(image, f"width-150|format-{spec}")

    assert found.mode == "RGB"
    assert difference(found, canvas().resize((150, 100))) < MAX_ENCODED


@pytest.mark.parametrize("spec", ["avif", "webp", "jpeg", "png"])
@pytest.mark.parametrize("kind", KINDS)
def test_metadata_is_not_passed_on(kind, spec):
    exif = Canvas.Exif()
    exif[ExifTags.Base.Model] = "Appareil"
    options = {"JPEG": {"comment": "Appareil"}, "PNG": {}}.get(kind, {})
    xmp = {"xmp": b"<x:xmpmeta>Appareil</x:xmpmeta>"} if kind != "PNG" else {}
    file = content(kind, exif=exif, **options, **xmp)
    image = image_of(file, KINDS[kind])

    with image.get_rendition(f"width-150|format-{spec}").file.open() as rendition:
        assert b"Appareil" in file
        assert b"Appareil" not in rendition.read()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_partial_file_is_not_used_as_a_rendition(kind):
    image = image_of(content(kind), KINDS[kind])
    with image.file.storage.open(image.file.name, "r+b") as file:
        file.truncate(image.file.size * 2 // 3)

    with pytest.raises(OSError, match=r"truncated|decod|cannot identify"):
        image.get_rendition("width-150|format-webp")


def test_size_of_a_rendition_is_found_without_decoding_it(monkeypatch):
    image = image_of(content())
    monkeypatch.setattr("PIL.AvifImagePlugin.AvifImageFile.load", None)

    rendition = image.get_rendition("fill-480x270|format-avif")

    assert (rendition.width, rendition.height) == (480, 270)
