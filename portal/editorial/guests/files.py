"""The pictures and documents of a draft under embargo: whoever may read the draft by a link may see them with it."""

import re
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from portal.editorial.records.invitations import ReviewInvitation
from portal.editorial.records.newsroom import EmbargoedFile
from portal.media.models import Document, Image

PARAMETER = "guest"
FILE = re.compile(r"/(?P<kind>pictures/[\w=-]+|documents)/(?P<key>\d{1,18})/[^\s\"'<>,]*")


def has_pass(request: HttpRequest, file: Any) -> bool:
    """Whether the address of a file brings the token of an open invitation to a draft that uses the file."""
    token = request.GET.get(PARAMETER)
    invitation = ReviewInvitation.objects.by_token(token) if token else None
    if invitation is None or not invitation.is_open(timezone.now()):
        return False
    of_draft = EmbargoedFile.objects.filter(page=invitation.page_id)
    if isinstance(file, Image):
        return of_draft.filter(image=file.pk).exists()
    return isinstance(file, Document) and of_draft.filter(document=file.pk).exists()


def with_passes(html: str, invitation: ReviewInvitation) -> str:
    """The draft with the token in the addresses of those of its files that strangers may not see yet."""
    withheld = {
        (kind, key)
        for image, document in EmbargoedFile.objects.filter(page=invitation.page_id).values_list("image", "document")
        for kind, key in (("pictures", image), ("documents", document))
        if key
    }
    if not withheld:
        return html

    def opened(found: re.Match[str]) -> str:
        address = found[0]
        if (found["kind"].split("/")[0], int(found["key"])) not in withheld:
            return address
        return f"{address}{'&amp;' if '?' in address else '?'}{PARAMETER}={invitation.token}"

    return FILE.sub(opened, html)
