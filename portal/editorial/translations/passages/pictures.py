"""Finds the picture that belongs to a text. The text is its alternative text or caption, or is in the same block."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from wagtail import blocks
from wagtail.fields import StreamField
from wagtail.images import get_image_model
from wagtail.images.blocks import ImageChooserBlock

from portal.editorial.translations.passages.places import step_into

SIZE = "max-165x165"
TEXTS = ("_alt", "_caption")


@dataclass(frozen=True)
class PassagePicture:
    """`field` is the content path of the image chooser."""

    field: str
    thumbnail: Any


def pictures_beside(record: Any, paths: Iterable[str]) -> dict[str, PassagePicture]:
    """The pictures, by the path of the first text that goes with each."""
    first: dict[str, tuple[str, int]] = {}
    for path in paths:
        if found := _picture_beside(record, path):
            first.setdefault(found[0], (path, found[1]))
    thumbnails = _thumbnails({key for _path, key in first.values()})
    return {path: PassagePicture(field, thumbnails[key]) for field, (path, key) in first.items() if key in thumbnails}


def _thumbnails(keys: set[int]) -> dict[int, Any]:
    """A small rendition of each image by primary key; existing ones are read with one query."""
    model = get_image_model()
    found = model.get_rendition_model().objects.filter(image__in=keys, filter_spec=SIZE)
    thumbnails = {rendition.image_id: rendition for rendition in found}
    for image in model.objects.filter(pk__in=keys - thumbnails.keys()) if keys - thumbnails.keys() else ():
        thumbnails[image.pk] = image.get_rendition(SIZE)
    return thumbnails


def _picture_beside(record: Any, path: str) -> tuple[str, int] | None:
    name, *steps = path.split(".")
    field = record._meta.get_field(name)
    if not isinstance(field, StreamField):
        return _picture_of_field(record, name)
    block, value, found = field.stream_block, getattr(record, name), None
    for place, step in enumerate(steps):
        block, value = step_into(block, value, step)
        if not isinstance(block, blocks.StructBlock) or not value:
            continue
        chooser = next((key for key, each in block.child_blocks.items() if isinstance(each, ImageChooserBlock)), None)
        if chooser and value.get(chooser):
            found = (".".join([name, *steps[: place + 1], chooser]), value[chooser].pk)
    return found


def _picture_of_field(record: Any, name: str) -> tuple[str, int] | None:
    for ending in TEXTS:
        own = name.removesuffix(ending)
        try:
            field = record._meta.get_field(own) if own != name else None
        except FieldDoesNotExist:
            field = None
        key = getattr(record, f"{own}_id", None)
        if field is not None and key and issubclass(field.related_model or object, get_image_model()):
            return own, key
    return None
