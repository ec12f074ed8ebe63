"""What happens to a proposal: it is sent, confirmed, corrected, withdrawn, taken up or declined."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from events.proposals.forms import ChangeProposalForm, ProposalForm, consent_text
from events.proposals.mails import ProposalMailKind, enqueue_mail
from events.proposals.newsroom_mail import announce
from events.records import EventConsent, Proposal, ProposalPicture
from events.records.proposals import AFTER_DECISION, TO_CONFIRM, TO_DECIDE
from portal.content.serving.editions import Edition
from portal.platform.addresses import address_key
from portal.platform.rate_limits import RateLimit

# The limit of open proposals from one address in one calendar.
MOST_OPEN = 10
# Limits a flood of proposals from many addresses.
BY_SITE = RateLimit("proposals-site", 40, timedelta(hours=1))


class ProposalRefusedError(Exception):
    """The proposal cannot be confirmed; its message tells the sender what to do."""


@transaction.atomic
def propose(form: ProposalForm, edition: Edition, now: datetime) -> Proposal:
    """Save a valid form and send the mail to confirm it."""
    facts = form.facts
    proposal = Proposal.objects.create(
        site=edition.site,
        calendar=form.calendar,
        language=edition.language,
        kind=form.kind,
        same_address=address_key(facts["address"]),
        consent=EventConsent.version(edition.site, edition.language, consent_text()),
        proposed_at=now,
        delete_at=now + TO_CONFIRM,
        **facts,
    )
    enqueue_mail(proposal, ProposalMailKind.HELD)
    return proposal


@transaction.atomic
def confirm(proposal: Proposal, now: datetime) -> None:
    """Show the proposal to the newsroom. A repeated call changes nothing. Raises ProposalRefusedError."""
    own = Proposal.objects.of_person(proposal.same_address).filter(calendar=proposal.calendar_id)
    # The locks let several proposals of one person be confirmed only one after the other, so that each is counted.
    list(own.select_for_update().order_by("pk").values_list("pk"))
    if not own.filter(pk=proposal.pk, state=Proposal.State.HELD).exists():
        return
    others = own.open()
    if others.count() >= MOST_OPEN:
        text = _("%(number)d of your proposals are waiting already. Please withdraw one, or wait for an answer.")
        raise ProposalRefusedError(text % {"number": MOST_OPEN})
    if not BY_SITE.allows(proposal.site_id):
        raise ProposalRefusedError(_("Too many proposals are coming in right now. Please try again in an hour."))
    values = {"state": Proposal.State.OPEN, "confirmed_at": now, "delete_at": now + TO_DECIDE}
    Proposal.objects.filter(pk=proposal.pk).update(**values)
    announce(proposal)


@transaction.atomic
def change(proposal: Proposal, form: ChangeProposalForm) -> bool:
    """Save corrections; return False if the newsroom has decided meanwhile."""
    return bool(Proposal.objects.open().filter(pk=proposal.pk).update(**form.facts))


@transaction.atomic
def withdraw(proposal: Proposal) -> bool:
    """Delete a proposal on which nobody has decided; return False otherwise."""
    undecided = (Proposal.State.HELD, Proposal.State.OPEN)
    locked = Proposal.objects.select_for_update().filter(pk=proposal.pk, state__in=undecided).first()
    if locked is None:
        return False
    locked.delete()
    return True


@transaction.atomic
def decline(proposal: Proposal, user: Any, reason: str, now: datetime) -> bool:
    """Return False if somebody else has decided meanwhile."""
    if not claim(proposal, Proposal.State.DECLINED, user, now, reason=reason):
        return False
    delete_pictures(proposal.pictures.all())
    enqueue_mail(proposal, ProposalMailKind.DECLINED)
    return True


def claim(proposal: Proposal, state: Proposal.State, user: Any, now: datetime, **facts: Any) -> bool:
    """Decide on an open proposal within the caller's transaction; return False if it is no longer open."""
    decided = {"state": state, "decided_by": user, "decided_at": now, "delete_at": now + AFTER_DECISION, **facts}
    # The row stays locked until the end of the transaction.
    if not Proposal.objects.open().filter(pk=proposal.pk).update(**decided):
        return False
    proposal.refresh_from_db()
    return True


def delete_pictures(pictures: Iterable[ProposalPicture]) -> None:
    for picture in pictures:
        picture.delete()


def delete_expired(now: datetime) -> None:
    """Delete proposals after their retention period, and those not confirmed in time."""
    Proposal.objects.expired(now).delete()
