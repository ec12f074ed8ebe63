"""Log formats, text and JSON: time, message, request, site, and the user's primary key."""

import json
import logging
import secrets
from contextvars import ContextVar
from datetime import UTC, datetime
from re import compile as pattern
from typing import Any

from django.http import HttpRequest, HttpResponse

from portal.platform.addresses import mask_addresses
from portal.platform.middleware import Middleware

PROXY_ID = pattern(r"[A-Za-z0-9_-]{8,64}")

_current: ContextVar[HttpRequest | None] = ContextVar("request", default=None)


def current_request() -> HttpRequest | None:
    """The current request; None in commands and tasks."""
    return _current.get()


def request_id(header: str) -> str:
    """The request's id from the proxy, or a new one."""
    return header if PROXY_ID.fullmatch(header) else secrets.token_hex(8)


class RequestId(Middleware):
    """Middleware: gives each request an id, from the proxy or a new one, for its log lines and its response."""

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.log_id = request_id(request.headers.get("X-Request-ID", ""))  # type: ignore[attr-defined]
        before = _current.set(request)
        try:
            response = self.get_response(request)
        finally:
            _current.reset(before)
        response["X-Request-ID"] = request.log_id  # type: ignore[attr-defined]
        return response


def facts_of(record: logging.LogRecord) -> dict[str, Any]:
    """The request, site and account of a record, without a query."""
    # Django passes the request for a response that is logged after it.
    request = getattr(record, "request", None)
    if not isinstance(request, HttpRequest):
        request = _current.get()
    if request is None:
        return {}
    facts = {"request": getattr(request, "log_id", None)}
    if edition := getattr(request, "edition", None):
        facts["site"] = edition.site.hostname
    # The user is only logged if it is already loaded.
    if key := getattr(request.__dict__.get("_cached_user"), "pk", None):
        facts["user"] = key
    return {name: value for name, value in facts.items() if value}


class TextLine(logging.Formatter):
    """`2026-11-26T05:43:31.210+00:00 WARNING django.request [request=… site=…]: Not Found: /nowhere/`"""

    def format(self, record: logging.LogRecord) -> str:
        record.message = record.getMessage()
        facts = " ".join(f"{name}={value}" for name, value in facts_of(record).items())
        head = f"{_timestamp(record)} {record.levelname} {record.name}{f' [{facts}]' if facts else ''}"
        return mask_addresses("\n".join([f"{head}: {record.message}", *self.traceback(record)]))

    def traceback(self, record: logging.LogRecord) -> list[str]:
        return [self.formatException(record.exc_info)] if record.exc_info else []


class JsonLine(TextLine):
    """One JSON object per line, for programs that collect logs."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": _timestamp(record),
            "level": record.levelname,
            "logger": record.name,
            "message": mask_addresses(record.getMessage()),
            **facts_of(record),
            **getattr(record, "facts", {}),
        }
        if traceback := self.traceback(record):
            line["traceback"] = mask_addresses(traceback[0])
        return json.dumps(line, ensure_ascii=False)


def _timestamp(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).astimezone().isoformat(timespec="milliseconds")
