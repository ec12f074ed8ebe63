"""Writing, approving, withdrawing and pinning entries: readers see no text that only one person has read."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from articles.live.pages import LivePage
from articles.live.records import LiveEntry, LiveText
from portal.content.publication import PublicationRefusedError
from portal.content.visibility import is_in_trash
from portal.editorial.approval.independence import approvers_for, may_approve_texts, sentence_of_approvers
from portal.editorial.approval.permissions import refusal_of_text

SUBMITTED, APPROVED = "portal.live.submitted", "portal.live.approved"
WITHDRAWN, PINNED, UNPINNED = "portal.live.withdrawn", "portal.live.pinned", "portal.live.unpinned"
ENDED, RESUMED = "portal.live.ended", "portal.live.resumed"

State = LiveText.State


def may_write(page: LivePage, user: Any) -> bool:
    return not page.alias_of_id and bool(page.permissions_for_user(user).can_edit())


def may_approve(page: LivePage, user: Any) -> bool:
    """Whether the user approves texts here. It does not say that the user may approve every entry."""
    return not page.alias_of_id and may_approve_texts(page, user)


def may_open(page: LivePage, user: Any) -> bool:
    return not is_in_trash(page) and (may_write(page, user) or may_approve(page, user))


def may_withdraw(entry: LiveEntry, user: Any) -> bool:
    """Approvers withdraw every entry, and others those that they wrote at."""
    wrote = any(text.written_by_id == user.pk for text in entry.texts.all())
    return may_approve(entry.page, user) or (wrote and may_write(entry.page, user))


def refusal_of_approval(entry: LiveEntry, user: Any) -> str:
    """Why this person may not approve the waiting text, as full sentences; empty if they may.

    An author may not approve it even where the site has no four-eyes rule: the light way needs the second person.
    """
    authors = entry.authors
    known = {author for author in authors if author is not None}
    if not may_approve(entry.page, user):
        others = approvers_for(entry.page, known, user.pk)
        return f"{_('You may not publish here.')} {sentence_of_approvers(others, user.pk)}"
    if None in authors:
        return _("The account of its author was deleted: write the entry again.")
    return refusal_of_text(entry.page, user, known, is_always_required=True)


@transaction.atomic
def submit(page: LivePage, user: Any, title: str, text: str, entry: LiveEntry | None = None) -> LiveText:
    """Store a text of a new entry, or a new text of `entry`, which waits for approval.

    Raises PublicationRefusedError.
    """
    _check_place(page)
    if not may_write(page, user):
        raise PublicationRefusedError(_("You may not write here."))
    if entry is None and page.ended_at:
        raise PublicationRefusedError(_("The coverage has ended. Somebody who approves can resume it."))
    entry = LiveEntry.objects.create(page=page) if entry is None else _locked(entry.pk)
    entry.texts.filter(state=State.WAITING).update(state=State.PAST)
    submitted = LiveText.objects.create(entry=entry, title=title, text=text, written_by=user)
    _log(page, SUBMITTED, user, submitted)
    return submitted


@transaction.atomic
def approve(text: LiveText, user: Any, now: datetime) -> None:
    """Show exactly this text to readers. Raises PublicationRefusedError."""
    entry = _locked(text.entry_id)
    _check_place(entry.page)
    if entry.waiting is None or entry.waiting.pk != text.pk:
        raise PublicationRefusedError(_("Something has changed in the meantime. Please check again."))
    if refusal := refusal_of_approval(entry, user):
        raise PublicationRefusedError(refusal)
    entry.texts.filter(state=State.SHOWN).update(state=State.PAST)
    text.state, text.approved_by, text.approved_at = State.SHOWN, user, now
    text.save(update_fields=["state", "approved_by", "approved_at"])
    if entry.published_at is None:
        entry.published_at = now
    else:
        entry.updated_at = now
    entry.save(update_fields=["published_at", "updated_at"])
    _log(entry.page, APPROVED, user, text)


@transaction.atomic
def withdraw(entry: LiveEntry, user: Any) -> None:
    """Take the entry away from readers, and from those who would approve it. Raises PublicationRefusedError."""
    entry = _locked(entry.pk)
    if not may_withdraw(entry, user):
        raise PublicationRefusedError(_("You may not withdraw this entry."))
    for text in entry.texts.all():
        if text.state != State.PAST:
            text.state = State.PAST
            text.save(update_fields=["state"])
            _log(entry.page, WITHDRAWN, user, text)


@transaction.atomic
def pin(entry: LiveEntry, user: Any, *, is_pinned: bool) -> None:
    entry = _locked(entry.pk)
    _check_may_approve(entry.page, user)
    entry.is_pinned = is_pinned
    entry.save(update_fields=["is_pinned"])
    log(instance=entry.page, action=PINNED if is_pinned else UNPINNED, user=user, data={"title": str(entry)})


@transaction.atomic
def end(page: LivePage, user: Any, now: datetime | None) -> None:
    """End the coverage; resume it without `now`. Raises PublicationRefusedError."""
    _check_place(page)
    _check_may_approve(page, user)
    LivePage.objects.filter(pk=page.pk).update(ended_at=now)
    log(instance=page, action=ENDED if now else RESUMED, user=user)


def _locked(key: int) -> LiveEntry:
    """The entry with its texts and a lock on its row."""
    return LiveEntry.objects.select_for_update(of=("self",)).select_related("page").with_texts().get(pk=key)


def _check_place(page: LivePage) -> None:
    if is_in_trash(page):
        raise PublicationRefusedError(_("This page is in the trash. Restore it first."))


def _check_may_approve(page: LivePage, user: Any) -> None:
    if not may_approve(page, user):
        raise PublicationRefusedError(_("You may not publish here."))


def _log(page: LivePage, action: str, user: Any, text: LiveText) -> None:
    log(instance=page, action=action, user=user, data={"title": text.name, "entry": text.entry_id, "text": text.pk})
