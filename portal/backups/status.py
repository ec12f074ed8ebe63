"""How old the last backup is, and what the last rehearsal found: for the status of the installation."""

from datetime import datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext as _

from portal.backups.making import RUN as BACKUP
from portal.backups.rehearsal import RUN as REHEARSAL
from portal.core.models import MaintenanceRun
from portal.core.status.conditions import Condition, age, number, seconds


def backup_age(now: datetime) -> Condition:
    run = MaintenanceRun.objects.filter(name=BACKUP).first()
    if run is None:
        text = _("has never been made: manage.py backup") if settings.BACKUP_HOURS else _("is made by others")
        return Condition("backup", not settings.BACKUP_HOURS, text)
    since = now - run.finished_at
    is_well = not settings.BACKUP_HOURS or since < timedelta(hours=settings.BACKUP_HOURS)
    return Condition("backup", is_well, _("was made %(age)s ago") % {"age": age(since)}, figures=seconds(since))


def last_rehearsal(now: datetime) -> Condition:
    run = MaintenanceRun.objects.filter(name=REHEARSAL).first()
    if run is None:
        return Condition("rehearsal", True, _("no backup has been restored to try it: manage.py rehearse"))
    facts = {"age": age(now - run.finished_at), "count": number(run.facts["answers"])}
    if run.is_well:
        return Condition("rehearsal", True, _("%(age)s ago: %(count)s answers to readers were the same") % facts)
    # As the command has said it, in English: for administrators of the machine.
    return Condition("rehearsal", False, f"{facts['age']}: {'; '.join(run.facts['problems'])}"[:500])
