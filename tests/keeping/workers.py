"""Workers of the web server that a judge asks: in this process with a memory of its own, or in a process of its own."""

import json
from base64 import b64decode
from dataclasses import dataclass, field
from subprocess import Popen
from typing import Any, Protocol

from django.core.handlers.wsgi import WSGIHandler
from django.utils import timezone

from portal.platform.caching.wsgi_cache import ResponseCache, cache_key
from portal.platform.operation.changes import content_version
from tests.keeping.asking import Answer, Question, ask


class Worker(Protocol):
    def ask(self, question: Question) -> Answer: ...

    def has(self, question: Question) -> bool: ...


class WorkerHere:
    def __init__(self, megabytes: int = 48):
        self.edge = ResponseCache(WSGIHandler(), megabytes)

    def ask(self, question: Question) -> Answer:
        return ask(self.edge, question)

    def has(self, question: Question) -> bool:
        """Whether it would give what it has kept."""
        key, version = cache_key(question.environ()), content_version()
        cached = self.edge.store.get(key) if key else None
        return cached is not None and version is not None and cached.is_fresh(version, timezone.now())


@dataclass
class WorkerElsewhere:
    """Runs `tests.keeping.other_process` in a process of an installation; each question carries the time that it is to be."""

    process: "Popen[str]"
    asked: int = field(default=0)

    def ask(self, question: Question) -> Answer:
        told = self._told("ask", question)
        headers = tuple((name, value) for name, value in told["headers"])
        return Answer(told["status"], headers, b64decode(told["body"]))

    def has(self, question: Question) -> bool:
        return bool(self._told("has", question))

    def _told(self, what: str, question: Question) -> Any:
        assert self.process.stdin
        assert self.process.stdout
        fields = [question.host, question.path, question.method, question.headers]
        self.process.stdin.write(json.dumps([what, timezone.now().isoformat(), *fields]) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())
