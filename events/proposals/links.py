"""The signed link with which the sender of a proposal confirms, corrects or withdraws it."""

from events.reader_links import ReaderLink
from events.records import Proposal
from portal.content.serving.editions import Edition

LINK = ReaderLink("proposals:own", "portal.events.proposal", "portal.events.proposal.address")


def proposal_url(proposal: Proposal) -> str:
    return LINK.url(proposal)


def proposal_for_token(token: str, edition: Edition) -> Proposal:
    """Return a link's proposal. Raises Http404 for an invalid token or one for another site."""
    return LINK.record(token, edition, Proposal.objects.select_related("site", "calendar", "page"))
