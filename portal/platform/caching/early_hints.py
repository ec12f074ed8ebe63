"""Adds a `Link` header for the lead picture of a page.

Shared caches send it before the page (early hints, RFC 8297).
"""

import re
from html import unescape

LEAD = b'fetchpriority="high"'
SOURCE = re.compile(rb'<source type="([^"]+)" srcset="([^"]+)" sizes="([^"]+)">')


def preload_link_of_lead_picture(page: bytes) -> str:
    """A preload link for the lead picture in its best format; empty if there is none.

    Browsers that do not support the format ignore the link.
    """
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
