"""How old the last backup is, and what the last rehearsal found: for the status of the installation."""

from datetime import datetime, timedelta
from pathlib import Path
from socket import gethostname

from django.conf import settings
from django.utils.translation import gettext as _

from portal.backups.errors import BackupError
from portal.backups.making import RUN as BACKUP
from portal.backups.places import BackupPlace, Folder, place_at
from portal.backups.rehearsal import RUN as REHEARSAL
from portal.backups.store import BackupStore, moment_of
from portal.media.stored import StorageUnavailableError
from portal.platform.records.maintenance import MaintenanceRun
from portal.platform.status.conditions import Condition, age, number, seconds


def backup_age(now: datetime, *, asks_bucket: bool = False) -> Condition:
    """The age of the newest backup that is there; what was noted counts where this machine cannot look."""
    run = MaintenanceRun.objects.filter(name=BACKUP).first()
    try:
        made_at = _newest(run, asks_bucket=asks_bucket)
    except (BackupError, OSError, StorageUnavailableError) as error:
        text = _("cannot be looked for: %(error)s") % {"error": error}
        return Condition("backup", not settings.BACKUP_HOURS, text)
    if made_at is None and run is not None:
        text = _("is not in %(place)s any more: manage.py backup") % {"place": run.facts["place"]}
        return Condition("backup", not settings.BACKUP_HOURS, text)
    if made_at is None:
        text = _("has never been made: manage.py backup") if settings.BACKUP_HOURS else _("is made by others")
        return Condition("backup", not settings.BACKUP_HOURS, text)
    since = now - made_at
    is_well = not settings.BACKUP_HOURS or since < timedelta(hours=settings.BACKUP_HOURS)
    return Condition("backup", is_well, _("was made %(age)s ago") % {"age": age(since)}, figures=seconds(since))


def kept_backup(now: datetime) -> Condition:
    """The same, also where the backups lie in a bucket: too slow for a load balancer that asks every few seconds."""
    return backup_age(now, asks_bucket=True)


def _newest(run: MaintenanceRun | None, *, asks_bucket: bool) -> datetime | None:
    place = _place(run, asks_bucket=asks_bucket)
    if place is None:
        return run.finished_at if run else None
    names = BackupStore(place).names()
    return moment_of(names[0]) if names else None


def _place(run: MaintenanceRun | None, *, asks_bucket: bool) -> BackupPlace | None:
    """Where the newest backup lies; None where this machine does not reach it, or need not ask."""
    address = str(settings.BACKUP_DIR) if run is None else str(run.facts.get("place", ""))
    if address.startswith("/"):
        # Of several machines one makes the backups, on a disk that the others may not have.
        may_look = run is None or run.facts.get("machine") == gethostname() or Path(address).exists()
        return Folder(Path(address)) if may_look else None
    if not asks_bucket or not str(settings.BACKUP_DIR).startswith("s3:"):
        return None
    bucket = place_at(settings.BACKUP_DIR)
    return bucket if run is None or str(bucket) == address else None


def last_rehearsal(now: datetime) -> Condition:
    run = MaintenanceRun.objects.filter(name=REHEARSAL).first()
    if run is None:
        text = _("no backup has been restored to try it: manage.py rehearse")
        return Condition("rehearsal", True, text, is_untried=True)
    facts = {"age": age(now - run.finished_at), "count": number(run.facts["answers"])}
    if run.is_well:
        return Condition("rehearsal", True, _("%(age)s ago: %(count)s answers to readers were the same") % facts)
    # As the command has said it, in English: for administrators of the machine.
    return Condition("rehearsal", False, f"{facts['age']}: {'; '.join(run.facts['problems'])}"[:500])
