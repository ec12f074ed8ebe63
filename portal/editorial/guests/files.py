"""Access to a draft's images and documents for guests who review it by link."""

import re
from collections import defaultdict
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.http import HttpRequest
from django.utils import timezone
from wagtail.models import Page

from portal.content.files.public_use import references_between
from portal.content.upstream import references_in
from portal.editorial.records.invitations import ReviewInvitation
from portal.media.models import Document, Image

PARAMETER = "guest"
FILE_PATTERN = re.compile(r"/(?P<kind>pictures/[\w=-]+|documents)/(?P<key>\d{1,18})/[^\s\"'<>,]*")
KINDS: dict[str, type[Image | Document]] = {"pictures": Image, "documents": Document}


def has_guest_token(request: HttpRequest, file: Any) -> bool:
    """Whether the `guest` parameter is the token of an open invitation to a draft that uses the file."""
    token = request.GET.get(PARAMETER)
    invitation = ReviewInvitation.objects.by_token(token) if token else None
    if invitation is None or not invitation.is_open(timezone.now()):
        return False
    return (type(file), file.pk) in files_of_draft(invitation.page)


def files_of_draft(page: Page) -> set[tuple[type[Image | Document], int]]:
    """The files that a page's draft uses, directly or through other records such as its authors."""
    models = {ContentType.objects.get_for_model(model).pk: model for model in KINDS.values()}
    found = set()
    named: dict[int, set[str]] = defaultdict(set)
    for content_type, key, *_path in references_in(page.specific.get_latest_revision_as_object()):
        if content_type in models:
            found.add((models[content_type], int(key)))
        else:
            named[content_type].add(key)
    for content_type, key in references_between(named, models):
        found.add((models[content_type], int(key)))
    return found


def add_guest_tokens(html: str, invitation: ReviewInvitation) -> str:
    """Add the token to the URLs of the draft's files."""
    files = files_of_draft(invitation.page)

    def with_token(match: re.Match[str]) -> str:
        address = match[0]
        if (KINDS[match["kind"].split("/")[0]], int(match["key"])) not in files:
            return address
        return f"{address}{'&amp;' if '?' in address else '?'}{PARAMETER}={invitation.token}"

    return FILE_PATTERN.sub(with_token, html)
