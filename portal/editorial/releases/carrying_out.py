"""Carries out releases: all pages of a release in one transaction, or none.

The transaction begins shortly before the minute and is committed at it, because many pages take seconds.
"""

import logging
import time
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.log_actions import log
from wagtail.models import Page, Revision

from portal.content.publication import PublicationRefusedError, changing_together, lock_pages
from portal.content.visibility import HOME_LENGTH
from portal.editorial.approval.refusals import SeveralRefusedError
from portal.editorial.records.releases import Release, ReleaseAction, ReleaseItem, ReleaseState
from portal.editorial.releases.access import is_letter, items_of
from portal.editorial.releases.building import facts_of
from portal.editorial.releases.checking import PAGE_DELETED, Changes, VersionTimes, lacks_pages, obstacles_to
from portal.editorial.releases.menus import change_menus, menus_of
from portal.editorial.schedule.schedule_mail import notify_of_trouble
from portal.platform.measuring.metrics import DELAY, observe
from portal.platform.tasks.durable import durable

logger = logging.getLogger(__name__)

PUBLISHED = "portal.release.published"
CANNOT_BE_PUBLISHED = _("A page of the release cannot be published.")

# How long before its minute a release is begun: for the worker's pause, and for each page. A page takes 40 milliseconds
# of the processor's time, and several times as long on a busy machine. On SQLite nobody else can write meanwhile; on
# PostgreSQL only the pages of the release are locked, which nobody may change then anyway.
WORKERS_PAUSE = timedelta(seconds=1.5)
FOR_A_PAGE = {"sqlite": timedelta(milliseconds=120), "postgresql": timedelta(milliseconds=300)}
LONGEST_LEAD = {"sqlite": timedelta(seconds=30), "postgresql": timedelta(seconds=60)}


def lead(pages: int) -> timedelta:
    return min(WORKERS_PAUSE + pages * FOR_A_PAGE[connection.vendor], longest_lead())


def longest_lead() -> timedelta:
    return LONGEST_LEAD[connection.vendor]


@durable
def publish_release(key: int) -> None:
    """Carry out a release at its minute. The scheduler tries again what fails."""
    release = Release.objects.approved().filter(pk=key).first()
    if release is None or release.at > timezone.now() + longest_lead():
        return
    if _has_times_before(release):
        _wait_until(release.at)
    run_release(key, timezone.now(), early=longest_lead())


def _has_times_before(release: Release) -> bool:
    """Whether a version must not go live before the minute, because its embargo ends then."""
    found = [VersionTimes.of(item.revision) for item in release.items.select_related("revision") if item.revision]
    now = timezone.now()
    return any(at and at > now for times in found for at in (times.go_live_at, times.embargo_until))


def _wait_until(at: datetime) -> None:
    time.sleep(max(0.0, (at - timezone.now()).total_seconds()))


def run_releases(now: datetime) -> list[int]:
    """Carry out all releases that are due; return the primary keys of those that failed."""
    due = Release.objects.approved().filter(at__lte=now).order_by("at", "pk").values_list("pk", flat=True)
    return [key for key in due if not run_release(key, now)]


def run_release(key: int, now: datetime, early: timedelta = timedelta()) -> bool:
    """Carry out a release whose minute has come, or comes within `early`.

    False if it failed: nothing of it is visible, and its people are notified the first time.
    """
    try:
        with transaction.atomic():
            # A release that another process carries out is skipped.
            due = Release.objects.select_for_update(skip_locked=True, no_key=True).filter(pk=key, at__lte=now + early)
            release = due.filter(state=ReleaseState.APPROVED).first()
            if release is not None:
                _carry_out(release)
                _wait_until(release.at)
    except Exception as error:
        _record_failure(key, error)
        return False
    if release is not None:
        observe(DELAY, (timezone.now() - release.at).total_seconds(), kind="release")
    return True


def _carry_out(release: Release) -> None:
    lock_pages(release.items.values_list("page", flat=True))
    items = items_of(release)
    if lacks_pages(release, items):
        raise PublicationRefusedError(PAGE_DELETED)
    require_no_obstacles(release, items)
    change_pages(release, items, Changes.of(items), release.at)
    change_menus(release, menus_of(release), PUBLISHED)
    release.items.update(is_waiting=False)
    Release.objects.filter(pk=release.pk).update(state=ReleaseState.PUBLISHED, published_at=timezone.now(), failure="")


def require_no_obstacles(release: Release, items: list[ReleaseItem]) -> None:
    """Raise SeveralRefusedError if one of these pages cannot be published, taken down or moved."""
    found = [(item.page.draft_title, text) for item in items for text in obstacles_to(release, item)]
    if found:
        raise SeveralRefusedError(
            "; ".join(f"{title}: {text}" for title, text in found),
            [(title, PublicationRefusedError(text)) for title, text in found],
        )


def change_pages(release: Release, items: list[ReleaseItem], changes: Changes, at: datetime) -> None:
    """Publish, move and take down these pages in the open transaction. `changes` are those of the whole release.

    New pages count as published at `at`, or now if that is later.
    """
    _let_time_come(items)
    with changing_together(changes.live, changes.down):
        for item in sorted(items, key=_order):
            _change(item, at)
            log(instance=item.page, action=PUBLISHED, revision=item.revision, data=facts_of(release, item.action))


def _order(item: ReleaseItem) -> int:
    """Pages go live before others are moved below them. A letter is composed at last, of what readers see then."""
    steps = (ReleaseAction.PUBLISH, ReleaseAction.MOVE, ReleaseAction.TAKE_DOWN)
    return len(steps) if is_letter(item) else steps.index(ReleaseAction(item.action))


def _let_time_come(items: list[ReleaseItem]) -> None:
    """The versions are due now, within this transaction, even if it begins before the minute."""
    now = timezone.now()
    for item in items:
        if item.revision is not None and item.revision.approved_go_live_at:
            item.revision.approved_go_live_at = min(item.revision.approved_go_live_at, now)
    Revision.objects.filter(release_items__in=items, approved_go_live_at__gt=now).update(approved_go_live_at=now)


def _change(item: ReleaseItem, at: datetime) -> None:
    # A page above may have been moved or renamed in this transaction.
    page: Any = Page.objects.get(pk=item.page_id).specific
    item.page, item.was_live = page, page.live
    item.former_revision = _live_version(page)
    if item.action == ReleaseAction.PUBLISH and item.revision is not None:
        # The transaction may begin before the minute.
        page.first_published_at = page.first_published_at or max(at, timezone.now())
        # The version's own page has the place that it had before the other changes of this transaction.
        item.revision.content_object = page
        item.revision.publish()
    elif item.action == ReleaseAction.MOVE and item.parent is not None:
        item.former_parent = page.get_parent()
        page.move(Page.objects.get(pk=item.parent_id), pos="last-child")
    else:
        item.former_aliases = list(page.aliases.live().order_by("path").values_list("pk", flat=True))
        page.unpublish()
    item.save(update_fields=["was_live", "former_revision", "former_parent", "former_aliases"])


def _live_version(page: Any) -> Revision | None:
    """The version that readers see. An imported page has none yet."""
    if not page.live or page.live_revision_id:
        return page.live_revision
    # It must not become the newest draft.
    return Revision.objects.create(
        content_object=page,
        base_content_type=page.get_base_content_type(),
        content=page.serializable_data(),
        object_str=str(page),
        created_at=page.last_published_at or page.first_published_at or timezone.now(),
    )


def _record_failure(key: int, error: Exception) -> None:
    """Store the present reason; notify the people of each site the first time."""
    is_refusal = isinstance(error, PublicationRefusedError | ValidationError)
    # The text of another error may be one of the database.
    reason = str(error) if is_refusal and str(error) else type(error).__name__
    try:
        with transaction.atomic():
            release = Release.objects.approved().filter(pk=key).first()
            if release is None:
                return
            Release.objects.filter(pk=key).update(failure=reason[:2000])
            if release.failure:
                return
            logger.error("release %d could not be published", key, exc_info=error)
            of_sites: dict[str, ReleaseItem] = {}
            for item in release.items.select_related("page", "revision").order_by("page__path"):
                of_sites.setdefault(item.page.path[:HOME_LENGTH], item)
            if len(of_sites) > 1:
                # The reason names pages, and pages of other sites are not named.
                reason = str(CANNOT_BE_PUBLISHED)
            for item in of_sites.values():
                notify_of_trouble(item.page.specific, item.revision, release.at, reason[:500])
    except Exception:  # A failed notification must not stop the other releases.
        logger.exception("the failure of release %d could not be stored or notified", key)
