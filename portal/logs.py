"""Log filters for refused requests and for requests to unknown hosts."""

import logging
from time import monotonic
from typing import Any, NamedTuple

from portal import env

MINUTE = 60.0


# Responses that every public site sends all day: nothing is wrong with the installation.
EVERYDAY = (404, 405, 410, 429)


class UnknownHosts(logging.Filter):
    """A warning without a traceback: anybody can send any host, and where our code refused it does not matter."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.exc_info = record.exc_text = record.stack_info = None
        _lower(record, logging.WARNING)
        return True


class Refusals(logging.Filter):
    """Removes tracebacks below the level ERROR, such as for repeated requests by a page whose session has ended.

    Addresses that do not exist and clients that request too much are information, not warnings.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        if record.levelno < logging.ERROR:
            record.exc_info = record.exc_text = record.stack_info = None
            if getattr(record, "status_code", None) in EVERYDAY:
                _lower(record, logging.INFO)
        return True


def _lower(record: logging.LogRecord, level: int) -> None:
    record.levelno, record.levelname = level, logging.getLevelName(level)


class OneUnknownHostPerMinute(logging.Filter):
    """Passes one line per minute and process about unknown hosts: a network scan sends thousands of requests."""

    def __init__(self) -> None:
        super().__init__()
        self._until, self._left_out = 0.0, 0

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name != UNKNOWN_HOST:
            return True
        if (now := monotonic()) < self._until:
            self._left_out += 1
            return False
        if self._left_out:
            more = f"({self._left_out} more unknown hosts since the last such line)"
            record.msg, record.args = f"{record.getMessage()} {more}", ()
        self._until, self._left_out = now + MINUTE, 0
        return True


UNKNOWN_HOST = "django.security.DisallowedHost"
FORMS = {"text": "portal.platform.operation.log_lines.TextLine", "json": "portal.platform.operation.log_lines.JsonLine"}


class Lines(NamedTuple):
    """The format of all lines, and whether each request has one; both also apply to gunicorn."""

    form: str
    each_request: bool


def read() -> Lines:
    return Lines(
        env.choice("LOG_FORMAT", "text", [*FORMS], "Log lines for people or for programs"),
        env.flag("ACCESS_LOG", False, "A log line for each request, without the reader’s address and query."),
    )


def configuration(level: str, form: str) -> dict[str, Any]:
    """Django's setting LOGGING: one line for each record, to the console."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": FORMS[form]}},
        "filters": {
            "unknown_hosts": {"()": "portal.logs.UnknownHosts"},
            "refusals": {"()": "portal.logs.Refusals"},
            "once_per_minute": {"()": "portal.platform.operation.database.OncePerMinute"},
            "one_unknown_host": {"()": "portal.logs.OneUnknownHostPerMinute"},
        },
        "handlers": {
            "console": {
                "class": "logging.StreamHandler",
                "formatter": "line",
                # A filter of a logger may have lowered the level of a line.
                "level": level,
                "filters": ["once_per_minute", "one_unknown_host"],
            }
        },
        "root": {"handlers": ["console"], "level": level},
        # Django logs every task that starts and ends, by default to the console.
        "loggers": {
            "django.tasks": {"level": level},
            "django.request": {"filters": ["refusals"]},
            UNKNOWN_HOST: {"filters": ["unknown_hosts"]},
        },
    }
