"""The application that the bench's own server runs: the portal, and the constant view beside it.

Each answer says how long it took, from the request's arrival in a worker to the last byte of the answer being there.
"""

import os
from collections.abc import Callable, Iterable
from time import perf_counter
from typing import Any

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
settings.ROOT_URLCONF = "portal.bench.urls"
portal = get_wsgi_application()

from portal.bench.production import keep_quiet  # noqa: E402 - it imports models, which are there only now
from portal.bench.readers import addresses  # noqa: E402

keep_quiet()
_readers = addresses()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    began = perf_counter()
    environ["REMOTE_ADDR"] = next(_readers)

    def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
        # Django has the whole of its answer before it begins to give it.
        timing = "Server-Timing", f"app;dur={(perf_counter() - began) * 1000:.3f}"
        return start_response(status, [*headers, timing], exc_info)

    return portal(environ, start)
