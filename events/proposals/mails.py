"""Mails to the sender of a proposal: the confirmation, the decision, and the publication."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext, override

from events.proposals.links import proposal_url
from events.records import Proposal
from events.registration.links import page_url
from portal.content.mail import compose, enqueue


class ProposalMailKind(StrEnum):
    HELD = "held"
    TAKEN_UP = "taken"
    DECLINED = "declined"
    PUBLISHED = "published"


def enqueue_mail(proposal: Proposal, kind: ProposalMailKind) -> None:
    """Enqueue a mail. Before the address is confirmed, it repeats no input, because it may go to a stranger."""
    with override(proposal.language):
        label, link = _link_of(proposal, kind)
        context = {
            "kind": kind.value,
            "is_recap": proposal.is_recap,
            "title": "" if kind is ProposalMailKind.HELD else proposal.title,
            "calendar": proposal.calendar.title,
            "reason": proposal.reason,
            "link": link,
            "link_label": label,
        }
    enqueue([compose("proposal", context, to=proposal.address, language=proposal.language, site=proposal.site)])


def _link_of(proposal: Proposal, kind: ProposalMailKind) -> tuple[str, str]:
    if kind is ProposalMailKind.PUBLISHED and proposal.page:
        page: Any = proposal.page.specific_deferred
        return gettext("See it published"), page_url(page, proposal.site)
    label = gettext("Confirm my proposal") if kind is ProposalMailKind.HELD else gettext("To your proposal")
    return label, proposal_url(proposal)


def proposal_published(sender: type, instance: Any, **kwargs: Any) -> None:
    """Receiver of `page_published`, which Wagtail also sends for a scheduled page before it goes live."""
    if not instance.live or instance.alias_of_id:
        return
    for proposal in Proposal.objects.filter(page=instance.pk, published_at=None).select_related("site", "calendar"):
        _write_of_publication(proposal, timezone.now())


@transaction.atomic
def _write_of_publication(proposal: Proposal, now: datetime) -> None:
    # A simultaneous publication finds nothing to update.
    if Proposal.objects.filter(pk=proposal.pk, published_at=None).update(published_at=now):
        enqueue_mail(proposal, ProposalMailKind.PUBLISHED)
