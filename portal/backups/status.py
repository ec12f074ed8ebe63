"""The status conditions of the last backup and the last rehearsal."""

from datetime import datetime, timedelta
from pathlib import Path
from socket import gethostname

from django.conf import settings
from django.utils.translation import gettext as _

from portal.backups.errors import FAULTS
from portal.backups.making import RUN as BACKUP
from portal.backups.rehearsal import RUN as REHEARSAL
from portal.backups.repositories import Repository, made_at
from portal.platform.records.maintenance import MaintenanceRun
from portal.platform.status.conditions import Condition, age, number, seconds


def backup_age(now: datetime, *, queries_restic: bool = False) -> Condition:
    """The age of the newest backup; if this machine cannot reach the backups, that of the last recorded one.

    Without `queries_restic`, a load balancer can check it every few seconds.
    """
    run = MaintenanceRun.objects.filter(name=BACKUP).first()
    is_optional = not settings.BACKUP_HOURS
    try:
        newest = _newest(run, queries_restic=queries_restic)
    except FAULTS as error:
        return Condition("backup", is_optional, _("cannot be checked: %(error)s") % {"error": error})
    if newest is None and run is not None:
        text = _("is no longer in %(place)s: manage.py backup") % {"place": run.facts["place"]}
        return Condition("backup", is_optional, text)
    if newest is None:
        text = _("is made by other means") if is_optional else _("has never been made: manage.py backup")
        return Condition("backup", is_optional, text)
    since = now - newest
    text = _("was made %(age)s ago") % {"age": age(since)}
    if not settings.BACKUP_PASSWORD and not is_optional:
        text = _("was made %(age)s ago; it is not encrypted (BACKUP_PASSWORD)") % {"age": age(since)}
    is_well = is_optional or since < timedelta(hours=settings.BACKUP_HOURS)
    return Condition("backup", is_well, text, figures=seconds(since))


def _newest(run: MaintenanceRun | None, *, queries_restic: bool) -> datetime | None:
    address = settings.BACKUP_DIR
    noted = run.finished_at if run else None
    if run is not None and (place := str(run.facts.get("place", ""))).startswith("/"):
        # With several machines, one of them makes the backups, perhaps on a disk that the others cannot reach.
        if run.facts.get("machine") != gethostname() and not Path(place).exists():
            return noted
        address = place
    repository = Repository(address)
    if run is not None and str(repository) != run.facts.get("place"):
        return noted
    if not queries_restic:
        return noted if repository.is_remote or Path(address).exists() else None
    names = repository.names()
    return made_at(names[0]) if names else None


def last_rehearsal(now: datetime) -> Condition:
    run = MaintenanceRun.objects.filter(name=REHEARSAL).first()
    if run is None:
        text = _("no backup has been rehearsed: manage.py rehearse")
        return Condition("rehearsal", True, text, is_untried=True)
    facts = {"age": age(now - run.finished_at), "count": number(run.facts["answers"])}
    if run.is_well:
        return Condition("rehearsal", True, _("%(age)s ago: %(count)s responses to readers were the same") % facts)
    # The problems are in English, as the command printed them.
    return Condition("rehearsal", False, f"{facts['age']}: {'; '.join(run.facts['problems'])}"[:500])
