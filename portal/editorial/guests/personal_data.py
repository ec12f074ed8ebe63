"""Registers guests who review drafts by link as personal data."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from wagtail.models import Comment, PageLogEntry, Site

from portal.content.personal_data import Sites, register_personal_data_source
from portal.editorial.guests.answers import AGREED, INVITED, REMARKED, REVOKED
from portal.editorial.reader_data import pages_of_sites
from portal.editorial.records.invitations import GuestRemark, ReviewInvitation
from portal.platform.addresses import is_address


def _records_of(address: str, sites: Sites) -> QuerySet[ReviewInvitation]:
    # Compared in Python, which recognises any spelling of the address. There are only a few invitations.
    written = ReviewInvitation.objects.values_list("pk", "email")
    keys = [key for key, email in written if is_address(email, address)]
    found = ReviewInvitation.objects.filter(pk__in=keys).select_related("page").prefetch_related("remarks")
    if sites is None:
        return found
    return found.filter(page__in=pages_of_sites(Site.objects.filter(pk__in=[site.pk for site in sites])))


def _as_data(invitation: ReviewInvitation) -> dict[str, Any]:
    """The data without the title, and without the link that opens the draft."""
    return {
        "site": str(invitation.page.get_site() or ""),
        "name": invitation.name,
        "address": invitation.email,
        "invited": invitation.created_at.isoformat(),
        "expires": invitation.expires_at.isoformat(),
        "last seen": invitation.last_seen_at and invitation.last_seen_at.isoformat(),
        "answers": {remark.created_at.isoformat(): remark.text for remark in invitation.remarks.all()},
    }


def _erase(invitations: QuerySet[ReviewInvitation], address: str) -> None:
    """Delete the invitations with their remarks, the comments made from them, and the names in the history."""
    for invitation in invitations:
        names = {invitation.name}
        for remark in invitation.remarks.all():
            names.add(remark.name)
            if remark.text:
                copies = Comment.objects.filter(page=invitation.page_id, text__contains=remark.text)
                copies.filter(text__contains=remark.name).delete()
        entries = PageLogEntry.objects.filter(page=invitation.page_id, action__in=[INVITED, REVOKED, REMARKED, AGREED])
        for entry in entries:
            if entry.data.get("guest", {}).get("name") in names:
                entry.data["guest"]["name"] = "…"
                entry.save(update_fields=["data"])
    ReviewInvitation.objects.filter(pk__in=[invitation.pk for invitation in invitations]).delete()


register_personal_data_source(
    "guests", _("Reviews by link"), _records_of, _as_data, ReviewInvitation, GuestRemark, erase=_erase
)
