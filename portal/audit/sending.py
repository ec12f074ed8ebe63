"""Forwards entries of the audit log as lines of JSON: to syslog or to a file (AUDIT_TARGET)."""

import json
import logging
import logging.handlers
from collections.abc import Iterable, Iterator
from datetime import UTC
from functools import cache
from itertools import batched
from typing import Any

from django.conf import settings
from wagtail.models import Site

from portal.audit.models import AuditEntry, AuditWords

AT_ONCE = 500
logger = logging.getLogger(__name__)


def records(entries: Iterable[AuditEntry]) -> Iterator[dict[str, Any]]:
    """The entries with their words and salts, as JSON values, without erased words.

    They are enough to recompute every digest and hash.
    """
    hosts = dict(Site.objects.values_list("pk", "hostname"))
    for some in batched(entries, AT_ONCE):
        words = {
            (each.event, each.kind): each
            for each in AuditWords.objects.filter(event__in=[entry.event for entry in some])
        }
        for entry in some:
            facts = {field.attname: getattr(entry, field.attname) for field in AuditEntry._meta.concrete_fields}
            facts["at"] = entry.at.astimezone(UTC).isoformat(timespec="microseconds")
            facts["site"] = hosts.get(entry.site_key, "") if entry.site_key else ""
            for kind in ("who", "what"):
                found = words.get((entry.event, kind))
                facts[f"{kind}_words"] = json.loads(found.text) if found else {}
                facts[f"{kind}_salt"] = found.salt if found else ""
            yield facts


def as_line(record: dict[str, Any]) -> str:
    return json.dumps(record, ensure_ascii=False)


def send(entries: Iterable[AuditEntry]) -> None:
    """Send entries to AUDIT_TARGET, if it is set. A failure is logged; the entries stay in the database."""
    target = _target(settings.AUDIT_TARGET)
    if target is None:
        return
    try:
        for record in records(entries):
            target.handle(logging.LogRecord("portal.audit", logging.INFO, "", 0, "%s", (as_line(record),), None))
    except OSError as error:
        logger.error("AUDIT_TARGET does not take entries of the audit log: %s", error)


class Failing:
    """Mix-in for logging handlers: raise errors, which they would otherwise print and ignore."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        raise


class SyslogTarget(Failing, logging.handlers.SysLogHandler):
    """Datagrams of syslog (RFC 5424's priority; facility: log audit)."""

    append_nul = False


class FileTarget(Failing, logging.handlers.WatchedFileHandler):
    """A file that logrotate may move away."""


@cache
def _target(address: tuple[str, ...]) -> logging.Handler | None:
    match address:
        case ("file", path):
            target: logging.Handler = FileTarget(path, encoding="utf-8", delay=True)
        case ("syslog", host, port):
            target = SyslogTarget((host, int(port)), facility=logging.handlers.SysLogHandler.LOG_AUTHPRIV)
            target.ident = "portal: "
        case _:
            return None
    return target
