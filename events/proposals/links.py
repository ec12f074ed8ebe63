"""The signed link with which its sender confirms, corrects or withdraws a proposal."""

from django.core import signing
from django.http import Http404
from django.urls import reverse
from django.utils.translation import override

from events.records import Proposal
from portal.content.serving.editions import Edition
from portal.platform.operation.keys import lasting_hash, lasting_signer

signer = lasting_signer("portal.events.proposal", sep=".")


def proposal_url(proposal: Proposal) -> str:
    """Return the full URL. The URL itself is the authorisation."""
    with override(proposal.language):
        path = reverse("proposals:own", args=[proposal_token(proposal)])
    return proposal.site.root_url + path


def proposal_token(proposal: Proposal) -> str:
    """Sign the keys of a proposal and its site. The address is hashed, because it must not appear in logs."""
    return signer.sign_object([proposal.pk, proposal.site_id, _address_hash(proposal.same_address)])


def proposal_for_token(token: str, edition: Edition) -> Proposal:
    """Return a link's proposal. Raises Http404 for an invalid token or one for another site."""
    try:
        key, site, address_hash = signer.unsign_object(token)
    except (signing.BadSignature, ValueError, TypeError, UnicodeError) as error:
        raise Http404 from error
    found = Proposal.objects.filter(pk=key, site=edition.site, site_id=site)
    proposal = found.select_related("site", "calendar", "page").first()
    if proposal is None or _address_hash(proposal.same_address) != address_hash:
        raise Http404
    return proposal


def _address_hash(address: str) -> str:
    return lasting_hash("portal.events.proposal.address", address)[:16]
