"""Web workers for the judge: in this process with their own store, or in another process."""

import json
from base64 import b64decode
from dataclasses import dataclass
from subprocess import Popen
from typing import Any, Protocol

from django.core.handlers.wsgi import WSGIHandler
from django.utils import timezone

from portal.platform.caching.wsgi_cache import ResponseCache, cache_key
from portal.platform.operation.changes import content_version
from tests.page_cache.wire import Request, Response, send


class Worker(Protocol):
    def send(self, request: Request) -> Response: ...

    def has(self, request: Request) -> bool: ...


class WorkerHere:
    def __init__(self, megabytes: int = 48):
        self.cache = ResponseCache(WSGIHandler(), megabytes)

    def send(self, request: Request) -> Response:
        return send(self.cache, request)

    def has(self, request: Request) -> bool:
        """Whether it would serve the cached response."""
        key, version = cache_key(request.environ()), content_version()
        cached = self.cache.store.get(key) if key else None
        return cached is not None and version is not None and cached.is_fresh(version, timezone.now())


@dataclass
class WorkerElsewhere:
    """Runs `tests.page_cache.other_process` for an installation; each request carries the test's current time."""

    process: "Popen[str]"

    def send(self, request: Request) -> Response:
        result = self._result("send", request)
        headers = tuple((name, value) for name, value in result["headers"])
        return Response(result["status"], headers, b64decode(result["body"]))

    def has(self, request: Request) -> bool:
        return bool(self._result("has", request))

    def _result(self, what: str, request: Request) -> Any:
        assert self.process.stdin
        assert self.process.stdout
        fields = [request.host, request.path, request.method, request.headers]
        self.process.stdin.write(json.dumps([what, timezone.now().isoformat(), *fields]) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())
