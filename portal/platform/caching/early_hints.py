"""The lead picture of a page as a `Link` header, which caches in front send on before the page (103, RFC 8297)."""

import re
from html import unescape

LEAD = b'fetchpriority="high"'
SOURCE = re.compile(rb'<source type="([^"]+)" srcset="([^"]+)" sizes="([^"]+)">')


def lead_picture(page: bytes) -> str:
    """A preload of the lead picture in its best format, which other browsers ignore; empty if the page has none."""
    if (end := page.find(LEAD)) < 0 or (start := page.rfind(b"<picture>", 0, end)) < 0:
        return ""
    if (found := SOURCE.search(page, start, end)) is None:
        return ""
    kind, srcset, sizes = (unescape(part.decode()) for part in found.groups())
    smallest = srcset.split(" ", 1)[0]
    return (
        f'<{smallest}>; rel=preload; as=image; type="{kind}"; imagesrcset="{srcset}"; imagesizes="{sizes}"; '
        "fetchpriority=high"
    )
