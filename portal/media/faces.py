"""Finds faces in a picture, so that crops show them. Needs OpenCV, from the extra `faces`."""

from importlib import import_module
from importlib.util import find_spec
from typing import IO, Any

from PIL import Image
from wagtail.images.rect import Rect

HAS_OPENCV = find_spec("cv2") is not None
# A smaller picture has too few pixels to distinguish a face from a spot.
LEAST_SIDE = 320
# The size at which the picture is searched.
SEARCHED_SIDE = 960
# The minimum size of a face, as a share of the picture's shorter side.
LEAST_FACE = 1 / 14
# Eyes are searched for in a face scaled to this width. Crops keep this margin around faces.
EYES_WIDTH, MARGIN = 240, 1.2

type Box = tuple[int, int, int, int]


def focus_on_faces(file: IO[bytes]) -> Rect | None:
    """The part of a stored picture that contains all faces; None without faces or OpenCV, and for small pictures."""
    if not HAS_OPENCV:
        return None
    with Image.open(file) as picture:
        width = picture.width
        if min(picture.size) < LEAST_SIDE:
            return None
        picture.draft("L", (SEARCHED_SIDE, SEARCHED_SIDE))
        grey = picture.convert("L")
    grey.thumbnail((SEARCHED_SIDE, SEARCHED_SIDE))
    faces = faces_in(grey)
    if not faces:
        return None
    scale = width / grey.width
    around = Rect(
        min(left for left, _top, _right, _bottom in faces) * scale,
        min(top for _left, top, _right, _bottom in faces) * scale,
        max(right for _left, _top, right, _bottom in faces) * scale,
        max(bottom for _left, _top, _right, bottom in faces) * scale,
    )
    return Rect.from_point(*around.centroid, around.width * MARGIN, around.height * MARGIN).round()


def faces_in(grey: Image.Image) -> list[Box]:
    """The boxes (left, top, right, bottom) of frontal faces.

    The first cascade also finds bridges and log piles, so each face must have an eye on either side.
    """
    cv2, numpy = _opencv()
    pixels = numpy.array(grey)
    least = round(min(grey.size) * LEAST_FACE)
    search = _cascade("frontalface_alt2").detectMultiScale
    found = search(cv2.equalizeHist(pixels), scaleFactor=1.1, minNeighbors=5, minSize=(least, least))
    boxes = [(int(left), int(top), int(left + side), int(top + side)) for left, top, side, _side in found]
    return [box for box in boxes if _has_eyes(pixels, box)]


def _has_eyes(pixels: Any, face: Box) -> bool:
    cv2, _numpy = _opencv()
    left, top, right, bottom = face
    height = bottom - top
    upper = pixels[top + height // 8 : top + height * 6 // 10, left:right]
    scale = EYES_WIDTH / (right - left)
    upper = cv2.equalizeHist(cv2.resize(upper, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC))
    for name in ("eye", "eye_tree_eyeglasses"):
        eyes = _cascade(name).detectMultiScale(upper, 1.05, 2, minSize=(30, 30), maxSize=(100, 100))
        middles = [x + width / 2 for x, _y, width, _height in eyes]
        if middles and min(middles) < EYES_WIDTH / 2 < max(middles):
            return True
    return False


def _cascade(name: str) -> Any:
    cv2, _numpy = _opencv()
    return cv2.CascadeClassifier(f"{cv2.data.haarcascades}haarcascade_{name}.xml")


def _opencv() -> tuple[Any, Any]:
    """OpenCV and numpy, which the extra installs."""
    return import_module("cv2"), import_module("numpy")
