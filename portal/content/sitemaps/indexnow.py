"""Announces new, changed and removed pages to search engines with IndexNow (indexnow.org), on sites that enable it."""

import json
from collections import defaultdict
from collections.abc import Iterable
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from wagtail.models import Page, PageViewRestriction, Site

from portal.content.records.settings import SiteSettings
from portal.content.serving.editions import edition_of
from portal.content.visibility import addresses_below
from portal.platform.operation.keys import lasting_hash
from portal.platform.tasks.durable import durable

MAX_URLS = 10_000
SECONDS = 10


def indexnow_key(hostname: str) -> str:
    """The IndexNow key for a host. A public file of this name proves ownership, so each host needs its own key."""
    return lasting_hash("portal.indexnow", hostname)[:32]


@require_safe
@cache_control(public=True, max_age=86_400)
def key_file(request: HttpRequest, key: str) -> HttpResponse:
    edition = edition_of(request)
    if not edition.settings.announces_pages or key != indexnow_key(edition.site.hostname):
        raise Http404
    return HttpResponse(key, content_type="text/plain; charset=utf-8")


def addresses_to_announce(page: Page) -> list[str]:
    """The full URLs of a page on all sites that announce their pages; none for a private page.

    Unpublished pages are announced as well, so that search engines notice their removal.
    """
    return addresses_below_to_announce(page, [page])


def addresses_below_to_announce(top: Page, pages: Iterable[Page]) -> list[str]:
    """Like `addresses_to_announce`, for pages at or below `top`."""
    own = [page for page in pages if not page.alias_of_id and _is_announced(page)]
    if not own:
        return []
    chosen = SiteSettings.objects.filter(announces_pages=True, is_unlisted=False, is_closed=False)
    keys = list(chosen.values_list("site", flat=True))
    if not keys:
        return []
    private = tuple(PageViewRestriction.objects.values_list("page__path", flat=True))
    public = [page for page in own if not page.path.startswith(private)]
    if not public:
        return []
    sites = Site.objects.filter(pk__in=keys)
    return [f"{site.root_url}{path}" for site, path in addresses_below(top, public, sites)]


def _is_announced(page: Page) -> bool:
    """Whether to announce the page. A `noindex` page counts only if an earlier version may be in an index."""
    is_new = page.first_published_at == page.last_published_at
    return bool(page.live or page.first_published_at) and not (is_new and getattr(page, "noindex", False))


def announce_later(pages: Iterable[Page]) -> None:
    """Announce pages after the current transaction."""
    if urls := [url for page in pages for url in addresses_to_announce(page)]:
        announce.enqueue(urls)


def announce_below_later(top: Page, pages: Iterable[Page]) -> None:
    """Announce pages at or below `top` after the current transaction."""
    if urls := addresses_below_to_announce(top, pages):
        announce.enqueue(urls)


@durable
def announce(urls: list[str]) -> None:
    ping(urls)


def ping(urls: Iterable[str]) -> None:
    """Announce URLs with one request per host. Raises OSError if the search engine does not respond or fails.

    May be called again with the same URLs. Rejected URLs are not retried.
    """
    by_root: dict[str, list[str]] = defaultdict(list)
    for url in urls:
        parts = urlsplit(url)
        by_root[f"{parts.scheme}://{parts.netloc}"].append(url)
    for root, listed in by_root.items():
        parts = urlsplit(root)
        key = indexnow_key(parts.hostname or "")
        message = {
            "host": parts.netloc,
            "key": key,
            "keyLocation": f"{root}/{key}.txt",
            "urlList": list(dict.fromkeys(listed))[:MAX_URLS],
        }
        request = Request(  # noqa: S310 - the address is a setting
            settings.INDEXNOW_ADDRESS,
            data=json.dumps(message).encode(),
            headers={"Content-Type": "application/json; charset=utf-8"},
        )
        try:
            urlopen(request, timeout=SECONDS).close()  # noqa: S310
        except HTTPError as refusal:
            with refusal:
                # 400, 403 and 422 reject the URLs or the key, so a retry would not help.
                if refusal.code not in (400, 403, 422):
                    raise
