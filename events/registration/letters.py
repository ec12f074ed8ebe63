"""Submits letters to registered people, has them approved or sent back by a second person, and queues their copies."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _, override
from wagtail.log_actions import log

from events.records import EventLetter, Occurrence, Registration
from events.records.letters import dates_with_seats
from events.registration.links import registration_url
from events.registration.mails import place_of, when_of
from portal.accounts.names import name_of
from portal.content.mail import Message, compose, enqueue
from portal.content.publication import PublicationRefusedError
from portal.content.visibility import is_in_trash
from portal.editorial.approval.independence import approvers_for, may_approve_texts, sentence_of_approvers
from portal.editorial.approval.permissions import refusal_of_text
from portal.editorial.mails.page_mails import REVIEW, admin_url, enqueue_about_page
from portal.platform.tasks.durable import mailing

SUBMITTED, APPROVED, RETURNED = "portal.letter.submitted", "portal.letter.approved", "portal.letter.returned"
# The number of copies queued in one transaction.
BATCH = 100

State = EventLetter.State


def refusal_of_approval(letter: EventLetter, user: Any) -> str:
    """Why this person may not approve the letter, as full sentences; empty if they may."""
    if not may_approve_texts(letter.event, user):
        others = approvers_for(letter.event, {letter.written_by_id or 0}, user.pk)
        return f"{_('You may not publish here.')} {sentence_of_approvers(others, user.pk)}"
    if letter.written_by_id is None:
        return _("The account of its author was deleted: write the letter again.")
    return refusal_of_text(letter.event, user, {letter.written_by_id})


@transaction.atomic
def submit(letter: EventLetter, user: Any) -> bool:
    """Ask those who may approve the letter to read it; return False if it is no longer a draft."""
    waiting = {"state": State.WAITING, "remark": "", "changed_at": timezone.now()}
    if not EventLetter.objects.filter(pk=letter.pk, state=State.DRAFT).update(**waiting):
        return False
    log(instance=letter.event, action=SUBMITTED, user=user, data={"title": letter.subject})
    _mail_about(letter, approvers_for(letter.event, {letter.written_by_id or 0}), user, "submitted")
    return True


@transaction.atomic
def approve(letter: EventLetter, user: Any, seen: str, now: datetime) -> None:
    """Approve the letter and send it; `seen` is the hash of what the user saw. Raises PublicationRefusedError."""
    letter = _waiting(letter)
    if is_in_trash(letter.event):
        raise PublicationRefusedError(_("This page is in the trash. Restore it first."))
    if refusal := refusal_of_approval(letter, user):
        raise PublicationRefusedError(refusal)
    _check_seen(letter, seen)
    number = letter.recipients().count()
    approval = {"state": State.APPROVED, "approved_by": user, "approved_at": now}
    if not EventLetter.objects.filter(pk=letter.pk, state=State.WAITING).update(**approval):
        raise PublicationRefusedError(_("This letter does not wait for an approval any more."))
    log(instance=letter.event, action=APPROVED, user=user, data={"title": letter.subject, "number": number})
    _mail_about(letter, [letter.written_by], user, "approved")
    send_letter.enqueue(letter.pk)


def may_send_back(letter: EventLetter, user: Any) -> bool:
    """Whether the user approves texts here and is not the author, who can simply edit a waiting letter."""
    is_by_somebody_else = letter.written_by_id not in (None, user.pk)
    return letter.is_waiting and is_by_somebody_else and may_approve_texts(letter.event, user)


@transaction.atomic
def send_back(letter: EventLetter, user: Any, seen: str, remark: str) -> None:
    """Return a waiting letter to its author with a remark, by one mail. Raises PublicationRefusedError like `approve`.

    A letter without an author is not sent back.
    """
    letter = _waiting(letter)
    if not may_send_back(letter, user):
        raise PublicationRefusedError(_("You may not send this letter back."))
    _check_seen(letter, seen)
    returned = {"state": State.DRAFT, "remark": remark, "returned_by": user}
    if not EventLetter.objects.filter(pk=letter.pk, state=State.WAITING).update(**returned):
        raise PublicationRefusedError(_("This letter does not wait for an approval any more."))
    log(instance=letter.event, action=RETURNED, user=user, data={"title": letter.subject, "comment": remark})
    _mail_about(letter, [letter.written_by], user, "rejected", remark)


def _waiting(letter: EventLetter) -> EventLetter:
    """The letter with a lock on its row, if it still waits."""
    letter = EventLetter.objects.select_for_update(of=("self",)).select_related("event").get(pk=letter.pk)
    if not letter.is_waiting:
        raise PublicationRefusedError(_("This letter does not wait for an approval any more."))
    return letter


def _check_seen(letter: EventLetter, seen: str) -> None:
    if seen != letter.seen_hash():
        raise PublicationRefusedError(_("Something has changed in the meantime. Please check again."))


def send_test(letter: EventLetter, user: Any) -> None:
    """Mail the letter to the user, marked as a test. It belongs to no registration and is not counted as a copy."""
    language = letter.language or letter.event.locale.language_code
    date = dates_with_seats(letter.event).get(letter.date_id)
    page = admin_url(reverse("registrations:letter", args=[letter.pk]))
    enqueue([_mail(letter, user.email, language, date, page, is_test=True)])


def _mail_about(letter: EventLetter, people: Any, actor: Any, preference: str, remark: str = "") -> None:
    link = admin_url(reverse("registrations:letter", args=[letter.pk]))
    facts = {
        "letter": letter.subject,
        "is_approved": preference == "approved",
        "comment": remark,
        "who": name_of(actor),
    }
    label = REVIEW if preference == "submitted" else _("To the letter")
    event = letter.event
    enqueue_about_page(
        "event_letter", event, people, actor=actor, preference=preference, link=link, link_label=label, **facts
    )


@mailing
def send_letter(key: int) -> None:
    """Queue the copies of an approved letter. A second run continues where the first was interrupted."""
    while _queue_batch(key):
        pass


@transaction.atomic
def _queue_batch(key: int) -> bool:
    """Queue the next copies; return whether there were any. Copies and progress are stored together."""
    found = EventLetter.objects.select_for_update(of=("self",)).filter(pk=key, state=State.APPROVED)
    letter = found.select_related("site", "event__venue").first()
    if letter is None:
        return False
    batch = list(letter.recipients().filter(pk__gt=letter.queued_to).select_related("site")[:BATCH])
    same = EventLetter.objects.filter(pk=key, state=State.APPROVED, queued_to=letter.queued_to)
    if not batch:
        same.update(state=State.SENT)
    elif same.update(queued_to=batch[-1].pk, copies=F("copies") + len(batch)):
        date = dates_with_seats(letter.event).get(letter.date_id)
        enqueue([copy_of(letter, each, date) for each in batch])
    return bool(batch)


def copy_of(letter: EventLetter, registration: Registration, date: Occurrence | None) -> Message:
    return _mail(letter, registration.address, registration.language, date, registration_url(registration))


def _mail(
    letter: EventLetter, address: str, language: str, date: Occurrence | None, link: str, *, is_test: bool = False
) -> Message:
    event = letter.event
    with override(language):
        context = {
            "subject": _("[Test] %(subject)s") % {"subject": letter.subject} if is_test else letter.subject,
            "is_test": is_test,
            "text": letter.text,
            "title": date.shown_title if date else event.title,
            "when": when_of(date, letter.site) if date else "",
            "place": place_of(date) if date else "",
            "link": link,
            "link_label": _("To the letter") if is_test else _("Change or cancel"),
        }
    facts = {"to": address, "language": language, "site": letter.site}
    return compose("registration_letter", context, reply_to=event.contact_email, at_most_once=True, **facts)


def withhold_letters() -> int:
    """Count approved letters as sent, after a restore of an older copy; return their number."""
    return EventLetter.objects.filter(state=State.APPROVED).update(state=State.SENT)


def as_sent(row: dict[str, Any]) -> dict[str, Any]:
    """Count the approved letter of an imported site as sent, because the exporting installation sends it."""
    return {**row, "state": State.SENT.value} if row["state"] == State.APPROVED else row
