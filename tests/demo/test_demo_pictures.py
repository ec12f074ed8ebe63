"""The demo's pictures: the same for the same seed, different for another, and safe to crop."""

import pytest
from PIL import ImageChops, ImageStat

from portal.demo import pictures

FEW = ("factory", "vineyard", "night-city", "meeting", "person-d")
ASKED_FOR = {
    *("workshop", "factory", "steelworks", "offices", "construction", "brownfield", "forest", "timber", "river"),
    *("canal", "solar", "wind", "rail", "tram", "warehouse", "market", "shop", "lab", "school", "vineyard"),
    *("orchard", "city", "village", "greenhouse", "conference", "meeting", "datacentre", "bakery", "cycling"),
    *("bridge", "night-city", "person-a", "person-b", "person-c", "person-d", "person-e", "person-f"),
}


def test_every_scene_asked_for_exists() -> None:
    assert set(pictures.SCENES) == ASKED_FOR


@pytest.mark.parametrize("scene", FEW)
def test_a_picture_is_rgb_and_three_by_two(scene: str) -> None:
    picture = pictures.draw(scene, "size", "saar")

    assert (picture.mode, picture.size) == ("RGB", (1600, 1067))


@pytest.mark.parametrize("scene", FEW)
def test_the_same_arguments_draw_the_same_picture(scene: str) -> None:
    assert pictures.draw(scene, "again", "lux").tobytes() == pictures.draw(scene, "again", "lux").tobytes()


@pytest.mark.parametrize("scene", FEW)
def test_another_seed_draws_a_visibly_different_picture(scene: str) -> None:
    difference = ImageChops.difference(pictures.draw(scene, "one"), pictures.draw(scene, "two"))

    assert max(ImageStat.Stat(difference).mean) > 8


def test_a_palette_changes_the_colours() -> None:
    assert pictures.draw("wind", "one", "lorraine").tobytes() != pictures.draw("wind", "one", "lux").tobytes()


@pytest.mark.parametrize("scene", pictures.SCENES)
@pytest.mark.parametrize("seed", ["one", "two", "three"])
def test_the_focal_part_lies_inside_and_fits_both_crops(scene: str, seed: str) -> None:
    x, y, width, height = pictures.focal_point(scene, seed)

    assert x >= 0
    assert y >= 0
    assert x + width <= 1600
    assert y + height <= 1067
    assert 0 < width <= 1067
    assert 0 < height <= 900


def test_an_unknown_scene_is_named() -> None:
    with pytest.raises(ValueError, match="moonbase"):
        pictures.draw("moonbase", "one")
    with pytest.raises(ValueError, match="moonbase"):
        pictures.focal_point("moonbase", "one")


def test_an_unknown_palette_is_named() -> None:
    with pytest.raises(ValueError, match="neon"):
        pictures.draw("wind", "one", "neon")
