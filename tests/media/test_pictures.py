"""Responsive pictures: signed URLs, no width beyond that of the image, and a reserved size."""

import re

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse
from wagtail.images.utils import generate_signature

from portal.media.models import Rendition
from portal.media.picture import sources
from tests.builders import content_of, make_article, make_image, make_settings


@pytest.fixture
def image(lorraine):
    """Any reader may see it: it is the logo of the site."""
    image = make_image()
    make_settings(lorraine, logo=image)
    return image


def address(image, spec: str) -> str:
    return reverse("picture", args=[generate_signature(image.pk, spec), image.pk, spec])


def addresses(srcset: str) -> list[str]:
    return [part.split(" ")[0] for part in srcset.split(", ")]


def test_every_url_of_a_picture_works_and_is_cached_briefly(reader, image):
    found = sources(image, "card")
    assert [kind for kind, _srcset in found.sources] == ["image/avif", "image/webp"]

    for kind, srcset in [("image/jpeg", found.srcset), *found.sources]:
        response = reader.get(addresses(srcset)[0])
        assert response.status_code == 200
        assert response["Content-Type"] == kind
        assert int(response["Content-Length"]) == len(content_of(response))
        assert response["Cache-Control"] == "public, max-age=600, s-maxage=0"
        assert "Cookie" not in response.get("Vary", "")
        assert not response.cookies


@pytest.mark.parametrize("change", ["signature", "image", "spec"])
def test_url_without_a_valid_signature_is_not_found(reader, image, change):
    other = make_image("Autre")
    spec = "width-320|format-jpeg"
    signature = generate_signature(image.pk, spec)
    if change == "signature":
        signature = signature[:-2] + ("A=" if signature[-2] != "A" else "B=")

    path = reverse(
        "picture",
        args=[signature, other.pk if change == "image" else image.pk, "width-3200" if change == "spec" else spec],
    )

    assert reader.get(path).status_code == 404
    assert not Rendition.objects.exists()


@pytest.mark.parametrize("number", ["0", "999999999999999999", "9" * 24])
def test_picture_of_an_unknown_image_is_not_found(reader, lorraine, number):
    spec = "width-320|format-jpeg"
    signature = generate_signature(int(number), spec)

    assert reader.get(f"/pictures/{signature}/{number}/{spec}/").status_code == 404


def test_missing_rendition_is_rendered_again_unless_its_original_is_missing(reader, image):
    path = address(image, "width-320|format-jpeg")
    content_of(reader.get(path))
    rendition = image.renditions.get()
    rendition.file.storage.delete(rendition.file.name)
    assert content_of(reader.get(path)).startswith(b"\xff\xd8")

    image.renditions.all().delete()
    image.file.storage.delete(image.file.name)

    response = reader.get(path)
    assert response.status_code == 410
    assert response["Cache-Control"] == "no-store"


@pytest.mark.parametrize(("size", "widths"), [((640, 427), [480]), ((60, 40), [60])])
def test_picture_is_never_enlarged(db, size, widths):
    small = make_image("Petite")
    small.width, small.height = size
    found = sources(small, "lead")

    assert [int(width) for width in re.findall(r" (\d+)w", found.srcset)] == widths
    assert found.width <= small.width


@pytest.mark.parametrize(
    ("width", "widths"),
    [(60, [60]), (480, [480]), (700, [480, 700]), (1360, [480, 800, 1360]), (4000, [480, 800, 1360])],
)
def test_picture_in_a_text_has_its_own_width_if_it_does_not_fill_the_column(db, width, widths):
    small = make_image("Petite")
    small.width, small.height = width, width
    found = sources(small, "text")

    assert [int(each) for each in re.findall(r" (\d+)w", found.srcset)] == widths
    assert found.width == widths[-1]


@pytest.mark.parametrize(
    "change",
    [
        {"focal_point_x": 10, "focal_point_y": 10, "focal_point_width": 5, "focal_point_height": 5},
        {"file_hash": "f" * 40},
    ],
    ids=["focal point", "file"],
)
def test_change_of_an_image_gives_new_urls(image, change):
    before = sources(image, "card").src
    for name, value in change.items():
        setattr(image, name, value)

    assert sources(image, "card").src != before


def test_picture_in_a_page_has_size_and_texts_before_it_is_rendered(lorraine, reader):
    facts = {"lead_image_alt": "Une presse", "lead_image_caption": "La presse, le matin."}
    image = make_image("Vue", credit="Photo : A. Bertin")
    article = make_article(lorraine.section, "Illustré", lead_image=image, **facts)

    page = BeautifulSoup(reader.get(lorraine.address(article)).content, "html.parser")
    figure = page.select_one("article.story figure")

    assert figure.img["alt"] == "Une presse"
    assert figure.img["width"]
    assert figure.img["height"]
    assert figure.img["loading"] == "eager"
    assert "La presse, le matin." in figure.select_one("figcaption").get_text()
    assert "A. Bertin" in page.get_text()
    assert {source["type"] for source in figure.select("source")} == {"image/avif", "image/webp"}
    assert not Rendition.objects.exists()
