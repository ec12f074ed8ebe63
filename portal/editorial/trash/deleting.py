"""Puts pages into the trash, and deletes them from there for ever.

A page in the trash stays at its place in the tree, so nothing that refers to it changes.
"""

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Model, ProtectedError, QuerySet, Value
from django.db.models.functions import Concat, Substr
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log
from wagtail.models import Page

from portal.content.extension_points import after_visibility_below
from portal.content.publication import lock_pages
from portal.content.records.trash import DeletedRecord, TrashedPage
from portal.content.serving.redirects import record_trashed_addresses
from portal.content.sitemaps.indexnow import announce_below_later
from portal.content.visibility import HOME_DEPTH, TRASH, in_trash, is_in_trash

logger = logging.getLogger(__name__)

TRASHED = "portal.trash"
# The length of a slug.
LONGEST = 255


class TrashRefusedError(Exception):
    """A page cannot be put into the trash, restored or deleted for ever. The message is for the user who tried."""


def may_be_trashed(page: Page) -> bool:
    """False for home pages: with one, a site loses a language."""
    return page.depth > HOME_DEPTH and not is_in_trash(page)


@transaction.atomic
def put_into_trash(page: Page, user: Any = None) -> TrashedPage:
    """Hide a page and all pages below it from readers and from the newsroom.

    The number of queries does not depend on the number of pages, except for events and aliases elsewhere.
    """
    lock_pages([page.pk])
    page = Page.objects.get(pk=page.pk)
    if not may_be_trashed(page):
        raise TrashRefusedError(_("This page cannot be put into the trash."))
    here = Page.objects.filter(path__startswith=page.path).exclude(in_trash())
    lock_pages(here.values_list("pk", flat=True))
    pages = list(here.order_by("path").defer_streamfields())
    aliases = _live_aliases_elsewhere(pages)
    trashed = TrashedPage.objects.create(
        page=page, slug=page.slug, below=len(pages) - 1, deleted_at=timezone.now(), deleted_by=user
    )
    hidden = [each.pk for each in (*pages, *aliases) if each.live]
    trashed.live_pages.add(*hidden)
    announce_below_later(page, pages)
    record_trashed_addresses(trashed, pages)
    log(page.specific, TRASHED, user=user)
    Page.objects.filter(pk__in=hidden).update(live=False)
    suffix = f"{TRASH}{page.pk}"
    change_slug(page, page.slug[: LONGEST - len(suffix)] + suffix)
    update_lists(page, aliases)
    return trashed


def _live_aliases_elsewhere(pages: Sequence[Page]) -> list[Page]:
    """The live aliases of these pages, and those of the aliases, that are not among the pages."""
    found: dict[int, Page] = {}
    known = originals = {page.pk for page in pages}
    while originals:
        aliases = Page.objects.filter(alias_of__in=originals, live=True).exclude(pk__in=known)
        new = {alias.pk: alias for alias in aliases.order_by("path")}
        found |= new
        originals = set(new)
        known = known | originals
    lock_pages(found)
    return list(found.values())


def change_slug(page: Page, slug: str) -> None:
    """Change a page's slug, and the addresses of all pages below it, without creating redirects or revisions."""
    former = page.url_path
    page.slug, page.url_path = slug, f"{former[: -len(page.slug) - 1]}{slug}/"
    Page.objects.filter(pk=page.pk).update(slug=slug)
    below = Page.objects.filter(path__startswith=page.path)
    below.update(url_path=Concat(Value(page.url_path), Substr(F("url_path"), len(former) + 1)))


def update_lists(page: Page, aliases: Iterable[Page]) -> None:
    """Update lists, feeds, calendars and indexes after the visibility of these pages has changed."""
    for top in (page, *aliases):
        for update in after_visibility_below:
            update(top)


@transaction.atomic
def delete_for_ever(trashed: TrashedPage, user: Any = None) -> None:
    """Delete the page, all pages below it, and what belongs to them."""
    lock_pages([trashed.page_id])
    if not TrashedPage.objects.filter(pk=trashed.pk).exists():
        return
    page = Page.objects.get(pk=trashed.page_id).specific
    try:
        with transaction.atomic():
            page.delete(user=user, skip_permission_checks=True)
    except ProtectedError as error:
        used = ", ".join(str(each) for each in list(error.protected_objects)[:3])
        raise TrashRefusedError(
            _("“%(title)s” cannot be deleted for ever because it is still used by: %(used)s")
            % {"title": page.get_admin_display_title(), "used": used}
        ) from error


def expired[Entry: Model](entries: QuerySet[Entry], now: datetime) -> QuerySet[Entry]:
    return entries.filter(deleted_at__lte=now - timedelta(days=settings.TRASH_DAYS)).order_by("pk")


def empty_by_age(now: datetime) -> None:
    """Delete what has been in the trash for its time. One that cannot be deleted does not stop the others."""
    for record in expired(DeletedRecord.objects.defer("content"), now):
        try:
            record.delete()
        except Exception:
            logger.exception("Record %s in the trash could not be deleted", record.pk)
    for trashed in expired(TrashedPage.objects.all(), now):
        try:
            delete_for_ever(trashed)
        except Exception:
            logger.exception("Page %s in the trash could not be deleted", trashed.page_id)
