"""Log filters for refused requests and for requests to unknown hosts."""

import logging
from time import monotonic
from typing import Any

from portal import env

MINUTE = 60.0


class WithoutTraceback(logging.Filter):
    """Removes tracebacks, because it does not matter where our code refused an unknown host."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.exc_info = record.exc_text = record.stack_info = None
        return True


class RefusalsWithoutTraceback(WithoutTraceback):
    """Removes tracebacks below the level ERROR, such as for repeated requests by a page whose session has ended."""

    def filter(self, record: logging.LogRecord) -> bool:
        return record.levelno >= logging.ERROR or super().filter(record)


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


def read_format() -> str:
    """The setting LOG_FORMAT, which also applies to gunicorn's lines."""
    return env.choice("LOG_FORMAT", "text", [*FORMS], "Log lines for people or for programs")


def configuration(level: str, form: str) -> dict[str, Any]:
    """Django's setting LOGGING: one line for each record, to the console."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": FORMS[form]}},
        "filters": {
            "one_line": {"()": "portal.logs.WithoutTraceback"},
            "one_line_unless_failed": {"()": "portal.logs.RefusalsWithoutTraceback"},
            "once_per_minute": {"()": "portal.platform.operation.database.OncePerMinute"},
            "one_unknown_host": {"()": "portal.logs.OneUnknownHostPerMinute"},
        },
        "handlers": {
            "console": {
                "class": "logging.StreamHandler",
                "formatter": "line",
                "filters": ["once_per_minute", "one_unknown_host"],
            }
        },
        "root": {"handlers": ["console"], "level": level},
        # Django logs every task that starts and ends, by default to the console.
        "loggers": {
            "django.tasks": {"level": level},
            "django.request": {"filters": ["one_line_unless_failed"]},
            UNKNOWN_HOST: {"filters": ["one_line"]},
        },
    }
