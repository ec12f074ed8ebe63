"""The demo's pictures: small files of one width, each used somewhere, and safe to crop."""

import tomllib

import pytest
from django.core.files.images import ImageFile
from PIL import Image as Canvas

from portal.demo.reading import CONTENT, catalogue, focal_points, network, picture_file, texts_of
from portal.media.models import Image
from tests.demo.pictures import pictures_of

SITES = [site["key"] for site in network()["sites"]]
FILES = sorted((CONTENT / "pictures").glob("*/*"))


def files_of(site: str) -> set[str]:
    return {path.name for path in FILES if path.parent.name == site}


def test_no_file_is_heavier_than_seventy_kilobytes():
    assert not [path.name for path in FILES if path.stat().st_size > 70_000]


@pytest.mark.parametrize("site", SITES)
def test_each_decodes_to_a_picture_1600_pixels_wide(site):
    for name in files_of(site):
        with Canvas.open(picture_file(site, name)) as picture:
            picture.load()
            assert picture.format == "AVIF", name
            assert picture.size == (1600, 1067), name


def test_there_is_a_folder_and_a_table_for_each_site():
    table = tomllib.loads((CONTENT / "pictures.toml").read_text(encoding="utf-8"))

    assert {path.parent.name for path in FILES} == set(table) == set(SITES)


@pytest.mark.parametrize("site", SITES)
def test_every_file_is_used_and_every_used_file_exists(site):
    shown = {name for piece in texts_of(site) for name in pictures_of(piece)}
    shown |= {f"author-{key}.avif" for key, facts in catalogue()["people"].items() if facts["at"] == site}

    assert shown == files_of(site) == set(focal_points(site))


@pytest.mark.parametrize("site", SITES)
def test_subject_fits_the_crops(site):
    """Square portraits and the strip of a front page are cropped around the subject."""
    for name, (x, y, width, height) in focal_points(site).items():
        assert width / 2 <= x <= 1600 - width / 2, name
        assert height / 2 <= y <= 1067 - height / 2, name
        assert 0 < width <= 1067, name
        assert 0 < height <= 900, name


def test_no_two_files_are_the_same_picture():
    assert len({path.read_bytes() for path in FILES}) == len(FILES)


@pytest.mark.parametrize("extension", ["avif", "webp", "jpeg"])
def test_picture_is_rendered_in_every_format(db, settings, tmp_path, extension):
    settings.MEDIA_ROOT = tmp_path
    path = FILES[0]
    x, y, width, height = focal_points(path.parent.name)[path.name]
    with path.open("rb") as file:
        image = Image.objects.create(
            title=path.name,
            file=ImageFile(file, name=path.name),
            focal_point_x=x,
            focal_point_y=y,
            focal_point_width=width,
            focal_point_height=height,
        )

    rendition = image.get_rendition(f"fill-480x270|format-{extension}")

    with rendition.file.open() as file, Canvas.open(file) as picture:
        assert (picture.format, picture.size) == (extension.upper(), (480, 270))
