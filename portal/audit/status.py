"""Reports the state of the audit log in the status of the installation."""

from datetime import datetime, timedelta

from django.db import connection
from django.utils.translation import gettext as _

from portal.audit import triggers
from portal.audit.chain import head
from portal.audit.models import AuditEntry, UnchainedAct
from portal.platform.records.maintenance import MaintenanceRun
from portal.platform.status.conditions import Condition, number

RUN = "audit"
# The scheduler chains acts of processes that were killed.
LATE_AFTER = timedelta(minutes=10)


def head_in_backup() -> str:
    """The head for a backup; empty until the upgrade creates the tables."""
    is_there = AuditEntry._meta.db_table in connection.introspection.table_names()
    return head() if is_there else ""


def audit_log(now: datetime) -> Condition:
    """The result of the last verification, with its head."""
    figures = {"entries": AuditEntry.objects.count(), "waiting": UnchainedAct.objects.count()}
    run = MaintenanceRun.objects.filter(name=RUN, is_well=False).first()
    if missing := triggers.missing(connection):
        text = _("the database lacks %(count)s triggers that protect the log from changes: run upgrade")
        return Condition(RUN, False, text % {"count": len(missing)}, figures=figures)
    if run is not None:
        # In English, because the command prints it for the administrators of the machine.
        return Condition(RUN, False, f"audit_log --verify: {run.facts['problem']}", figures=figures)
    if UnchainedAct.objects.filter(at__lt=now - LATE_AFTER).exists():
        text = _("%(count)s acts are not chained yet: does the scheduler run?")
        return Condition(RUN, False, text % {"count": number(figures["waiting"])}, figures=figures)
    if not figures["entries"]:
        return Condition(RUN, True, _("has no entry yet"), figures=figures)
    facts = {"count": number(figures["entries"]), "head": head()}
    return Condition(RUN, True, _("%(count)s entries; its head is %(head)s") % facts, figures=figures)
