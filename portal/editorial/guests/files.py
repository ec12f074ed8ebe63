"""Access to embargoed images and documents of a draft for guests who review it by link."""

import re
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from portal.editorial.records.invitations import ReviewInvitation
from portal.editorial.records.newsroom import EmbargoedFile
from portal.media.models import Document, Image

PARAMETER = "guest"
FILE_PATTERN = re.compile(r"/(?P<kind>pictures/[\w=-]+|documents)/(?P<key>\d{1,18})/[^\s\"'<>,]*")


def has_guest_token(request: HttpRequest, file: Any) -> bool:
    """Whether the request's `guest` parameter is the token of an open invitation to a draft that uses the file."""
    token = request.GET.get(PARAMETER)
    invitation = ReviewInvitation.objects.by_token(token) if token else None
    if invitation is None or not invitation.is_open(timezone.now()):
        return False
    used = EmbargoedFile.objects.filter(page=invitation.page_id)
    if isinstance(file, Image):
        return used.filter(image=file.pk).exists()
    return isinstance(file, Document) and used.filter(document=file.pk).exists()


def add_guest_tokens(html: str, invitation: ReviewInvitation) -> str:
    """Return the draft's HTML with the token added to the addresses of its embargoed files."""
    withheld = {
        (kind, key)
        for image, document in EmbargoedFile.objects.filter(page=invitation.page_id).values_list("image", "document")
        for kind, key in (("pictures", image), ("documents", document))
        if key
    }
    if not withheld:
        return html

    def with_token(match: re.Match[str]) -> str:
        address = match[0]
        if (match["kind"].split("/")[0], int(match["key"])) not in withheld:
            return address
        return f"{address}{'&amp;' if '?' in address else '?'}{PARAMETER}={invitation.token}"

    return FILE_PATTERN.sub(with_token, html)
