"""Reads the URLs in sitemaps, and in the sitemaps of an index."""

import gzip
from collections.abc import Callable, Iterator
from io import BytesIO
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from portal.moving.wordpress.records import ExportError

GZIP = b"\x1f\x8b"
MOST_DEPTH = 3
MOST_BYTES = 60_000_000


def addresses_in(place: str, read: Callable[[str], bytes], depth: int = 0) -> Iterator[str]:
    """Yield the URLs of a sitemap, possibly repeated; raises ExportError if one cannot be read.

    `read` returns the content of a file or a URL.
    """
    if depth > MOST_DEPTH:
        raise ExportError("its index names indexes of indexes", part=place)
    root = _root(place, read(place))
    is_index = root.tag.endswith("sitemapindex")
    for entry in root:
        found = next((child.text or "" for child in entry if child.tag.endswith("}loc") or child.tag == "loc"), "")
        if found.strip() and is_index:
            yield from addresses_in(found.strip(), read, depth + 1)
        elif found.strip():
            yield found.strip()


def _root(place: str, content: bytes) -> Element:
    try:
        if content.startswith(GZIP):
            with gzip.open(BytesIO(content)) as file:
                content = file.read(MOST_BYTES)
        root: Element = fromstring(content.lstrip(), forbid_dtd=True)
    except ParseError as error:
        raise ExportError(f"it is no valid XML ({str(error).partition(':')[0]})", error.position[0], place) from error
    except (DefusedXmlException, OSError, EOFError, ValueError) as error:
        raise ExportError(f"it cannot be read: {error}", part=place) from error
    if not root.tag.endswith(("urlset", "sitemapindex")):
        raise ExportError(f"it begins with <{root.tag.rpartition('}')[2]}>, a sitemap with <urlset>", part=place)
    return root
