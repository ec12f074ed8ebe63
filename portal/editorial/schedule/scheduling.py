"""Publications and expiries at their minute: each page by itself, once, whoever else looks at the same time."""

import logging
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_noop
from wagtail.log_actions import log
from wagtail.models import Page, Revision

from portal.editorial.records.newsroom import ScheduleTrouble
from portal.editorial.schedule.schedule_mail import tell_of_trouble

logger = logging.getLogger(__name__)

LAPSED = "portal.schedule.lapsed"
LAPSE = gettext_noop("The time between its publication and its expiry had passed before a scheduler ran.")


@dataclass(frozen=True)
class Due:
    """A page that is to go live with a revision, or without one, to expire; `at` is when it was to be."""

    at: datetime
    page: int
    revision: int = 0

    def __str__(self):
        return f"page {self.page}"


def due(now: datetime) -> list[Due]:
    """What should have happened by now, in its order: after a pause of the scheduler as if there had been none."""
    expiries = Page.objects.filter(live=True, expire_at__lte=now).order_by().values_list("expire_at", "pk")
    publications = Revision.page_revisions.filter(approved_go_live_at__lte=now).order_by()
    plans = [
        *(Due(at, page) for at, page in expiries),
        *(
            Due(at, int(page), revision)
            for at, page, revision in publications.values_list("approved_go_live_at", "object_id", "pk")
        ),
    ]
    return sorted(plans, key=lambda plan: (plan.at, plan.revision))


def run_schedule(now: datetime) -> list[Due]:
    """Publish and expire what is due; what could not be done is returned, and keeps its schedule."""
    undone = []
    for plan in due(now):
        try:
            with transaction.atomic():
                _carry_out(plan, now)
        except Exception as error:  # whatever is wrong with one page, the others are not to wait
            undone.append(plan)
            _note(plan, error)
    return undone


def _carry_out(plan: Due, now: datetime) -> None:
    # A page that another process holds is left to it; the next look, seconds later, finds what it left.
    held = Page.objects.select_for_update(skip_locked=True, no_key=True).filter(pk=plan.page)
    if not held.values_list("pk", flat=True).first():
        return
    if plan.revision:
        _publish(plan, now)
    else:
        _expire(plan, now)
    ScheduleTrouble.objects.filter(page=plan.page, revision_key=plan.revision).delete()


def _publish(plan: Due, now: datetime) -> None:
    revision = Revision.page_revisions.filter(pk=plan.revision, approved_go_live_at__lte=now).first()
    if revision is None:
        return
    page = revision.as_object()
    if page.expire_at and page.expire_at <= now:
        _cancel(revision, now)
    else:
        revision.publish(log_action="wagtail.publish.scheduled")


def _expire(plan: Due, now: datetime) -> None:
    page = Page.objects.filter(pk=plan.page, live=True, expire_at__lte=now).first()
    if page is None:
        return
    # Wagtail forgets with the page what was to follow it: a version with a later end, say.
    coming = dict(page.revisions.filter(approved_go_live_at__gt=plan.at).values_list("pk", "approved_go_live_at"))
    page.specific.unpublish(set_expired=True, log_action="wagtail.unpublish.scheduled")
    for key, moment in coming.items():
        Revision.objects.filter(pk=key).update(approved_go_live_at=moment)


def _cancel(revision: Revision, now: datetime) -> None:
    """Leave out a publication whose end has passed as well; nobody is told of a page that is not there any more."""
    Revision.objects.filter(pk=revision.pk).update(approved_go_live_at=None)
    page = Page.objects.get(pk=revision.object_id).specific
    if page.live:
        page.unpublish(set_expired=True, log_action="wagtail.unpublish.scheduled")
    elif not page.expired:
        page.expired = True
        page.save(update_fields=["expired"], clean=False)
    log(instance=page, action=LAPSED, revision=revision)
    tell_of_trouble(page, revision, revision.as_object().go_live_at or now, LAPSE, is_over=True)


def _note(plan: Due, error: Exception) -> None:
    """Tell the people of a page what is wrong with it, once; those who read the log as well."""
    reason = (str(error) or type(error).__name__)[:500]
    try:
        with transaction.atomic():
            page = Page.objects.get(pk=plan.page)
            _trouble, is_new = ScheduleTrouble.objects.get_or_create(
                page=page, revision_key=plan.revision, due_at=plan.at, defaults={"reason": reason}
            )
            if not is_new:
                return
            logger.error("%s could not be published or taken down", plan, exc_info=error)
            tell_of_trouble(page, Revision.objects.filter(pk=plan.revision).first(), plan.at, reason)
    except Exception:  # not even the bad news may stop the other pages
        logger.exception("nobody could be told of the trouble with %s", plan)
