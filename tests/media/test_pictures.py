"""Responsive pictures: signed URLs, no width beyond that of the image, and a reserved size."""

import re

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse
from wagtail.images.utils import generate_signature

from portal.media.models import Rendition
from portal.media.picture import SLOTS, sources
from tests.builders import content_of, make_article, make_image, make_settings


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


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


@pytest.mark.parametrize(
    ("spec", "kind"),
    [
        ("fill-320x213|format-webp|webpquality-76", "image/webp"),
        ("fill-320x213|format-avif|avifquality-58", "image/avif"),
        ("width-320|format-jpeg|jpegquality-78", "image/jpeg"),
    ],
)
def test_signed_url_serves_the_picture_for_a_visit_without_asking_again(reader, image, spec, kind):
    response = reader.get(address(image, spec))

    assert response.status_code == 200
    assert response["Content-Type"] == kind
    assert int(response["Content-Length"]) == len(content_of(response))
    assert response["Cache-Control"] == "public, max-age=600, s-maxage=0"
    assert "Cookie" not in response.get("Vary", "")
    assert not response.cookies


def test_every_url_of_a_picture_works(reader, image):
    found = sources(image, "card")

    assert [kind for kind, _srcset in found.sources] == ["image/avif", "image/webp"]
    for url in [found.src, *addresses(found.srcset)[:1], *(addresses(srcset)[0] for _kind, srcset in found.sources)]:
        assert content_of(reader.get(url))


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
def test_picture_of_no_image_is_not_found(reader, lorraine, number):
    spec = "width-320|format-jpeg"
    signature = generate_signature(int(number), spec)

    assert reader.get(f"/pictures/{signature}/{number}/{spec}/").status_code == 404


def test_missing_original_is_no_server_error_and_is_not_cached(reader, image):
    image.file.storage.delete(image.file.name)

    response = reader.get(address(image, "width-320|format-jpeg"))

    assert response.status_code == 410
    assert response["Cache-Control"] == "no-store"


def test_rendition_whose_file_is_missing_is_made_anew(reader, image):
    content_of(reader.get(address(image, "width-320|format-jpeg")))
    rendition = image.renditions.get()
    rendition.file.storage.delete(rendition.file.name)

    response = reader.get(address(image, "width-320|format-jpeg"))

    assert response.status_code == 200
    assert content_of(response).startswith(b"\xff\xd8")


def test_picture_has_its_size(image):
    for name, place in SLOTS.items():
        found = sources(image, name)
        ratio = place.ratio or (image.width, image.height)
        assert found.width / found.height == pytest.approx(ratio[0] / ratio[1], rel=0.02), name


def test_picture_is_never_enlarged(db):
    small = make_image("Petite")
    small.width, small.height = 640, 427
    found = sources(small, "lead")

    assert [int(width) for width in re.findall(r" (\d+)w", found.srcset)] == [480]
    assert found.width <= small.width


def test_tiny_picture_is_shown_at_its_own_width(db):
    tiny = make_image("Timbre")
    tiny.width, tiny.height = 60, 40

    assert sources(tiny, "lead").width == 60


def test_new_focal_point_gives_new_urls(image):
    before = sources(image, "card").src
    image.focal_point_x, image.focal_point_y, image.focal_point_width, image.focal_point_height = 10, 10, 5, 5

    assert sources(image, "card").src != before


def test_new_file_gives_new_urls(image):
    before = sources(image, "card").src
    image.file_hash = "f" * 40

    assert sources(image, "card").src != before


def test_rendition_is_not_created_before_its_first_request(lorraine, reader, image):
    article = make_article(lorraine.section, "Illustré", lead_image=image)

    page = reader.get(lorraine.address(article)).content.decode()

    assert "<picture>" in page
    assert not Rendition.objects.exists()


def test_picture_in_a_page_has_its_size_and_alternative_text(lorraine, reader, image):
    article = make_article(
        lorraine.section,
        "Illustré",
        lead_image=image,
        lead_image_alt="Une presse",
        lead_image_caption="La presse, le matin.",
    )

    page = BeautifulSoup(reader.get(lorraine.address(article)).content, "html.parser")
    lead = page.select_one("article.story figure img")

    assert lead["alt"] == "Une presse"
    assert lead["width"]
    assert lead["height"]
    assert lead["loading"] == "eager"
    assert "La presse, le matin." in page.select_one("article.story figure figcaption").get_text()
    assert {source["type"] for source in page.select("article.story figure source")} == {"image/avif", "image/webp"}


def test_credit_of_the_image_is_shown(lorraine, reader):
    article = make_article(lorraine.section, "Illustré", lead_image=make_image("Vue", credit="Photo : A. Bertin"))

    assert "A. Bertin" in reader.get(lorraine.address(article)).content.decode()
