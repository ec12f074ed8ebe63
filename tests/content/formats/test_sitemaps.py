"""Sitemaps list every page that readers may see, in every language, and no others."""

from collections.abc import Iterator
from datetime import timedelta
from xml.etree import ElementTree as ET

import pytest
import xmlschema
from bs4 import BeautifulSoup
from django.conf import settings
from django.utils import timezone

from portal.content.sitemaps import pages
from tests.builders import (
    SampleSite,
    change,
    content_of,
    make_article,
    make_draft,
    make_event,
    make_image,
    make_private,
    make_section,
    make_site,
)

SCHEMA = xmlschema.XMLSchema(settings.BASE_DIR / "tests" / "schemas" / "sitemap.xsd")
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
LINK = "{http://www.w3.org/1999/xhtml}link"
IMAGE = "{http://www.google.com/schemas/sitemap-image/1.1}"
NEWS = "{http://www.google.com/schemas/sitemap-news/0.9}"


def document(ground: SampleSite, path: str) -> ET.Element:
    """The XML document at a path, after validation against the schema."""
    response = ground.reader().get(path)
    assert response.status_code == 200, path
    assert response["Content-Type"] == "application/xml; charset=utf-8"
    assert response.cookies == {}
    SCHEMA.validate(response.content.decode())
    return ET.fromstring(response.content)


def parts(ground: SampleSite) -> list[str]:
    return [found.text for found in document(ground, "/sitemap.xml").iter(f"{MAP}loc")]


def urls(ground: SampleSite) -> Iterator[ET.Element]:
    base = f"http://{ground.host}"
    for address in parts(ground):
        assert address.startswith(f"{base}/sitemap-")
        if not address.endswith("sitemap-news.xml"):
            yield from document(ground, address.removeprefix(base)).iter(f"{MAP}url")


def by_path(ground: SampleSite) -> dict[str, ET.Element]:
    return {url.find(f"{MAP}loc").text.removeprefix(f"http://{ground.host}"): url for url in urls(ground)}


def test_sitemap_has_every_public_page_once_per_language(lorraine, saar):
    article = make_article(lorraine.section, "Là")
    event = make_event(lorraine.calendar)

    found = [url.find(f"{MAP}loc").text for url in urls(lorraine)]

    assert len(found) == len(set(found))
    for page in (lorraine.home, lorraine.section, lorraine.calendar, article, event, lorraine.homes["de"]):
        assert f"http://lorraine.localhost{lorraine.address(page)}" in found
    assert all(url.startswith("http://lorraine.localhost/") for url in found)
    assert all(lorraine.reader().get(url).status_code == 200 for url in found)


def test_sitemap_has_no_hidden_page_and_none_of_another_site(lorraine, saar):
    members = make_section(lorraine.home, "Membres")
    make_private(members)
    shown_elsewhere = make_article(saar.sections["fr"])
    hidden = [
        make_draft(make_article(lorraine.section)),
        members,
        make_article(members),
        shown_elsewhere.create_alias(parent=lorraine.section, update_slug="partage"),
        change(make_article(lorraine.section), expire_at=timezone.now()),
    ]

    found = by_path(lorraine)

    assert not {lorraine.address(page) for page in hidden} & set(found)


def test_language_links_match_those_in_the_head_of_the_page(lorraine):
    article = make_article(lorraine.section, "Traduit")
    translation = article.copy_for_translation(lorraine.homes["de"].locale)
    translation.save_revision().publish()
    alone = make_article(lorraine.section, "Seul")
    found = by_path(lorraine)

    for page in (lorraine.home, lorraine.section, article, alone, lorraine.homes["de"]):
        address = lorraine.address(page)
        head = BeautifulSoup(lorraine.reader().get(address).content, "html.parser").head
        named = {link["hreflang"]: link["href"] for link in head.select("link[hreflang]")}
        assert {link.get("hreflang"): link.get("href") for link in found[address].iter(LINK)} == named
    assert set(named) == {"fr", "de", "x-default"}


def test_site_of_one_language_has_no_language_links(module_db, db):
    ground = make_site("solo.localhost")

    assert not [link for url in urls(ground) for link in url.iter(LINK)]


def test_sitemap_has_lead_image_and_date(lorraine):
    article = make_article(lorraine.section, lead_image=make_image())
    url = by_path(lorraine)[lorraine.address(article)]

    image = url.find(f"{IMAGE}image/{IMAGE}loc").text

    assert content_of(lorraine.reader().get(image.removeprefix("http://lorraine.localhost")))
    article.refresh_from_db()
    assert url.find(f"{MAP}lastmod").text == article.last_published_at.isoformat(timespec="seconds")


def test_parts_have_every_page_once_and_are_stable(lorraine, monkeypatch):
    whole = set(by_path(lorraine))
    monkeypatch.setattr(pages, "PART", 3)
    before = {path: lorraine.reader().get(path).content for path in ("/sitemap-fr-1.xml", "/sitemap-fr-2.xml")}

    assert set(by_path(lorraine)) == whole
    assert len(parts(lorraine)) > 5
    make_article(lorraine.section)

    assert {path: lorraine.reader().get(path).content for path in before} == before
    dates = [found.text for found in document(lorraine, "/sitemap.xml").iter(f"{MAP}lastmod")]
    assert len(dates) == len(parts(lorraine)) - 1


def test_news_sitemap_has_the_last_two_days_only(lorraine, saar):
    now = timezone.now()
    new = make_article(lorraine.section, "Tout & neuf", date=now - timedelta(hours=47))
    german = make_article(lorraine.sections["de"], "Ganz neu", date=now - timedelta(hours=2))
    make_article(lorraine.section, "Passé", date=now - timedelta(hours=49))
    make_article(lorraine.section, "À venir", date=now + timedelta(hours=1))
    make_draft(make_article(lorraine.section, "Brouillon", date=now - timedelta(hours=1)))

    news = document(lorraine, "/sitemap-news.xml")

    titles = {found.text for found in news.iter(f"{NEWS}title")}
    assert {new.title, german.title} <= titles
    assert not {"Passé", "À venir", "Brouillon"} & titles
    assert not any("sarrois" in title for title in titles)
    assert {found.text for found in news.iter(f"{NEWS}language")} == {"fr", "de"}
    assert {found.text for found in news.iter(f"{NEWS}name")} == {"Lorraine"}


def test_robots_names_the_sitemap_of_its_site(lorraine, saar):
    for ground in (lorraine, saar):
        robots = ground.reader().get("/robots.txt").content.decode()

        assert f"Sitemap: http://{ground.host}/sitemap.xml\n" in robots
        assert "Disallow: /admin/\n" in robots


@pytest.mark.parametrize(
    "path", ["/sitemap-fr-0.xml", "/sitemap-fr-99999.xml", "/sitemap-en-1.xml", "/sitemap-fr-123456.xml"]
)
def test_missing_part_is_not_found(reader, path):
    assert reader.get(path).status_code == 404


def test_hidden_page_in_the_other_language_is_not_a_translation(lorraine):
    article = make_article(lorraine.section)
    translation = article.copy_for_translation(lorraine.homes["de"].locale)
    translation.save_revision().publish()
    make_private(translation)

    links = [link.get("hreflang") for link in by_path(lorraine)[lorraine.address(article)].iter(LINK)]

    assert links == ["fr", "x-default"]


def test_sitemap_has_no_page_below_an_expired_section(lorraine):
    section = make_section(lorraine.home, "Salon")
    inside = make_article(section, "Au salon")
    path = lorraine.address(inside)
    assert path in by_path(lorraine)

    change(section, expire_at=timezone.now())

    assert path not in by_path(lorraine)
    assert path not in lorraine.reader().get("/sitemap-news.xml").content.decode()
