"""Purges the whole portal from shared caches, by tag or by the hosts of the sites."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException
from urllib.parse import urlsplit
from urllib.request import Request, urlopen
from uuid import uuid4

from django.conf import settings
from django.core.management.base import CommandError
from django.db import Error
from wagtail.contrib.frontend_cache.backends import CloudfrontBackend
from wagtail.models import Site

from portal.platform.caching.shared_caches import TAG

SECONDS = 10
AT_ONCE = 8


class PurgeError(CommandError):
    """A cache could not be purged and may serve stale responses."""


def purge() -> None:
    """Purge everything, because a change may affect any page. May be called again after it raises PurgeError."""
    cache = settings.SHARED_CACHE_PURGE
    try:
        PURGES[cache["kind"]](cache["place"], cache["key"])
    except (PurgeError, Error):
        raise
    except OSError as error:
        raise PurgeError(f"{cache['kind']}: {error}") from error
    except Exception as error:
        # Messages of other exceptions, such as those of Amazon's library, may contain a key.
        code = getattr(error, "response", {}).get("Error", {}).get("Code", "")
        raise PurgeError(f"{cache['kind']}: {type(error).__name__} {code}".strip()) from error


def _varnish(places: str, key: str) -> None:
    """Purge by tag, which deploy/varnish.vcl accepts from this machine."""
    _send_all([(f"http://{place}/", {"xkey-purge": TAG}) for place in places.split(",")])


def _fastly(service: str, key: str) -> None:
    _send("POST", f"https://api.fastly.com/service/{service}/purge/{TAG}", {"Fastly-Key": key})


def _cloudflare(zone: str, key: str) -> None:
    address = f"https://api.cloudflare.com/client/v4/zones/{zone}/purge_cache"
    _send("POST", address, {"Authorization": f"Bearer {key}"}, {"tags": [TAG]})


def _bunny(zone: str, key: str) -> None:
    _send("POST", f"https://api.bunny.net/pullzone/{zone}/purgeCache", {"AccessKey": key}, {"CacheTag": TAG})


def _send(method: str, address: str, headers: dict[str, str], content: object = None) -> None:
    data = None if content is None else json.dumps(content).encode()
    more = {} if content is None else {"Content-Type": "application/json"}
    # The request only goes to the URLs above and to the one in the setting.
    request = Request(address, data=data, headers=headers | more, method=method)  # noqa: S310
    urlopen(request, timeout=SECONDS).close()  # noqa: S310


def _cloudfront(distribution: str, key: str) -> None:
    # One invalidation for all hosts of a distribution. Wagtail's own method would only log a refusal.
    paths = {"Quantity": 1, "Items": ["/*"]}
    CloudfrontBackend({"DISTRIBUTION_ID": distribution}).client.create_invalidation(
        DistributionId=distribution, InvalidationBatch={"Paths": paths, "CallerReference": str(uuid4())}
    )


def _http(place: str, key: str) -> None:
    """Send PURGE for `/*` of each host. The cache must then drop everything from this host."""
    hosts = sorted({urlsplit(site.root_url).netloc for site in Site.objects.all()})
    _send_all([(f"http://{place}/*", {"Host": host}) for host in hosts])


def _send_all(requests: list[tuple[str, dict[str, str]]]) -> None:
    """Send a PURGE for each pair of URL and headers. A failed request neither stops nor delays the others."""

    def failure(request: tuple[str, dict[str, str]]) -> str:
        address, headers = request
        try:
            _send("PURGE", address, headers)
        except (OSError, HTTPException) as error:
            return f"{headers.get('Host', '')} {address}: {error or type(error).__name__}".strip()
        return ""

    with ThreadPoolExecutor(AT_ONCE) as pool:
        failures = [found for found in pool.map(failure, requests) if found]
    if failures:
        raise PurgeError("; ".join(failures)[:400])


PURGES: dict[str, Callable[[str, str], None]] = {
    "varnish": _varnish,
    "fastly": _fastly,
    "cloudflare": _cloudflare,
    "bunny": _bunny,
    "cloudfront": _cloudfront,
    "http": _http,
}
