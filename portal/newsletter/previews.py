"""Previews of an issue as a mail program will show it."""

import re
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from portal import content_policies
from portal.content.serving.editions import edition_of
from portal.newsletter.compose import bulletin_for
from portal.newsletter.mail import branding_of, mail_of

PHONE_WIDTH = 375


def preview_of(issue: Any, request: HttpRequest, mode: str) -> HttpResponse:
    """The preview in one of the issue's modes, with a policy of its own: a mail has inline styles.

    It has paths instead of URLs, so that pictures load from the preview's host.
    """
    edition = edition_of(request)
    mail = mail_of(bulletin_for(issue, edition), branding_of(edition, edition.url_of(issue.newsletter), base=""))
    own_link = _("(the subscriber’s own link)") if mode == "text" else "#"
    mail = mail.with_links(own_link, own_link)
    if mode == "text":
        response = render(request, "newsletter/newsroom/text_preview.html", {"mail": mail})
    elif mode == "phone":
        response = render(request, "newsletter/newsroom/phone_preview.html", {"mail": mail.html, "width": PHONE_WIDTH})
    elif mode == "dark":
        # The preview is dark for any colour scheme of the browser.
        response = HttpResponse(re.sub(r"@media\s*\(prefers-color-scheme:\s*dark\)", "@media all", mail.html))
    else:
        response = HttpResponse(mail.html)
    request.preview_policy = content_policies.for_mails(settings.SECURE_CSP)  # type: ignore[attr-defined]
    return response
