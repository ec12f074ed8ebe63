"""What the log says of requests that mean nothing to us."""

import logging
from typing import Any


class WithoutTraceback(logging.Filter):
    """Keeps one line of each record: where in our code a foreign host was refused tells nobody anything."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.exc_info = record.exc_text = record.stack_info = None
        return True


class RefusalsWithoutTraceback(WithoutTraceback):
    """As well for what was refused, such as the page of somebody who was signed out, which asks every ten seconds."""

    def filter(self, record: logging.LogRecord) -> bool:
        return record.levelno >= logging.ERROR or super().filter(record)


FORMS = {"text": "portal.core.operation.log_lines.TextLine", "json": "portal.core.operation.log_lines.JsonLine"}


def configuration(level: str, form: str) -> dict[str, Any]:
    """Django's setting LOGGING: one line for each record, to the console."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": FORMS[form]}},
        "filters": {
            "one_line": {"()": "portal.logs.WithoutTraceback"},
            "one_line_unless_failed": {"()": "portal.logs.RefusalsWithoutTraceback"},
            "once_per_minute": {"()": "portal.core.operation.database.OncePerMinute"},
        },
        "handlers": {
            "console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["once_per_minute"]}
        },
        "root": {"handlers": ["console"], "level": level},
        # Django logs every task that starts and ends, by default to the console.
        "loggers": {
            "django.tasks": {"level": level},
            "django.request": {"filters": ["one_line_unless_failed"]},
            "django.security.DisallowedHost": {"filters": ["one_line"]},
        },
    }
