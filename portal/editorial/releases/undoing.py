"""Undoes a release: what readers saw before comes back, in one transaction and through the gate.

Many pages take seconds, so a request only queues the undo.
"""

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext as _, override
from wagtail.log_actions import log
from wagtail.models import Page

from portal.content.mail import compose, enqueue
from portal.content.publication import PublicationRefusedError, changing_together, lock_pages
from portal.content.visibility import in_trash, is_in_trash
from portal.editorial.approval.permissions import lock_against
from portal.editorial.approval.refusals import SeveralRefusedError
from portal.editorial.mails.page_mails import admin_url
from portal.editorial.people import language_of
from portal.editorial.records.releases import Release, ReleaseAction, ReleaseItem, ReleaseState, waiting_item
from portal.editorial.releases.access import OwnItems, items_of, may_publish
from portal.editorial.releases.building import facts_of, locked_release
from portal.editorial.releases.checking import Changes, VersionTimes
from portal.editorial.releases.menus import change_menus_back, may_decide_on_menus, obstacles_to_undo
from portal.platform.tasks.durable import durable

UNDONE = "portal.release.undone"


def may_undo(release: Release, items: list[ReleaseItem], user: Any) -> bool:
    """Whether the user may publish all of its pages. The gate decides about each version."""
    is_own = release.is_published and not OwnItems.of(items, user).elsewhere
    return is_own and _publishes_all(items, user) and may_decide_on_menus(release, user)


def _publishes_all(items: list[ReleaseItem], user: Any) -> bool:
    return all(
        may_publish(user, page)
        for item in items
        for page in (item.page, item.former_parent if item.action == ReleaseAction.MOVE else None)
        if page is not None and not is_in_trash(page)
    )


@transaction.atomic
def request_undo(release: Release, user: Any) -> None:
    """Queue the undo, once, or raise PublicationRefusedError with the reasons that are known already."""
    release = locked_release(release.pk)
    if release.is_being_undone:
        return
    _require_undoable(release, items_of(release), user)
    Release.objects.filter(pk=release.pk).update(undone_by=user, undo_requested_at=timezone.now(), failure="")
    undo_release.enqueue(release.pk)


@durable
def undo_release(key: int) -> None:
    """Undo a release for the person who has requested it; store the reason if that is refused."""
    release = Release.objects.filter(pk=key, undo_requested_at__isnull=False).select_related("undone_by").first()
    if release is None or not release.is_published:
        return
    same = Release.objects.filter(pk=key, state=ReleaseState.PUBLISHED, undo_requested_at=release.undo_requested_at)
    try:
        with override(language_of(release.undone_by, None) or get_language()):
            undo(release, release.undone_by)
    except (PublicationRefusedError, ValidationError) as refusal:
        reason = _in_words(refusal)[:2000]
        with transaction.atomic():
            if same.update(failure=reason, undo_requested_at=None):
                _notify_of_refusal(release, reason)
    except Exception as error:
        # The queue tries again, and so may the person.
        same.update(failure=type(error).__name__)
        raise


def _notify_of_refusal(release: Release, reason: str) -> None:
    """Email the person who has requested the undo, and nobody else: only they may read the reason."""
    person, item = release.undone_by, release.items.select_related("page").first()
    if person is None or item is None or not (person.is_active and person.email):
        return
    site = item.page.get_site()
    language = language_of(person, site) or get_language()
    with override(language):
        context = {
            "title": release.title,
            "reason": reason,
            "link": admin_url(reverse("release", args=[release.pk])),
            "link_label": _("Open the release"),
        }
        enqueue([compose("release_not_undone", context, to=person.email, language=language, site=site)])


def _in_words(refusal: PublicationRefusedError | ValidationError) -> str:
    if isinstance(refusal, SeveralRefusedError):
        return " ".join([str(refusal), *(f"{title}: {each}" for title, each in refusal.refusals)])
    return " ".join(refusal.messages) if isinstance(refusal, ValidationError) else str(refusal)


@transaction.atomic
def undo(release: Release, user: Any) -> None:
    """Undo everything, or raise PublicationRefusedError with the reasons."""
    release = locked_release(release.pk)
    lock_pages(release.items.values_list("page", flat=True))
    items = items_of(release)
    _require_undoable(release, items, user)
    changes = Changes.of(items)
    refused: list[tuple[str, PublicationRefusedError]] = []
    with changing_together(changes.down | {item.page_id for item in items if item.was_live}):
        for item in sorted(items, key=_order):
            # The page may have moved with one above it.
            page: Any = Page.objects.get(pk=item.page_id).specific
            try:
                if reason := lock_against(page, user):
                    raise PublicationRefusedError(reason)
                _undo(item, page, release, user)
            except PublicationRefusedError as refusal:
                refused.append((page.get_admin_display_title(), refusal))
                continue
            log(instance=page, action=UNDONE, user=user, revision=item.revision, data=facts_of(release, item.action))
    if refused:
        # Nothing is undone.
        raise SeveralRefusedError(_("The release cannot be undone."), refused)
    change_menus_back(release, UNDONE, user)
    Release.objects.filter(pk=release.pk).update(
        state=ReleaseState.UNDONE, undone_by=user, undone_at=timezone.now(), failure=""
    )


def _require_undoable(release: Release, items: list[ReleaseItem], user: Any) -> None:
    if not release.is_published:
        raise PublicationRefusedError(_("This release is not published, or it was undone already."))
    if user is None or not may_undo(release, items, user):
        raise PublicationRefusedError(_("You may not publish all of these pages, so you may not undo the release."))
    if found := [(item.page.draft_title, PublicationRefusedError(text)) for item in items for text in _reasons(item)]:
        raise SeveralRefusedError(_("The release cannot be undone."), found)
    if reasons := list(obstacles_to_undo(release)):
        raise PublicationRefusedError(*reasons)


def _order(item: ReleaseItem) -> tuple[int, str]:
    """Pages come back before others move below them, and new pages are taken down last."""
    steps = {ReleaseAction.TAKE_DOWN: 0, ReleaseAction.MOVE: 1}
    return steps.get(ReleaseAction(item.action), 2 if item.was_live else 3), item.page.path


def _reasons(item: ReleaseItem) -> Iterator[str]:
    """Why what readers saw before cannot come back."""
    page = item.page
    if is_in_trash(page):
        yield _("This page is in the trash.")
    elif item.action == ReleaseAction.MOVE:
        if item.former_parent is None or is_in_trash(item.former_parent):
            yield _("The page below which it was has been deleted.")
        elif item.parent is None or page.path[: -Page.steplen] != item.parent.path:
            yield _("It has been moved again since.")
        elif item.former_parent.get_children().filter(slug=page.slug).exists():
            yield _("Another page has its former address.")
    elif item.action == ReleaseAction.TAKE_DOWN:
        if page.live:
            yield _("It has been published again since.")
    elif not page.live:
        yield _("It has been taken down since.")
    elif page.live_revision_id != item.revision_id:
        yield _("It has been published again since.")
    if (other := waiting_item(page.pk)) and other.release.is_approved:
        yield _("It is in another approved release.")
    if item.was_live and item.action != ReleaseAction.MOVE:
        yield from _reasons_of_version(item)


def _reasons_of_version(item: ReleaseItem) -> Iterator[str]:
    former = item.former_revision
    if former is None:
        yield _("The version before the release was deleted.")
        return
    expiry = VersionTimes.of(former).expire_at
    if expiry and expiry <= timezone.now():
        yield _("The version before the release has expired.")


def _undo(item: ReleaseItem, page: Any, release: Release, user: Any) -> None:
    if item.action == ReleaseAction.MOVE:
        page.move(Page.objects.get(pk=item.former_parent_id), pos="last-child", user=user)
    elif item.was_live and item.former_revision is not None:
        if item.former_aliases:
            # A publication updates live aliases only.
            aliases = Page.objects.filter(pk__in=item.former_aliases, alias_of=page.pk, live=False)
            aliases.exclude(in_trash()).update(live=True)
        # The version's own page has the place that it had before the moves of this transaction.
        item.former_revision.content_object = page
        item.former_revision.publish(user=user)
    elif item.action == ReleaseAction.PUBLISH:
        page.unpublish(user=user)
        # It counts as never published, unless readers saw an earlier version.
        Page.objects.filter(pk=page.pk, first_published_at__gte=release.at).update(first_published_at=None)
