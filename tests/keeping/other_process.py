"""Answers the questions that it reads, as a worker of its own would at the time that each names."""

import json
import sys
from base64 import b64encode
from datetime import datetime

import django
from django.conf import settings
from django.test import override_settings
from time_machine import travel

django.setup()

from tests.keeping.asking import Question  # noqa: E402
from tests.keeping.workers import WorkerHere  # noqa: E402

PLAIN = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}


def told(worker: WorkerHere, what: str, question: Question) -> object:
    if what == "has":
        return worker.has(question)
    answer = worker.ask(question)
    return {"status": answer.status, "headers": answer.headers, "body": b64encode(answer.body).decode()}


with override_settings(STORAGES={**settings.STORAGES, "staticfiles": PLAIN}, API_REQUESTS_A_MINUTE=1_000_000):
    worker = WorkerHere()
    for line in sys.stdin:
        what, now, host, path, method, headers = json.loads(line)
        question = Question(host, path, method, tuple((name, value) for name, value in headers))
        with travel(datetime.fromisoformat(now), tick=False):
            sys.stdout.write(json.dumps(told(worker, what, question)) + "\n")
        sys.stdout.flush()
