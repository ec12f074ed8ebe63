"""Sends requests to the application as a web server would, and as a new process without caches would."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from unittest import mock
from urllib.parse import unquote_to_bytes
from uuid import uuid4

from django.core.cache import caches
from django.core.signals import request_finished, request_started
from django.db import close_old_connections

from portal.content.serving import snapshot
from portal.content.serving.fragment_cache import fragments
from portal.platform.caching import expiry
from search import network

# Headers that identify the request itself.
TICKET_IN_FORM = re.compile(rb'(?<=name="form-token" value=")[^"]+|(?<=name="csrfmiddlewaretoken" value=")[^"]+')
# With its expiry, which may differ by a second.
TICKET = re.compile(r"(?<=csrftoken=)\w+(?:; expires=[^;]+)?")
OWN_HEADERS = {"x-request-id"}


@dataclass(frozen=True)
class Request:
    host: str
    path: str
    method: str = "GET"
    headers: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        more = " ".join(f"{name}:{value}" for name, value in self.headers)
        return f"{self.method} {self.host}{self.path} {more}".strip()

    def environ(self) -> dict[str, Any]:
        path, _mark, query = self.path.partition("?")
        host, _colon, port = self.host.partition(":")
        return {
            "REQUEST_METHOD": self.method,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
            "QUERY_STRING": query,
            "SERVER_NAME": host,
            "SERVER_PORT": port or "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "192.0.2.7",
            "HTTP_HOST": self.host,
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": BytesIO(),
            "wsgi.errors": BytesIO(),
            "wsgi.multithread": True,
            "wsgi.multiprocess": True,
            "wsgi.run_once": False,
            **{f"HTTP_{name.upper().replace('-', '_')}": value for name, value in self.headers},
        }


@dataclass(frozen=True)
class Response:
    status: str
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def code(self) -> int:
        return int(self.status.split()[0])

    def __getitem__(self, name: str) -> str:
        return ", ".join(value for key, value in self.headers if key == name.lower())

    @property
    def is_personal(self) -> bool:
        return "no-store" in self["cache-control"] or "set-cookie" in dict(self.headers)

    def without_tickets(self) -> "Response":
        """The response without form tickets."""
        if not self.is_personal:
            return self
        headers = tuple((name, TICKET.sub("", value)) for name, value in self.headers)
        return Response(self.status, headers, TICKET_IN_FORM.sub(b"", self.body))

    def differences(self, other: "Response") -> list[str]:
        """The differences that a reader would notice."""
        found = [] if self.status == other.status else [f"{self.status} / {other.status}"]
        found += [f"{name}: {value}" for name, value in sorted(set(self.headers) ^ set(other.headers))]
        mine, others = self.body.splitlines(), other.body.splitlines()
        if self.body != other.body:
            lines = [(one, two) for one, two in zip(mine, others, strict=False) if one != two]
            one, two = lines[0] if lines else (b"".join(mine)[-80:], b"".join(others)[-80:])
            start = next((n for n, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), 0)
            found.append(f"{one[max(0, start - 60) : start + 100]!r} / {two[max(0, start - 60) : start + 100]!r}")
        return found


def send(application: Any, request: Request) -> Response:
    started: list[Any] = []

    def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> None:
        started[:] = [status, headers]

    with open_connection():
        body = application(request.environ(), start_response)
        try:
            content = b"".join(body)
        finally:
            getattr(body, "close", lambda: None)()
    status, headers = started
    others = tuple(sorted((name.lower(), value) for name, value in headers if name.lower() not in OWN_HEADERS))
    return Response(status, others, content)


@contextmanager
def open_connection() -> Iterator[None]:
    """Requests in the block do not close the database connection, which has the test's open transaction."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    try:
        yield
    finally:
        for signal in signals:
            signal.connect(close_old_connections)


@contextmanager
def without_caches() -> Iterator[None]:
    """The block has empty caches; the former ones are restored at the end."""
    prefixes = {alias: caches[alias].key_prefix for alias in ("default", "renditions")}
    mark = uuid4().hex
    try:
        for alias in prefixes:
            caches[alias].key_prefix = mark
        with (
            mock.patch.object(snapshot, "_snapshots", {}),
            mock.patch.object(network, "_cache", {}),
            mock.patch.multiple(fragments, _entries={}, used=0),
            mock.patch.object(expiry, "_last", None),
            mock.patch.object(snapshot, "_addresses", {}),
        ):
            yield
    finally:
        for alias, prefix in prefixes.items():
            caches[alias].key_prefix = prefix
