"""The WSGI application of the bench's server: the portal and the constant view.

Each response has a Server-Timing header: the time from the arrival of the request in a worker to the complete response,
and whether the response was cached.
"""

import os
from collections.abc import Callable, Iterable
from threading import Lock
from time import perf_counter
from typing import Any

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
settings.ROOT_URLCONF = "tests.bench.serving.urls"
django = get_wsgi_application()


from portal.platform.caching.wsgi_cache import ResponseCache  # noqa: E402
from tests.bench.serving.production import silence_request_log  # noqa: E402 - it imports models, which need the application
from tests.bench.serving.visitors import client_addresses  # noqa: E402

silence_request_log()


def rendered(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    environ["bench.is_cached"] = False
    return django(environ, start_response)


portal = ResponseCache(rendered, settings.PAGE_CACHE_MB) if os.environ.get("BENCH_CACHES") else rendered
_addresses, _one_at_a_time = client_addresses(), Lock()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    began = perf_counter()
    with _one_at_a_time:
        environ["REMOTE_ADDR"] = next(_addresses)
    environ["bench.is_cached"] = bool(os.environ.get("BENCH_CACHES"))

    def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
        # Django calls start_response once the whole response is rendered.
        source = ", cached" if environ["bench.is_cached"] else ""
        timing = "Server-Timing", f"app;dur={(perf_counter() - began) * 1000:.3f}{source}"
        return start_response(status, [*headers, timing], exc_info)

    return portal(environ, start)
