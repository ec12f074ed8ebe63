"""Starts, stops and undoes imports, for the administrators of a site."""

from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import get_language, gettext as _
from wagtail.log_actions import log
from wagtail.models import Site

from portal.moving.models import ImportRun
from portal.moving.newsroom.permissions import require_administrator
from portal.moving.newsroom.tasks import unclaimed, work_on
from portal.moving.writing.front import TAKEN_BACK

State = ImportRun.State
# The states from which each action may start, and its text in the history of the home page.
FROM: dict[str, tuple[str, ...]] = {
    State.TRYING: (State.PROPOSED,),
    State.IMPORTING: (State.PROPOSED, State.STOPPED),
    State.UNDOING: (State.DONE, State.STOPPED, State.PROPOSED),
    State.STOPPED: (State.IMPORTING,),
    State.PROPOSED: (State.STOPPED, State.TRYING),
    # Reading cannot be continued, because the password of a running site is erased.
    State.FAILED: (State.READING,),
}
BEGUN, BEGUN_LIVE = "portal.moving.begun", "portal.moving.begun_live"


class BusyError(Exception):
    """The import has changed its state or is still stopping, or another import of the site is running."""


@transaction.atomic
def begin(run: ImportRun, user: Any) -> ImportRun:
    """Store a new run and queue the reading of its file; raises PermissionDenied."""
    require_administrator(user, run.site)
    run.started_by, run.state = user, State.READING
    run.save()
    work_on.enqueue(run.pk, get_language() or "en")
    return run


@transaction.atomic
def change_state(run: ImportRun, user: Any, state: str, *, since: str = "", **facts: Any) -> None:
    """Put a run into another state, with other `facts`; raises PermissionDenied or BusyError.

    With `since`, it must be in this state.
    """
    require_administrator(user, run.site)
    # Two administrators may start at the same time.
    Site.objects.select_for_update().get(pk=run.site_id)
    others = ImportRun.objects.filter(site=run.site, state__in=(State.IMPORTING, State.UNDOING)).exclude(pk=run.pk)
    if state in (State.IMPORTING, State.UNDOING) and others.exists():
        raise BusyError(_("Another import of this site is under way. Wait until it has ended."))
    values = {"error": "", "step": "", "done": 0, "total": 0, "started_by": user, **facts}
    rows = ImportRun.objects.filter(pk=run.pk, state__in=[since] if since else FROM[state])
    # A task that has not noticed the stop yet would continue with the earlier choices.
    is_ready = unclaimed() if state in (State.TRYING, State.IMPORTING) and not since else Q()
    if not rows.filter(is_ready).update(state=state, **values):
        if rows.exists():
            raise BusyError(_("The import is still stopping. Try again in a moment."))
        raise BusyError(_("Nothing has changed: the import is in another state by now."))
    run.refresh_from_db()
    if run.is_working:
        work_on.enqueue(run.pk, get_language() or "en")
    if action := _action(run, state):
        home = run.site.root_page.get_translations(inclusive=True).filter(locale=run.locale).first()
        log(home or run.site.root_page, action, user=user, data={"from": str(run)})


def _action(run: ImportRun, state: str) -> str:
    if state == State.IMPORTING:
        return BEGUN_LIVE if run.is_live else BEGUN
    return TAKEN_BACK if state == State.UNDOING else ""
