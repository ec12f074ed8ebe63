"""Takes away what caches in front of the portal have kept: all of it, by its tag or by the addresses of the sites."""

import json
import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from urllib.request import Request, urlopen

from django.conf import settings
from wagtail.contrib.frontend_cache.backends import BaseBackend, CloudfrontBackend, HTTPBackend
from wagtail.models import Site

from portal.core.keeping.shared import TAG

SECONDS = 10


class PurgeError(Exception):
    """A cache could not be told, and may give what is no longer right."""


def purge() -> None:
    """Everything, since any change may show anywhere; raises PurgeError, and may be called again."""
    told = settings.SHARED_CACHE_PURGE
    try:
        PURGES[told["kind"]](told["place"], told["key"])
    except OSError as error:
        raise PurgeError(f"{told['kind']}: {error}") from error


def _varnish(places: str, key: str) -> None:
    """deploy/varnish.vcl takes it from this machine."""
    for place in places.split(","):
        _send("PURGE", f"http://{place}/", {"xkey-purge": TAG})


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
    # Only the addresses above and that of the setting.
    request = Request(address, data=data, headers=headers | more, method=method)  # noqa: S310
    urlopen(request, timeout=SECONDS).close()  # noqa: S310


def _cloudfront(distribution: str, key: str) -> None:
    # One invalidation takes all hosts of a distribution.
    _by_addresses(CloudfrontBackend({"DISTRIBUTION_ID": distribution}), ["https://all/*"])


def _http(place: str, key: str) -> None:
    """PURGE for `/*` of each host, which the cache must take for all that it has of the host."""
    _by_addresses(HTTPBackend({"LOCATION": f"http://{place}"}), [f"{site.root_url}/*" for site in Site.objects.all()])


def _by_addresses(backend: BaseBackend, addresses: Iterable[str]) -> None:
    with _logged_errors() as errors:
        backend.purge_batch(addresses)
    if errors:
        raise PurgeError("; ".join(errors)[:400])


@contextmanager
def _logged_errors() -> Iterator[list[str]]:
    """What Wagtail's backends log, which raise nothing."""
    found: list[str] = []

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            found.append(record.getMessage())

    listener, logger = Listener(logging.ERROR), logging.getLogger("wagtail.frontendcache")
    logger.addHandler(listener)
    try:
        yield found
    finally:
        logger.removeHandler(listener)


PURGES: dict[str, Callable[[str, str], None]] = {
    "varnish": _varnish,
    "fastly": _fastly,
    "cloudflare": _cloudflare,
    "bunny": _bunny,
    "cloudfront": _cloudfront,
    "http": _http,
}
