"""Builds a release: creates it, and adds, updates and removes its pages."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import log
from wagtail.models import Page

from portal.content.publication import PublicationRefusedError, lock_pages
from portal.content.visibility import HOME_DEPTH, is_in_trash
from portal.editorial.records.releases import Release, ReleaseAction, ReleaseItem, waiting_item
from portal.editorial.releases.access import covers, releases_of

# The approval changes all pages within one request.
MAX_PAGES = 200
ADDED, REMOVED = "portal.release.added", "portal.release.removed"


def create_release(title: str, at: datetime, note: str, user: Any) -> Release:
    return Release.objects.create(title=title, at=at, note=note, created_by=user)


def locked_release(key: int) -> Release:
    """Lock a release until the end of the transaction. Raises PublicationRefusedError if it was deleted."""
    found = Release.objects.select_for_update(no_key=True).filter(pk=key).first()
    if found is None:
        raise PublicationRefusedError(_("This release was deleted."))
    return found


def locked_open_release(key: int) -> Release:
    release = locked_release(key)
    if release.is_approved:
        raise PublicationRefusedError(_("This release is approved: withdraw the approval before you change it."))
    if not release.is_open:
        raise PublicationRefusedError(_("This release is over: it can no longer be changed."))
    return release


@transaction.atomic
def add_page(release: Release, page: Page, action: str, user: Any, parent: Page | None = None) -> ReleaseItem:
    """Add a page: its newest version, or its taking down, or its new parent. Raises PublicationRefusedError."""
    release = locked_open_release(release.pk)
    if release.items.count() >= MAX_PAGES:
        raise PublicationRefusedError(_("A release has at most %(number)d pages.") % {"number": MAX_PAGES})
    lock_pages([page.pk])
    found = Page.objects.filter(pk=page.pk).first()
    if found is None:
        raise PublicationRefusedError(_("This page was deleted."))
    page = found.specific
    if not page.permissions_for_user(user).can_edit():
        raise PublicationRefusedError(_("You may not change this page."))
    if page.alias_of_id:
        raise PublicationRefusedError(_("An alias is published with its original."))
    if other := waiting_item(page.pk):
        raise PublicationRefusedError(_in_release(other, user))
    _require_sense(page, action, user, parent)
    item = ReleaseItem.objects.create(
        release=release,
        page_id=page.pk,
        action=action,
        revision=page.latest_revision if action == ReleaseAction.PUBLISH else None,
        parent=parent if action == ReleaseAction.MOVE else None,
        added_by=user,
    )
    log(instance=page, action=ADDED, user=user, revision=item.revision, data=facts_of(release, action))
    return item


def _in_release(other: ReleaseItem, user: Any) -> str:
    if not releases_of(user).filter(pk=other.release_id).exists():
        return _("This page is in another release already.")
    return _("This page is in the release “%(title)s” already.") % {"title": other.release.title}


def _require_sense(page: Any, action: str, user: Any, parent: Page | None) -> None:
    if action == ReleaseAction.PUBLISH:
        if page.latest_revision_id is None:
            raise PublicationRefusedError(_("There is no draft yet: open the page and save it."))
        if page.live and page.live_revision_id == page.latest_revision_id:
            raise PublicationRefusedError(_("Readers see the newest version already."))
    elif action == ReleaseAction.TAKE_DOWN:
        if not page.live:
            raise PublicationRefusedError(_("This page is not published."))
        if page.depth <= HOME_DEPTH:
            raise PublicationRefusedError(_("A home page cannot be taken down with a release."))
    elif parent is None or not may_move_below(page, parent, user):
        raise PublicationRefusedError(_("The page cannot be moved there."))


def may_move_below(page: Page, parent: Page, user: Any) -> bool:
    """Whether the page can be moved there within its language, also to another site of the user.

    The approver's permission, at both places, is checked later.
    """
    return (
        page.depth > HOME_DEPTH
        and not is_in_trash(parent)
        and page.locale_id == parent.locale_id
        and not parent.path.startswith(page.path)
        and parent.pk != page.get_parent().pk
        and covers(user, parent)
        and bool(page.specific.can_move_to(parent.specific))
    )


@transaction.atomic
def take_newest(item: ReleaseItem, user: Any) -> None:
    """Replace the version in the release with the newest one."""
    release = locked_open_release(item.release_id)
    lock_pages([item.page_id])
    page = Page.objects.select_related("latest_revision").get(pk=item.page_id)
    if item.action != ReleaseAction.PUBLISH or page.latest_revision_id in (None, item.revision_id):
        return
    ReleaseItem.objects.filter(pk=item.pk).update(revision=page.latest_revision, added_by=user)
    data = facts_of(release, item.action)
    log(instance=page.specific, action=ADDED, user=user, revision=page.latest_revision, data=data)


@transaction.atomic
def remove_page(item: ReleaseItem, user: Any) -> None:
    release = locked_open_release(item.release_id)
    log(instance=item.page.specific, action=REMOVED, user=user, data=facts_of(release, item.action))
    item.delete()


def facts_of(release: Release, action: str) -> dict[str, Any]:
    return {"release": release.pk, "title": release.title, "what": str(action)}


@transaction.atomic
def change_release(release: Release, title: str, at: datetime, note: str) -> None:
    """Raises PublicationRefusedError if it has been approved meanwhile."""
    release = locked_open_release(release.pk)
    Release.objects.filter(pk=release.pk).update(title=title, at=at, note=note)


@transaction.atomic
def delete_release(release: Release, user: Any) -> None:
    """Delete a release that is not approved; its pages stay as they are."""
    release = locked_open_release(release.pk)
    for item in release.items.select_related("page"):
        log(instance=item.page.specific, action=REMOVED, user=user, data=facts_of(release, item.action))
    release.delete()
