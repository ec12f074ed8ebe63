"""Runs scheduled publications and expiries, each page in its own transaction and only once across all processes."""

import logging
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop
from wagtail.log_actions import log
from wagtail.models import Page, Revision

from portal.content.visibility import in_trash
from portal.editorial.records.newsroom import ScheduleTrouble
from portal.editorial.records.releases import scheduled_in_releases
from portal.editorial.schedule.schedule_mail import notify_of_trouble
from portal.platform.measuring.metrics import DELAY, observe

logger = logging.getLogger(__name__)

LAPSED = "portal.schedule.lapsed"
LAPSED_REASON = gettext_noop("The page had expired before a scheduler could publish it.")


@dataclass(frozen=True)
class ScheduledChange:
    """A page that goes live with a revision at `at`, or expires (`revision` 0)."""

    at: datetime
    page: int
    revision: int = 0

    def __str__(self):
        return f"page {self.page}"


def due_changes(now: datetime) -> list[ScheduledChange]:
    """All changes that are due, in order, so that a pause of the scheduler does not change the result.

    Versions in releases are published with their release.
    """
    expiries = Page.objects.filter(live=True, expire_at__lte=now).order_by().values_list("expire_at", "pk")
    publications = Revision.page_revisions.filter(approved_go_live_at__lte=now).order_by()
    publications = publications.exclude(pk__in=scheduled_in_releases().values("revision"))
    changes = [
        *(ScheduledChange(at, page) for at, page in expiries),
        *(
            ScheduledChange(at, int(page), revision)
            for at, page, revision in publications.values_list("approved_go_live_at", "object_id", "pk")
        ),
    ]
    return sorted(changes, key=lambda change: (change.at, change.revision))


def run_schedule(now: datetime) -> list[ScheduledChange]:
    """Publish and expire all pages that are due. Return the changes that failed; they stay scheduled."""
    failed = []
    for change in due_changes(now):
        try:
            with transaction.atomic():
                is_published = _carry_out(change, now)
            if is_published:
                observe(DELAY, (timezone.now() - change.at).total_seconds(), kind="page")
        except Exception as error:  # One page's error must not stop the others.
            failed.append(change)
            _record_trouble(change, error)
    return failed


def _carry_out(change: ScheduledChange, now: datetime) -> bool:
    """Return whether a page was published."""
    # A page locked by another process is skipped until the next run, seconds later.
    locked = Page.objects.select_for_update(skip_locked=True, no_key=True).filter(pk=change.page)
    if not locked.exclude(in_trash()).values_list("pk", flat=True).first():
        return False
    is_published = bool(change.revision) and _publish(change, now)
    if not change.revision:
        _expire(change, now)
    ScheduleTrouble.objects.filter(page=change.page, revision_key=change.revision).delete()
    return is_published


def _publish(change: ScheduledChange, now: datetime) -> bool:
    revision = Revision.page_revisions.filter(pk=change.revision, approved_go_live_at__lte=now).first()
    if revision is None:
        return False
    page = revision.as_object()
    if page.expire_at and page.expire_at <= now:
        _skip_lapsed(revision, now)
        return False
    revision.publish(log_action="wagtail.publish.scheduled")
    return True


def _expire(change: ScheduledChange, now: datetime) -> None:
    page = Page.objects.filter(pk=change.page, live=True, expire_at__lte=now).first()
    if page is None:
        return
    # Wagtail unschedules all revisions of a page that it unpublishes, including later ones.
    scheduled = dict(page.revisions.filter(approved_go_live_at__gt=change.at).values_list("pk", "approved_go_live_at"))
    page.specific.unpublish(set_expired=True, log_action="wagtail.unpublish.scheduled")
    for key, go_live_at in scheduled.items():
        Revision.objects.filter(pk=key).update(approved_go_live_at=go_live_at)


def _skip_lapsed(revision: Revision, now: datetime) -> None:
    """Expire a page without publishing it, if its publication and expiry have both passed. Notify its people."""
    Revision.objects.filter(pk=revision.pk).update(approved_go_live_at=None)
    page = Page.objects.get(pk=revision.object_id).specific
    if page.live:
        page.unpublish(set_expired=True, log_action="wagtail.unpublish.scheduled")
    elif not page.expired:
        page.expired = True
        page.save(update_fields=["expired"], clean=False)
    log(instance=page, action=LAPSED, revision=revision)
    notify_of_trouble(page, revision, revision.as_object().go_live_at or now, LAPSED_REASON, is_over=True)


def _record_trouble(change: ScheduledChange, error: Exception) -> None:
    """Store and log a failed change; notify the page's people the first time."""
    reason = (str(error) or type(error).__name__)[:500]
    try:
        with transaction.atomic():
            page = Page.objects.get(pk=change.page)
            _trouble, is_new = ScheduleTrouble.objects.get_or_create(
                page=page, revision_key=change.revision, due_at=change.at, defaults={"reason": reason}
            )
            if not is_new:
                return
            logger.error("%s could not be published or taken down", change, exc_info=error)
            notify_of_trouble(page, Revision.objects.filter(pk=change.revision).first(), change.at, reason)
    except Exception:  # A failed notification must not stop the other pages either.
        logger.exception("the failure of %s could not be stored or notified", change)
