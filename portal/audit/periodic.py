"""Periodic tasks of the audit log: chaining leftover acts, retention, verification, and the daily email."""

import logging
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core import checks
from django.db import connection
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _, override

from portal.audit.chain import chain_pending, head, problems, prune
from portal.audit.log import new_act
from portal.audit.models import AuditEntry
from portal.audit.status import RUN
from portal.audit.triggers import LEAST_DAYS, missing
from portal.content.mail import Message, enqueue
from portal.platform.records.maintenance import MaintenanceRun
from portal.platform.tasks.periodic import periodic

logger = logging.getLogger(__name__)


@periodic(every=timedelta(minutes=1))
def chain_what_was_left(now: datetime) -> None:
    """Chain acts of processes that were killed after their transaction."""
    chain_pending()


@periodic(every=timedelta(days=1))
def remove_old_entries(now: datetime) -> None:
    # After a change of AUDIT_DAYS, the triggers keep the former value until the next upgrade; the status page says so.
    if settings.AUDIT_DAYS and not missing(connection):
        prune(now - timedelta(days=settings.AUDIT_DAYS), new_act)


@checks.register
def check_days(**kwargs: Any) -> list[checks.CheckMessage]:
    if not 0 < settings.AUDIT_DAYS < LEAST_DAYS:
        return []
    message = (
        f"AUDIT_DAYS is {settings.AUDIT_DAYS}: the database refuses to remove entries of the last {LEAST_DAYS} days."
    )
    return [checks.Error(message, hint=f"Set {LEAST_DAYS} or more; 0: for ever.", id="portal.E010")]


@periodic(every=timedelta(days=1))
def check_and_mail(now: datetime) -> None:
    """Verify the whole log and email its head. A saved head reveals a log that is rewritten later."""
    found = next(problems(), "")
    MaintenanceRun.note(RUN, not found, problem=found, head=head())
    if found:
        logger.error("The audit log is not as it was written: %s", found)
    if settings.AUDIT_MAIL:
        with override(settings.LANGUAGE_CODE):
            enqueue([_daily_mail(now, found)])


def _daily_mail(now: datetime, found: str) -> Message:
    day = date_format(timezone.localtime(now), "SHORT_DATE_FORMAT")
    count = AuditEntry.objects.filter(at__gte=now - timedelta(days=1)).count()
    lines = [
        _("Entries of the last day: %(count)d") % {"count": count},
        _("Head of the audit log: %(head)s") % {"head": head()},
        found or _("No entry was changed, removed or reordered."),
        _("Keep this mail. With this head, manage.py audit_log --verify --head shows whether the log was rewritten."),
    ]
    subject = _("%(name)s: audit log of %(day)s") % {"name": settings.WAGTAIL_SITE_NAME, "day": day}
    return Message(to=settings.AUDIT_MAIL, subject=" ".join(subject.split()), text="\n".join(lines) + "\n")
