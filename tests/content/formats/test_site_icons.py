"""Each site has its own icons: its initial on its brand colour."""

import json
from io import BytesIO

import pytest
from PIL import Image

from tests.builders import make_settings, reader_of


@pytest.fixture
def lorraine_reader(lorraine):
    make_settings(lorraine, brand_colour="#7a1f2b")
    return reader_of(lorraine.site.hostname)


@pytest.mark.parametrize(
    ("address", "size"),
    [("/favicon.ico", 32), ("/apple-touch-icon.png", 180), ("/icon-192.png", 192), ("/icon-512.png", 512)],
)
def test_icon_has_the_brand_colour(lorraine_reader, address, size):
    image = Image.open(BytesIO(lorraine_reader.get(address).content)).convert("RGB")

    assert image.size == (size, size)
    assert image.getpixel((1, 1)) == (0x7A, 0x1F, 0x2B)


def test_icons_of_two_sites_differ(lorraine_reader, saar):
    make_settings(saar, brand_colour="#0a4d8c")

    assert lorraine_reader.get("/icon.svg").content != reader_of(saar.site.hostname).get("/icon.svg").content


@pytest.mark.parametrize(
    ("name", "letter"), [("L’Élan lorrain", "É"), ("Die Brücke", "B"), ("Saar-Impuls", "S"), ("“42”", "4")]
)
def test_initial_skips_the_article(lorraine, name, letter):
    lorraine.site.site_name = name
    lorraine.site.save()

    assert f">{letter}</text>" in reader_of(lorraine.site.hostname).get("/icon.svg").content.decode()


def test_manifest_names_the_site_and_icons_that_exist(lorraine_reader, lorraine):
    manifest = json.loads(lorraine_reader.get("/site.webmanifest").content)

    assert manifest["name"] == lorraine.site.site_name
    assert {lorraine_reader.get(icon["src"]).status_code for icon in manifest["icons"]} == {200}


def test_pages_link_to_their_icons(lorraine_reader, lorraine):
    html = lorraine_reader.get(lorraine.home.get_url()).content.decode()

    for address in ("/favicon.ico", "/icon.svg", "/apple-touch-icon.png", "/site.webmanifest"):
        assert f'href="{address}"' in html
