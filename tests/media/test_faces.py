"""A new picture's crops show its faces, or its upper part if there are no faces.

The faces are drawn, and OpenCV finds them.
"""

from io import BytesIO
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.files.images import ImageFile
from PIL import Image as Canvas, ImageDraw, ImageFilter

from portal.media import faces
from portal.media.models import Image
from tests.media.test_uploads import upload

pytestmark = pytest.mark.django_db
DEMO = Path(django_settings.BASE_DIR) / "portal/demo/content/pictures"
IRIS = (40, 30, 30)


def drawn_face(size: tuple[int, int], at: tuple[int, int], radius: int, people: int = 1) -> Canvas.Image:
    """People side by side. `at` is the centre of the first face, `radius` the size of each."""
    picture = Canvas.new("RGB", size, (150, 165, 180))
    draw = ImageDraw.Draw(picture)
    for number in range(people):
        _draw_person(draw, at[0] + 5 * radius * number, at[1], radius)
    return picture.filter(ImageFilter.GaussianBlur(radius / 40))


def _draw_person(draw: ImageDraw.ImageDraw, x: float, y: float, r: float) -> None:
    def oval(left: float, top: float, right: float, bottom: float, colour: tuple[int, int, int]) -> None:
        draw.ellipse((x + left * r, y + top * r, x + right * r, y + bottom * r), fill=colour)

    oval(-2.2, 1.5, 2.2, 6, (60, 70, 90))
    draw.rectangle((x - 0.4 * r, y + 0.9 * r, x + 0.4 * r, y + 1.8 * r), fill=(205, 160, 135))
    oval(-1, -1.35, 1, 1.3, (225, 185, 160))
    draw.pieslice((x - 1.08 * r, y - 1.5 * r, x + 1.08 * r, y + 0.6 * r), 180, 360, fill=(60, 40, 30))
    oval(-0.86, -1, 0.86, 0.9, (225, 185, 160))
    for eye in (-0.4, 0.4):
        oval(eye - 0.27, -0.36, eye + 0.27, -0.02, (190, 145, 125))
        oval(eye - 0.2, -0.27, eye + 0.2, -0.07, (245, 245, 245))
        oval(eye - 0.1, -0.27, eye + 0.1, -0.07, IRIS)
        brow = (x + (eye - 0.27) * r, y - 0.42 * r, x + (eye + 0.27) * r, y - 0.46 * r)
        draw.line(brow, fill=(70, 45, 35), width=int(0.09 * r))
    nose = [(-0.06, -0.1), (0.06, -0.1), (0.2, 0.36), (-0.2, 0.36)]
    draw.polygon([(x + across * r, y + down * r) for across, down in nose], fill=(210, 165, 140))
    for nostril in (-0.11, 0.11):
        oval(nostril - 0.065, 0.27, nostril + 0.065, 0.37, (140, 95, 80))
    oval(-0.36, 0.58, 0.36, 0.8, (165, 85, 80))
    draw.line((x - 0.36 * r, y + 0.69 * r, x + 0.36 * r, y + 0.69 * r), fill=(110, 50, 50), width=int(0.05 * r))


def content(picture: Canvas.Image) -> bytes:
    out = BytesIO()
    picture.save(out, "JPEG", quality=92)
    return out.getvalue()


def stored(picture: Canvas.Image, **facts) -> Image:
    return Image.objects.create(title="Photo", file=ImageFile(BytesIO(content(picture)), name="a.jpg"), **facts)


def faces_in(image: Image, spec: str) -> int:
    """The number of whole faces in a crop."""
    with image.get_rendition(spec).file.open() as file:
        return len(faces.faces_in(Canvas.open(BytesIO(file.read())).convert("L")))


@pytest.mark.parametrize(
    ("size", "at"), [((800, 1600), (400, 900)), ((1600, 900), (1350, 300)), ((1600, 900), (220, 480))]
)
def test_face_stays_in_the_square_of_a_portrait_and_the_opening_of_a_story(size, at):
    image = stored(drawn_face(size, at, 110))

    assert faces_in(image, "fill-600x600|format-png") == 1
    assert faces_in(image, "fill-800x450|format-png") == 1


def test_all_faces_of_a_group_stay_in_sight():
    image = stored(drawn_face((1600, 1600), (350, 1050), 100, people=2))

    assert faces_in(image, "fill-800x450|format-png") == 2


def test_uploaded_photo_begins_with_a_focal_point(lorraine, editor):
    photo = content(drawn_face((1600, 900), (1350, 300), 110))

    upload(editor, lorraine, photo, "photo.jpg", "image/jpeg")

    image = Image.objects.get(title="Atelier")
    assert abs(image.focal_point_x - 1350) < 60
    assert abs(image.focal_point_y - 300) < 60


def test_own_focal_point_is_kept():
    facts = {"focal_point_x": 100, "focal_point_y": 100, "focal_point_width": 50, "focal_point_height": 50}

    image = stored(drawn_face((1600, 900), (1350, 300), 110), **facts)

    assert image.focal_point_x == 100


@pytest.mark.parametrize("name", ["lorraine/bridge.avif", "lux/log-pile.avif", "saar/city-by-night.avif"])
def test_object_that_resembles_a_face_is_not_recognised_as_one(name):
    with Canvas.open(DEMO / name) as picture:
        image = stored(picture.convert("RGB"))

    assert not image.has_focal_point()


def test_picture_with_few_pixels_is_not_searched():
    assert not stored(drawn_face((300, 400), (150, 150), 60)).has_focal_point()


def test_upper_third_stays_in_sight_without_the_extra(monkeypatch):
    monkeypatch.setattr(faces, "HAS_OPENCV", False)

    image = stored(drawn_face((1600, 1200), (800, 160), 90))

    assert not image.has_focal_point()
    monkeypatch.undo()
    assert faces_in(image, "fill-800x450|format-png") == 1
