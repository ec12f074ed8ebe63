"""Carries out a release in a transaction that is always rolled back, so that the site can be previewed with it."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.cache import caches
from django.core.cache.backends.dummy import DummyCache
from django.core.exceptions import ValidationError
from django.db import OperationalError, connection, transaction
from django.utils.translation import gettext as _
from wagtail.models import Revision

from portal.content.publication import PublicationRefusedError, lock_pages
from portal.content.serving.snapshot import snapshots_restored
from portal.editorial.records.releases import Release, ReleaseAction, ReleaseItem, ReleaseState
from portal.editorial.releases.access import OwnItems, covers, is_letter, items_of
from portal.editorial.releases.carrying_out import PUBLISHED, change_pages, longest_lead, require_no_obstacles
from portal.editorial.releases.checking import Changes
from portal.editorial.releases.menus import change_menus, own_menus
from portal.platform.operation.database import SHORT_WAIT, short_lock_wait

# A preview locks the pages of the release while it is rendered. On SQLite, nobody else can write meanwhile.
MAX_PAGES = {"sqlite": 40, "postgresql": 100}
# No preview begins so shortly before a release is begun, which it would delay.
BEFORE_A_RELEASE = timedelta(seconds=10)
FAILED_AFTER = timedelta(minutes=2)


class PreviewBusyError(Exception):
    """Another process is writing, or a release is about to be published: the preview can be tried again soon."""


@dataclass(frozen=True)
class Previewed:
    """A release as it is previewed: the items that were carried out, and the number of the other sites' items."""

    release: Release
    items: list[ReleaseItem]
    elsewhere: int


@contextmanager
def carried_out_for_preview(release: Release, user: Any, now: datetime) -> Iterator[Previewed]:
    """Within the block, this thread sees the pages of the user's work area as after the release.

    Nothing is committed, cached or sent. Raises PublicationRefusedError if the release cannot be carried out as it is
    now, and PreviewBusyError.
    """
    try:
        with _without_shared_cache(), snapshots_restored(), short_lock_wait(), transaction.atomic():
            yield _carry_out(release, user, now)
            transaction.set_rollback(True)
    except OperationalError as error:
        raise PreviewBusyError from error


@contextmanager
def _without_shared_cache() -> Iterator[None]:
    """Within the block, this thread has an empty cache: other requests must not read what is rolled back."""
    usual = caches["default"]
    caches["default"] = DummyCache("", {})
    try:
        yield
    finally:
        caches["default"] = usual


def _carry_out(release: Release, user: Any, now: datetime) -> Previewed:
    # One that has failed is tried again until somebody withdraws it; previews do not wait for it.
    soon = (now - FAILED_AFTER, now + longest_lead() + BEFORE_A_RELEASE)
    if Release.objects.approved().filter(at__range=soon).exists():
        raise PreviewBusyError
    every = items_of(release)
    keys = {each.pk for each in OwnItems.of(every, user).items if each.parent is None or covers(user, each.parent)}
    if len(keys) > (most := MAX_PAGES[connection.vendor]):
        text = _("A release of more than %(number)d pages cannot be previewed as a whole: preview its pages.")
        raise PublicationRefusedError(text % {"number": most})
    try:
        _lock(item.page_id for item in every if item.pk in keys)
        items = [item for item in items_of(release) if item.pk in keys]
        require_no_obstacles(release, items)
        _prepare(release, items, now)
        change_pages(release, items, Changes.of(every), now)
        change_menus(release, own_menus(release, user), PUBLISHED)
    except ValidationError as error:
        raise PublicationRefusedError(*error.messages) from error
    return Previewed(release, items, len(every) - len(keys))


def _lock(pages: Iterable[int]) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", [str(SHORT_WAIT)])
    lock_pages(pages)


def _prepare(release: Release, items: list[ReleaseItem], now: datetime) -> None:
    """Let the versions be due, as if the release were approved and its minute had come."""
    Release.objects.filter(pk=release.pk).update(state=ReleaseState.APPROVED)
    for item in items:
        if item.action != ReleaseAction.PUBLISH or item.revision is None:
            continue
        revision: Revision = item.revision
        # Their times are not after the minute of the release.
        revision.content |= {"go_live_at": None, "embargo_until": None}
        if is_letter(item):
            revision.content["is_mailed"] = False
        revision.approved_go_live_at = now
        Revision.objects.filter(pk=revision.pk).update(content=revision.content, approved_go_live_at=now)
