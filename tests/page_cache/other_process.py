"""Responds to requests from standard input, as a worker would at the time of each request."""

import json
import sys
from base64 import b64encode
from datetime import datetime

import django
from django.conf import settings
from django.test import override_settings
from time_machine import travel

django.setup()

from tests.page_cache.wire import Request  # noqa: E402
from tests.page_cache.workers import WorkerHere  # noqa: E402

PLAIN = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}


def result(worker: WorkerHere, what: str, request: Request) -> object:
    if what == "has":
        return worker.has(request)
    response = worker.send(request)
    return {"status": response.status, "headers": response.headers, "body": b64encode(response.body).decode()}


with override_settings(STORAGES={**settings.STORAGES, "staticfiles": PLAIN}, API_REQUESTS_A_MINUTE=1_000_000):
    worker = WorkerHere()
    for line in sys.stdin:
        what, now, host, path, method, headers = json.loads(line)
        request = Request(host, path, method, tuple((name, value) for name, value in headers))
        with travel(datetime.fromisoformat(now), tick=False):
            sys.stdout.write(json.dumps(result(worker, what, request)) + "\n")
        sys.stdout.flush()
