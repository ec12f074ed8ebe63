"""Writes sitemaps (sitemaps.org, version 0.9, with Google's extensions for images, languages and news)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from xml.sax.saxutils import escape, quoteattr

from portal.content.feeds.formats import xml_safe

SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
IMAGE = "http://www.google.com/schemas/sitemap-image/1.1"
NEWS = "http://www.google.com/schemas/sitemap-news/0.9"
XHTML = "http://www.w3.org/1999/xhtml"
OPENING = '<?xml version="1.0" encoding="UTF-8"?>\n'


@dataclass(frozen=True, slots=True)
class Location:
    """A page. `language_urls` are its URLs by language, including its own; empty on a site with one language."""

    url: str
    changed_at: datetime | None = None
    language_urls: dict[str, str] = field(default_factory=dict)
    image: str = ""


@dataclass(frozen=True, slots=True)
class NewsLocation:
    url: str
    title: str
    published_at: datetime
    publication: str
    language: str


def index(parts: Iterable[tuple[str, datetime | None]]) -> Iterator[str]:
    yield f'{OPENING}<sitemapindex xmlns="{SITEMAP}">\n'
    for url, changed_at in parts:
        yield f"<sitemap><loc>{escape(url)}</loc>{_changed(changed_at)}</sitemap>\n"
    yield "</sitemapindex>\n"


def pages(locations: Iterable[Location]) -> Iterator[str]:
    yield f'{OPENING}<urlset xmlns="{SITEMAP}" xmlns:image="{IMAGE}" xmlns:xhtml="{XHTML}">\n'
    for location in locations:
        alternates = "".join(
            f'<xhtml:link rel="alternate" hreflang={quoteattr(code)} href={quoteattr(url)}/>'
            for code, url in location.language_urls.items()
        )
        image = f"<image:image><image:loc>{escape(location.image)}</image:loc></image:image>" if location.image else ""
        yield f"<url><loc>{escape(location.url)}</loc>{_changed(location.changed_at)}{image}{alternates}</url>\n"
    yield "</urlset>\n"


def news(locations: Iterable[NewsLocation]) -> Iterator[str]:
    yield f'{OPENING}<urlset xmlns="{SITEMAP}" xmlns:news="{NEWS}">\n'
    for location in locations:
        yield (
            f"<url><loc>{escape(location.url)}</loc><news:news><news:publication>"
            f"<news:name>{escape(xml_safe(location.publication))}</news:name>"
            f"<news:language>{location.language}</news:language></news:publication>"
            f"<news:publication_date>{location.published_at.isoformat(timespec='seconds')}</news:publication_date>"
            f"<news:title>{escape(xml_safe(location.title))}</news:title></news:news></url>\n"
        )
    yield "</urlset>\n"


def _changed(at: datetime | None) -> str:
    return f"<lastmod>{at.isoformat(timespec='seconds')}</lastmod>" if at else ""
