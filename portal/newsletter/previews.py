"""An issue as it will look in a mail program."""

import re
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from portal.core.serving.editions import edition_of
from portal.newsletter.compose import bulletin_for
from portal.newsletter.mail import LEAVE, PREFERENCES, Mail, look_of, mail_of

PHONE = 375


def preview_of(issue: Any, request: HttpRequest, mode: str) -> HttpResponse:
    """The mail of an issue in one of its preview modes; a mail has styles of its own, which readers' pages may not."""
    mail = draft_of(issue, request)
    html = mail.html.replace(LEAVE, "#").replace(PREFERENCES, "#")
    if mode == "text":
        text = mail.text.replace(LEAVE, _("(the subscriber’s own link)")).replace(
            PREFERENCES, _("(the subscriber’s own link)")
        )
        response = render(request, "newsletter/newsroom/text_preview.html", {"mail": mail, "text": text})
    elif mode == "phone":
        response = render(request, "newsletter/newsroom/phone_preview.html", {"mail": html, "width": PHONE})
    else:
        response = HttpResponse(darkened(html) if mode == "dark" else html)
    response._csp_config = settings.ADMIN_CSP  # type: ignore[attr-defined]
    return response


def draft_of(issue: Any, request: HttpRequest) -> Mail:
    """The mail of an issue as it is now; its pictures come from the host that asks."""
    edition = edition_of(request)
    return mail_of(bulletin_for(issue, edition), look_of(edition, edition.url_of(issue.newsletter), base=""))


def darkened(html: str) -> str:
    """The mail as those see it whose mail program is dark and knows styles."""
    return re.sub(r"@media\s*\(prefers-color-scheme:\s*dark\)", "@media all", html)
