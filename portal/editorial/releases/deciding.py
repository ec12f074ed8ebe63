"""Approves a release as a whole, by a second person and for exactly its versions; and withdraws the approval."""

import json
from collections.abc import Iterable
from datetime import datetime
from hashlib import blake2b
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _, ngettext
from wagtail.log_actions import log
from wagtail.models import Page, Revision

from portal.content.publication import Publication, PublicationRefusedError, changing_together, lock_pages, rules
from portal.content.visibility import is_in_trash
from portal.editorial.approval.confirmation import confirmed, needed_confirmation
from portal.editorial.approval.permissions import lock_against, requires_four_eyes
from portal.editorial.approval.refusals import SeveralRefusedError
from portal.editorial.approval.review import content_hash_of
from portal.editorial.records.releases import Release, ReleaseAction, ReleaseItem, ReleaseState
from portal.editorial.releases.access import OwnItems, is_letter, items_of, may_withdraw
from portal.editorial.releases.building import facts_of, locked_release
from portal.editorial.releases.carrying_out import lead, publish_release
from portal.editorial.releases.checking import Changes, check
from portal.editorial.releases.menus import may_decide_on_menus

APPROVED, WITHDRAWN = "portal.release.approved", "portal.release.withdrawn"


def seen_hash(release: Release, items: Iterable[ReleaseItem]) -> str:
    """A hash of everything that an approval of the release covers."""
    parts = [release.at.isoformat()]
    for item in sorted(items, key=lambda item: item.page_id):
        version = content_hash_of(item.revision) if item.revision else ""
        parts.append(f"{item.page_id} {item.action} {version} {item.parent_id} {mailing_of(release, item)}")
    parts += [f"{site} {json.dumps(release.menus[site], sort_keys=True)}" for site in sorted(release.menus)]
    return blake2b("\n".join(parts).encode(), digest_size=16).hexdigest()


def mailing_of(release: Release, item: ReleaseItem) -> str:
    """To how many people a letter is sent with the release, in words; empty if nothing is sent."""
    if not is_letter(item) or item.revision is None or is_in_trash(item.page):
        return ""
    draft = item.revision.as_object()
    draft.go_live_at = release.at
    needed = needed_confirmation(draft)
    return needed.label if needed else ""


def refusals(release: Release, items: list[ReleaseItem], user: Any) -> list[tuple[str, PublicationRefusedError]]:
    """Why this person may not approve each of the pages."""
    found = []
    changes = Changes.of(items)
    with changing_together(changes.live, changes.down):
        for item in items:
            try:
                _require_approver(release, item, user)
            except PublicationRefusedError as refusal:
                found.append((item.page.specific_deferred.get_admin_display_title(), refusal))
    return found


def _require_approver(release: Release, item: ReleaseItem, user: Any) -> None:
    """Raise PublicationRefusedError unless this person's approval of the item counts."""
    page: Any = item.page.specific
    if reason := lock_against(page, user):
        raise PublicationRefusedError(reason)
    if item.action == ReleaseAction.PUBLISH:
        # The gate, as for a publication scheduled by this person.
        draft = item.revision.as_object()  # type: ignore[union-attr]
        draft.go_live_at = release.at
        # The hash of what was seen covers the number of those who get a letter.
        with confirmed(item.revision.pk):  # type: ignore[union-attr]
            rules().before_publishing(Publication(draft, item.revision, user, stored=page))
        return
    tester = page.permissions_for_user(user)
    is_allowed = tester.can_unpublish()
    if item.action == ReleaseAction.MOVE:
        is_allowed = item.parent is not None and tester.can_move_to(item.parent.specific)
    if not (is_allowed and tester.has_permission("publish")):
        raise PublicationRefusedError(_("You may not publish here."))
    if item.added_by_id == user.pk and requires_four_eyes(page):
        raise PublicationRefusedError(_("You added this yourself: someone else must approve it."))


@transaction.atomic
def approve(release: Release, user: Any, seen: str, now: datetime) -> None:
    """Approve and schedule the whole release, or raise PublicationRefusedError. `seen` is the hash of what was seen."""
    release = locked_release(release.pk)
    if not release.is_open:
        raise PublicationRefusedError(_("This release has been decided on already."))
    lock_pages(release.items.values_list("page", flat=True))
    items = items_of(release)
    if elsewhere := OwnItems.of(items, user).elsewhere:
        text = ngettext(
            "%(number)d page belongs to a site where you may not approve.",
            "%(number)d pages belong to sites where you may not approve.",
            elsewhere,
        )
        raise PublicationRefusedError(text % {"number": elsewhere})
    if not may_decide_on_menus(release, user):
        raise PublicationRefusedError(_("The release changes the menu of a site where you may not publish."))
    if seen != seen_hash(release, items):
        raise PublicationRefusedError(_("The release has changed since you looked. Look again, then approve."))
    if any(finding.is_required for finding in check(release, items, now)):
        raise PublicationRefusedError(_("The release cannot be approved yet. See below what must be done first."))
    if found := refusals(release, items, user):
        raise SeveralRefusedError(_("You may not approve this release."), found)
    for item in items:
        _schedule(release, item, user)
    Release.objects.filter(pk=release.pk).update(
        state=ReleaseState.APPROVED, approved_by=user, approved_at=now, approved_pages=len(items), failure=""
    )
    publish_release.using(run_after=release.at - lead(len(items))).enqueue(release.pk)


def _schedule(release: Release, item: ReleaseItem, user: Any) -> None:
    page, revision = item.page.specific, item.revision
    if item.action == ReleaseAction.PUBLISH and revision is not None:
        # Update the row directly: saving would call the gate again, which has just approved this text.
        Revision.objects.filter(pk=revision.pk).update(approved_go_live_at=release.at)
        Page.objects.filter(pk=page.pk, live=False).update(go_live_at=release.at)
        if state := page.current_workflow_state:
            state.cancel(user=user)
    log(instance=page, action=APPROVED, user=user, revision=revision, data=facts_of(release, item.action))


@transaction.atomic
def withdraw(release: Release, user: Any) -> None:
    """Cancel the approval. Raises PublicationRefusedError if the release is no longer waiting for its minute."""
    release = locked_release(release.pk)
    items = items_of(release)
    if not release.is_approved:
        raise PublicationRefusedError(_("This release is not approved, or it is out already."))
    if not may_withdraw(release, items, user):
        raise PublicationRefusedError(_("You may not withdraw this approval."))
    lock_pages(item.page_id for item in items)
    for item in items:
        if item.revision is not None:
            Revision.objects.filter(pk=item.revision_id, approved_go_live_at=release.at).update(
                approved_go_live_at=None
            )
            own = item.revision.as_object().go_live_at
            Page.objects.filter(pk=item.page_id, live=False).update(go_live_at=own)
        data = facts_of(release, item.action)
        log(instance=item.page.specific, action=WITHDRAWN, user=user, revision=item.revision, data=data)
    Release.objects.filter(pk=release.pk).update(
        state=ReleaseState.OPEN, approved_by=None, approved_at=None, failure=""
    )


def require_no_approved_release(publication: Publication) -> None:
    """Gate rule: a page of an approved release is not published by itself, which would cancel its part of the release.

    When the release itself is due, nobody is responsible any more.
    """
    item = ReleaseItem.objects.filter(
        page=publication.page.pk, is_waiting=True, release__state=ReleaseState.APPROVED
    ).select_related("release")
    revision = publication.revision
    is_due = revision is not None and revision.approved_go_live_at and revision.approved_go_live_at <= timezone.now()
    if publication.page.pk and not is_due and (found := item.first()):
        raise PublicationRefusedError(
            _("This page is in the approved release “%(title)s”. Withdraw its approval first.")
            % {"title": found.release.title}
        )
