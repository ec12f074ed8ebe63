"""Runs imports in the background, in parts that leave the worker time for other tasks."""

import logging
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryDirectory
from time import monotonic
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.files import File
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _, override

from portal.editorial.sign_in.encryption import decrypt
from portal.moving.fetching import RestSite
from portal.moving.models import ImportRun
from portal.moving.newsroom.facts import facts_of
from portal.moving.newsroom.permissions import require_administrator
from portal.moving.planning.mapping import mapping_of
from portal.moving.planning.survey import survey_of
from portal.moving.reporting import SiteImportReport
from portal.moving.running import (
    ImportBusyError,
    Options,
    choices_before,
    look_at,
    run as run_import,
    source_of,
    try_out,
)
from portal.moving.sources.opening import records_of
from portal.moving.sources.spool import write_records
from portal.moving.undoing import undo
from portal.moving.wordpress.records import ExportError, Record, Records
from portal.platform.measuring.metrics import IMPORTS, count as measure
from portal.platform.operation.process_locks import PoolerError
from portal.platform.tasks.durable import durable

State = ImportRun.State
# Longer than any step between two calls of `_Pulse`, and shorter than the time after which the queue repeats a task.
CLAIM = timedelta(minutes=10)
WAIT = timedelta(minutes=1)
# The next task does the rest, so that mails and publications can be processed in between.
PART_SECONDS = 60.0
# How often the progress is stored.
PULSE_SECONDS = 2.0
LONGEST_FILE_NAME = 60

logger = logging.getLogger(__name__)


class PartDoneError(Exception):
    """The time for this part is over; another task continues."""


class StoppedError(Exception):
    """Somebody has stopped the import, or another task has claimed it."""


def unclaimed() -> Q:
    """Runs on which no task works; a task that died with its process keeps its claim for `CLAIM`."""
    return Q(claimed_until=None) | Q(claimed_until__lt=timezone.now())


def waits_for_another(key: int) -> bool:
    """Whether a run is due to read a running site, but must wait until another one is read."""
    readings = ImportRun.objects.filter(state=State.READING, file="")
    return readings.filter(unclaimed(), pk=key).exists() and readings.exclude(unclaimed()).exists()


def _claim(key: int, until: datetime) -> bool:
    with transaction.atomic():
        # A slow site is read for hours: a few at once would leave no thread for mails. Two tasks may begin together.
        list(ImportRun.objects.filter(state=State.READING, file="").select_for_update().values_list("pk"))
        rows = ImportRun.objects.filter(unclaimed(), pk=key, state__in=ImportRun.WORKING)
        return not waits_for_another(key) and bool(rows.update(claimed_until=until))


@durable
def work_on(key: int, language: str = "en") -> None:
    """Do the work that is due in the state of a run, for `PART_SECONDS`; idempotent.

    `language` is that of the person who started the run. The reasons for failures are in this language.
    """
    until = timezone.now() + CLAIM
    if not _claim(key, until):
        if ImportRun.objects.filter(pk=key, state__in=ImportRun.WORKING).exists():
            # It waits for another site, or the task that has claimed it may have died with its process.
            work_on.using(run_after=timezone.now() + WAIT).enqueue(key, language)
        return
    run = ImportRun.objects.select_related("site", "locale", "source", "started_by").get(pk=key)
    with override(language):
        if not _work(run):
            work_on.enqueue(key, language)


def _work(run: ImportRun) -> bool:
    """Do a part of the work; return whether the work is complete, or cannot continue."""
    pulse = _Pulse(run)
    try:
        require_administrator(run.started_by, run.site)
        _WORK[State(run.state)](run, pulse)
    except PartDoneError:
        return False
    except StoppedError:
        pass
    except PermissionDenied:
        _fail(run, _("The person who started this import no longer administers the site."))
    except (ExportError, ImportBusyError, LookupError, PoolerError) as error:
        _fail(run, str(error))
    except Exception as error:
        # Another attempt may reach the database, but cannot store what the database refuses.
        if isinstance(error, OperationalError | InterfaceError):
            raise
        # If this error was raised, the task would be retried for a day, and nobody would see the error.
        logger.exception("An import failed")
        _fail(run, _("Something failed. The reason is in the log of the portal: please tell an administrator."))
    finally:
        ImportRun.objects.filter(pk=run.pk, claimed_until=pulse.until).update(claimed_until=None)
    return True


class _Pulse:
    """Stores the progress of a run; raises PartDoneError or StoppedError when it must pause or stop."""

    def __init__(self, run: ImportRun):
        self.run = run
        # The function that does the work sets this.
        self.report: SiteImportReport | None = None
        self.until = run.claimed_until
        # Each part makes at least one step.
        self.has_begun = False
        self.stored_at = self.began_at = monotonic()

    def __call__(self, step: str, done: int, total: int) -> None:
        is_over = self.has_begun and monotonic() - self.began_at > PART_SECONDS
        self.has_begun = True
        self.beat(step, done, total, at_once=is_over)
        if is_over:
            raise PartDoneError

    def beat(self, step: str = "", done: int = 0, total: int = 0, *, at_once: bool = False) -> None:
        """Renew the claim regularly, and store any progress."""
        if at_once or monotonic() - self.stored_at > PULSE_SECONDS:
            self.stored_at = monotonic()
            self.store(**({"step": step, "done": done, "total": total} if step else {}))

    def store(self, **facts: Any) -> None:
        """Store the progress, and extend the claim."""
        until = timezone.now() + CLAIM
        if self.report is not None:
            facts["report"] = self.report.as_json()
        rows = ImportRun.objects.filter(pk=self.run.pk, state=self.run.state, claimed_until=self.until)
        if not rows.update(claimed_until=until, **facts):
            raise StoppedError
        self.until = until


def _read(run: ImportRun, pulse: _Pulse) -> None:
    if not run.file:
        _fetch(run, pulse)
    with _records_of(run, pulse) as records:
        survey, mapping = look_at(records, run.site, run.locale)
    facts = {**facts_of(survey), "is_repeated": bool(choices_before(run.site, run.locale, survey))}
    pulse.store(state=State.PROPOSED, facts=facts, mapping=asdict(mapping))


def _fetch(run: ImportRun, pulse: _Pulse) -> None:
    """Store the responses of the running site, and erase the password."""
    user, _colon, password = decrypt(run.secret).partition(":") if run.secret else ("", "", "")
    # The site is not read in parts, because a few hundred requests only take some minutes.
    site = RestSite(run.address, user, password, pulse.beat)
    site.with_revisions = run.with_revisions
    try:
        with TemporaryDirectory() as folder:
            path = Path(folder) / "site.gz"
            write_records(site.records(), path)
            with path.open("rb") as file:
                run.file.save(path.name, File(file), save=False)
    finally:
        ImportRun.objects.filter(pk=run.pk).update(secret="", file=run.file.name or "")


def _try(run: ImportRun, pulse: _Pulse) -> None:
    pulse.report = SiteImportReport.from_json(run.report)
    with _records_of(run, pulse) as records:
        # A part's time starts after the survey, which every part repeats.
        survey = survey_of(records(), run.locale.language_code)
        pulse.began_at = monotonic()
        try_out(records, survey, pulse, pulse.report)
    pulse.store(state=State.PROPOSED, step="")


def _import(run: ImportRun, pulse: _Pulse) -> None:
    pulse.report = SiteImportReport.from_json(run.report)
    with _records_of(run, pulse) as records:
        survey = survey_of(records(), run.locale.language_code)
        pulse.store(source=source_of(run.site, run.locale, survey))
        pulse.began_at = monotonic()
        # Only a URL is permitted, because a folder would be on the server.
        media = run.media if run.media.startswith(("http://", "https://")) else ""
        options = Options(media, is_live=run.is_live, with_revisions=run.with_revisions)
        mapping = mapping_of(run.mapping)
        run_import(records, run.site, run.locale, survey, mapping, options, pulse, pulse.report)
    pulse.store(state=State.DONE, step="")
    measure(IMPORTS, kind="site", outcome="ok")


def _undo(run: ImportRun, pulse: _Pulse) -> None:
    report = pulse.report = SiteImportReport.from_json(run.report)
    before = report.counts
    stay: list[str] = []
    if run.source:
        total = run.source.items.count()

        def count(deleted: Counter[str]) -> None:
            report.counts = before + Counter({f"{name} deleted": number for name, number in deleted.items()})

        def pause(deleted: Counter[str]) -> None:
            count(deleted)
            pulse("undo", sum(deleted.values()), total)

        deleted, stay = undo(run.source, pause, report.broken)
        count(deleted)
    report.problems = [_("“%(title)s” stays: it was edited, or is used.") % {"title": title} for title in stay]
    pulse.store(state=State.UNDONE, step="", source=run.source if run.source and run.source.pk else None)


_WORK: dict[State, Callable[[ImportRun, _Pulse], None]] = {
    State.READING: _read,
    State.TRYING: _try,
    State.IMPORTING: _import,
    State.UNDOING: _undo,
}


def _fail(run: ImportRun, error: str) -> None:
    """Store why the run ended; a run with a proposal can be started again."""
    if run.state == State.IMPORTING:
        measure(IMPORTS, kind="site", outcome="failed")
    state = State.PROPOSED if run.facts else State.FAILED
    # If there is a proposal, a report belongs to a complete dry run.
    ImportRun.objects.filter(pk=run.pk, state=run.state).update(state=state, error=error, report={})


@contextmanager
def _records_of(run: ImportRun, pulse: _Pulse) -> Iterator[Records]:
    """Read a local copy of the file of a run, which may be in an object storage."""
    with TemporaryDirectory() as folder:
        # The copy has the original name. Error messages show it, and it identifies a source without an address.
        path = Path(folder) / (Path(run.origin).name or "site")[-LONGEST_FILE_NAME:]
        with path.open("wb") as copy, run.file.open("rb") as stored:
            copyfileobj(stored, copy)
        yield _alive(records_of(path, run.address, pulse.beat), pulse)


def _alive(records: Records, pulse: _Pulse) -> Records:
    """Extend the claim while a large file is read."""

    def read() -> Iterator[Record]:
        for record in records():
            pulse.beat()
            yield record

    return read
