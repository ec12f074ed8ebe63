"""An uploaded picture is stored upright, in a web format, within limits, and without metadata."""

from io import BytesIO

import pytest
from django.core.files.images import ImageFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import ExifTags, Image as Canvas, ImageCms, IptcImagePlugin
from wagtail.models import UploadedFile

from portal import bounded
from portal.editorial.roles import media_collection
from portal.media.drawing import draw
from portal.media.forms import prepare_pictures
from portal.media.models import Image
from portal.media.picture import sources
from tests.builders import content_of, make_settings

TAGS = ExifTags.Base
PLACE = {1: "N", 2: (48.0, 41.0, 30.0), 3: "E", 4: (6.0, 11.0, 0.0)}


def exif(**facts) -> bytes:
    """The EXIF data that phones write: position, device, and `facts`."""
    tags = Canvas.Exif()
    tags.get_ifd(ExifTags.IFD.GPSInfo).update(PLACE)
    tags[TAGS.Make], tags[TAGS.Model], tags[TAGS.DateTime] = "Fabricant", "Appareil 15", "2026:11:25 08:00:00"
    for name, value in facts.items():
        # The encoding of most programs.
        tags[TAGS[name]] = value.encode() if isinstance(value, str) else value
    return tags.tobytes()


def photo(kind: str = "JPEG", size: tuple[int, int] = (600, 400), mode: str = "RGB", **options) -> bytes:
    """A photo, red at the left and blue at the right."""
    canvas = Canvas.new("RGB", size, "red")
    canvas.paste("blue", (size[0] // 2, 0, *size))
    file = BytesIO()
    canvas.convert(mode).save(file, kind, **options)
    return file.getvalue()


def upload(client, ground, content: bytes, name: str = "photo.jpg", kind: str = "image/jpeg", **facts):
    data = {
        "title": "Photo",
        "file": SimpleUploadedFile(name, content, content_type=kind),
        "collection": media_collection(ground.site).pk,
        "focal_point_x": "",
        **facts,
    }
    return client.post(reverse("wagtailimages:add"), data)


def several_renditions(image: Image) -> list:
    return list(image.get_renditions("original", "max-165x165", "width-200|format-webp").values())


def stored() -> tuple[Image, Canvas.Image]:
    image = Image.objects.get(title="Photo")
    with image.open_file() as file:
        return image, Canvas.open(BytesIO(file.read()))


@pytest.mark.parametrize(
    ("kind", "extension"),
    [("PNG", ".png"), ("WEBP", ".webp"), ("HEIF", ".jpg"), ("AVIF", ".avif"), ("GIF", ".gif"), ("JPEG", ".jpg")],
)
@pytest.mark.parametrize("name", ["IMG_0042.jpg", "IMG_0042.PNG", "Image.jfif", "photo"])
def test_format_and_extension_follow_the_content(lorraine, editor, kind, extension, name):
    upload(editor, lorraine, photo(kind), name)

    image, canvas = stored()
    assert image.filename.endswith(extension)
    assert canvas.format == ("JPEG" if kind == "HEIF" else kind)
    assert canvas.size == (600, 400)


@pytest.mark.parametrize("kind", ["BMP", "TIFF", "ICO"])
def test_format_that_is_not_accepted_is_rejected_by_its_content(lorraine, editor, kind):
    refused = upload(editor, lorraine, photo(kind, size=(48, 48)), "photo.jpg")

    assert "Not a supported image format" in str(refused.context["form"].errors["file"])
    assert not Image.objects.filter(title="Photo").exists()


@pytest.mark.parametrize(
    ("kind", "options"),
    # Only an animated PNG has a separate picture for programs without animation.
    [("PNG", {}), ("PNG", {"default_image": True}), ("GIF", {}), ("WEBP", {}), ("AVIF", {})],
)
def test_animation_is_stored_as_its_first_frame(lorraine, editor, kind, options):
    pictures = [Canvas.new("RGB", (60, 40), colour) for colour in ("red", "blue", "lime")]
    file = BytesIO()
    pictures[0].save(file, kind, save_all=True, append_images=pictures[1:], duration=100, **options)

    upload(editor, lorraine, file.getvalue(), f"photo.{kind.lower()}")

    _image, canvas = stored()
    assert getattr(canvas, "n_frames", 1) == 1
    red, green, blue = canvas.convert("RGB").getpixel((30, 20))
    assert red > 240 > 15 > max(green, blue)


@pytest.mark.parametrize(
    ("size", "stored_size"),
    [
        ((9000, 600), (9000, 600)),
        ((600, 9000), (600, 9000)),
        ((12000, 3000), (3600, 900)),
        ((14000, 1000), (8980, 641)),
        ((20000, 100), (16000, 80)),
        ((9000, 4500), (2400, 1200)),
        ((6000, 4000), (2400, 1600)),
        ((4800, 4800), (2400, 2400)),
    ],
)
def test_panorama_keeps_its_height_and_takes_little_memory(lorraine, editor, size, stored_size):
    upload(editor, lorraine, photo("PNG", size=size, compress_level=1), "photo.png")

    image, canvas = stored()
    assert all(abs(side - wanted) <= 1 for side, wanted in zip(canvas.size, stored_size, strict=True))
    assert image.width * image.height <= 2401 * 2401


@pytest.mark.parametrize(
    ("kind", "name"),
    [("JPEG", "a.jpg"), ("PNG", "a.png"), ("WEBP", "a.webp"), ("AVIF", "a.avif"), ("HEIF", "IMG_0042.HEIC")],
)
def test_position_and_device_are_not_stored(lorraine, editor, kind, name):
    content = photo(kind, exif=exif()) + (b"a film with +48.6917+006.1844/ in it" if kind == "JPEG" else b"")
    assert b"Appareil" in content

    upload(editor, lorraine, content, name)

    image, canvas = stored()
    assert (image.width, image.height) == canvas.size == (600, 400)
    assert not canvas.getexif()
    assert not canvas.getexif().get_ifd(ExifTags.IFD.GPSInfo)
    with image.open_file() as file:
        written = file.read()
    assert b"Appareil" not in written
    assert b"+48.6917" not in written


@pytest.mark.parametrize(
    ("kind", "name"), [("JPEG", "a.jpg"), ("WEBP", "a.webp"), ("AVIF", "a.avif"), ("PNG", "a.png")]
)
def test_rendition_of_a_file_stored_by_code_has_no_metadata(lorraine, kind, name):
    content = photo(kind, exif=exif(Orientation=6))
    image = Image.objects.create(title="Photo", file=ImageFile(BytesIO(content), name=name))
    image.refresh_from_db()
    make_settings(lorraine, logo=image)

    files = [content_of(lorraine.reader().get(sources(image, "text").src))]
    for rendition in several_renditions(image):
        with rendition.file.open() as file:
            files.append(file.read())

    assert all(b"Appareil" not in content for content in files)
    assert all(Canvas.open(BytesIO(content)).size[0] < Canvas.open(BytesIO(content)).size[1] for content in files)


@pytest.mark.parametrize("orientation", [3, 6, 8])
def test_photo_is_turned_upright(lorraine, editor, orientation):
    upload(editor, lorraine, photo(exif=exif(Orientation=orientation)))

    _image, canvas = stored()
    pixels = canvas.convert("RGB")
    width, height = pixels.size
    red = {3: (width - 10, 10), 6: (10, 10), 8: (10, height - 10)}[orientation]
    blue = {3: (10, 10), 6: (10, height - 10), 8: (10, 10)}[orientation]
    assert pixels.getpixel(red)[0] > 200
    assert pixels.getpixel(blue)[2] > 200
    assert (width > height) == (orientation == 3)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_colour_profile_is_stored_and_cmyk_becomes_rgb(lorraine, editor, kind):
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    if kind == "JPEG":
        upload(editor, lorraine, photo(mode="CMYK"), title="Encres")
        with Image.objects.get(title="Encres").open_file() as file:
            assert Canvas.open(file).mode == "RGB"

    upload(editor, lorraine, photo(kind, icc_profile=profile), f"a.{kind.lower()}")

    assert stored()[1].info["icc_profile"] == profile


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "HEIF"])
def test_large_photo_is_scaled_down_and_not_rejected(lorraine, editor, settings, kind):
    settings.PICTURE_LONGEST_SIDE = 300

    response = upload(editor, lorraine, photo(kind), f"a.{kind.lower()}")

    assert response.status_code == 302
    assert stored()[1].size == (300, 200)


def test_heavy_photo_is_scaled_down_and_not_rejected(lorraine, editor, settings):
    settings.PICTURE_MAX_BYTES = 20_000
    noise = BytesIO()
    Canvas.effect_noise((600, 400), 90).save(noise, "PNG")
    assert len(noise.getvalue()) > 60_000

    upload(editor, lorraine, noise.getvalue(), "bruit.png", "image/png")

    image, canvas = stored()
    assert image.get_file_size() <= 20_000
    assert canvas.width / canvas.height == pytest.approx(1.5, rel=0.05)


@pytest.mark.parametrize(("kind", "is_accepted"), [("JPEG", True), ("HEIF", False), ("PNG", False)])
def test_only_a_jpeg_may_have_more_pixels_than_are_decoded(lorraine, editor, settings, kind, is_accepted):
    settings.PICTURE_MAX_DECODED_PIXELS = 100_000

    response = upload(editor, lorraine, photo(kind), f"a.{kind.lower()}")

    assert Image.objects.filter(title="Photo").exists() == is_accepted
    assert is_accepted or "too many pixels" in str(response.context["form"].errors["file"])


def test_file_beyond_the_hard_limit_is_refused(lorraine, editor, settings):
    settings.WAGTAILIMAGES_MAX_UPLOAD_SIZE = 500

    response = upload(editor, lorraine, photo("PNG", size=(900, 901)), "lourd.png", "image/png")

    assert "too big" in str(response.context["form"].errors["file"])


MANY = [(photo(), "a.jpg"), (b"no picture", "b.jpg"), (photo("PNG"), "c.jpg")]


def test_picture_that_cannot_be_redrawn_leaves_the_others_of_its_process():
    assert [each and each.name for each in prepare_pictures(MANY)] == ["a.jpg", None, "c.png"]


def test_picture_that_ends_the_process_of_many_leaves_the_others(monkeypatch):
    run = bounded.run

    def ended(module: str, limits: str, *paths: str, **facts):
        return (b"", False) if paths else run(module, limits, **facts)

    monkeypatch.setattr(bounded, "run", ended)

    assert [each and each.name for each in prepare_pictures(MANY)] == ["a.jpg", None, "c.png"]


@pytest.mark.parametrize(
    ("facts", "typed", "credit"),
    [
        ({"Artist": "Ada Humbert"}, "", "Ada Humbert"),
        ({"Artist": "  Ada\x00 Humbert ", "Copyright": "© Agence"}, "", "Ada Humbert"),
        ({"Copyright": "© Agence du bassin 2026"}, "", "© Agence du bassin 2026"),
        ({}, "", ""),
        ({"Artist": "Ada Humbert"}, "Photo : R. Weber", "Photo : R. Weber"),
    ],
)
def test_author_in_the_metadata_is_the_default_credit(lorraine, editor, facts, typed, credit):
    upload(editor, lorraine, photo(exif=exif(**facts)), credit=typed)

    assert stored()[0].credit == credit


def test_credit_of_an_agency_is_read_from_iptc(monkeypatch):
    found = {(2, 80): [b"Ada Humbert", b"Ruth Weber"], (2, 110): "Agence Épi".encode()}
    monkeypatch.setattr(IptcImagePlugin, "getiptcinfo", lambda picture: found)

    facts, _content = draw(BytesIO(photo()), 1000, 10**6, 10**6, 10**6)

    assert facts["credit"] == "Ada Humbert, Ruth Weber / Agence Épi"


def test_second_step_of_a_multiple_upload_stores_no_position(lorraine, editor):
    file = SimpleUploadedFile("photo.jpg", photo(exif=exif(Artist="Ada Humbert")), content_type="image/jpeg")
    # With a title that is too long, Wagtail stores the file and shows a form.
    editor.post(reverse("wagtailimages:add_multiple"), {"files[]": file, "title": "x" * 300})
    waiting = UploadedFile.objects.get()
    prefix = f"uploaded-image-{waiting.pk}"
    texts = {
        f"{prefix}-title": "Photo",
        f"{prefix}-tags": "",
        f"{prefix}-collection": media_collection(lorraine.site).pk,
    }

    editor.post(reverse("wagtailimages:create_multiple_from_uploaded_image", args=[waiting.pk]), texts)

    image, canvas = stored()
    assert not canvas.getexif()
    assert image.credit == "Ada Humbert"
    assert (image.width, image.height) == canvas.size
    assert image.file_hash
    with image.open_file() as file:
        assert image.file_size == len(file.read())


def test_upload_form_has_an_alternative_text(lorraine, editor):
    for name in ("wagtailimages:add", "wagtailimages_chooser:choose"):
        response = editor.get(reverse(name)).content.decode()
        assert "Suggested wherever it is used" in response
