"""Requests the old site's addresses from this installation, without the network, to report any that would be lost."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote, urlsplit

from django.test import Client
from django.utils.translation import get_language, override
from wagtail.models import Site

MOST_STEPS = 5
GONE = 410
# The front page leads to the edition in the reader's language.
TEMPORARY = 302


@dataclass(frozen=True)
class CrawledAddress:
    """`status` is that of the first response, `target` the URL after redirects, `end` the status there."""

    address: str
    status: int
    target: str = ""
    end: int = 0
    # The response was that of the address without its query: the front page.
    is_ignored: bool = False

    @property
    def is_lost(self) -> bool:
        return self.is_ignored or (self.end or self.status) not in (200, GONE)


def crawl(addresses: Iterable[str], site: Site) -> Iterator[CrawledAddress]:
    """Request the path of each address once from this site, as a reader would after the switch."""
    host = site.hostname if site.port in (80, 443) else f"{site.hostname}:{site.port}"
    client = Client(HTTP_HOST=host, raise_request_exception=False)
    front = _get(client, "/").headers.get("Location", "")
    seen = set()
    for address in addresses:
        path = _path(address)
        if path not in seen:
            seen.add(path)
            found = _crawled(client, host, address, path)
            is_front = path.startswith("/?") and found.target == front and found.status == TEMPORARY
            yield replace(found, is_ignored=is_front)


def _crawled(client: Client, host: str, address: str, path: str) -> CrawledAddress:
    # After two slashes at the beginning of a path, there would be a host.
    first = response = _get(client, f"https://{host}{path}")
    target = ""
    for _step in range(MOST_STEPS):
        if response.status_code not in (301, 302, 303, 307, 308):
            break
        target = response["Location"]
        if urlsplit(target).netloc not in ("", host):
            # Redirects to other sites are not followed; they are assumed to work.
            return CrawledAddress(address, first.status_code, target, 200)
        response = _get(client, _path(target))
    return CrawledAddress(address, first.status_code, target, response.status_code if target else 0)


def _get(client: Client, address: str) -> Any:
    # A view may set the language of the thread, in which the command writes.
    with override(get_language()):
        return client.get(address, secure=True)


def _path(address: str) -> str:
    parts = urlsplit(address)
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    return f"{path}?{parts.query}" if parts.query else path
