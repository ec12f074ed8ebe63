"""Previews of an issue as a mail program will show it."""

import re
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from portal.content.serving.editions import edition_of
from portal.content.upstream import set_content_policy
from portal.newsletter.compose import bulletin_for
from portal.newsletter.mail import PREFERENCES_PLACEHOLDER, UNSUBSCRIBE_PLACEHOLDER, Mail, branding_of, mail_of

PHONE_WIDTH = 375


def preview_of(issue: Any, request: HttpRequest, mode: str) -> HttpResponse:
    """The preview in one of the issue's modes, under the admin's CSP: a mail has inline styles."""
    mail = draft_mail(issue, request)
    html = mail.html.replace(UNSUBSCRIBE_PLACEHOLDER, "#").replace(PREFERENCES_PLACEHOLDER, "#")
    if mode == "text":
        text = mail.text.replace(UNSUBSCRIBE_PLACEHOLDER, _("(the subscriber’s own link)")).replace(
            PREFERENCES_PLACEHOLDER, _("(the subscriber’s own link)")
        )
        response = render(request, "newsletter/newsroom/text_preview.html", {"mail": mail, "text": text})
    elif mode == "phone":
        response = render(request, "newsletter/newsroom/phone_preview.html", {"mail": html, "width": PHONE_WIDTH})
    else:
        response = HttpResponse(in_dark_mode(html) if mode == "dark" else html)
    set_content_policy(response, settings.ADMIN_CSP)
    return response


def draft_mail(issue: Any, request: HttpRequest) -> Mail:
    """The mail of an issue as it is now, with paths instead of URLs, so that pictures load from the present host."""
    edition = edition_of(request)
    return mail_of(bulletin_for(issue, edition), branding_of(edition, edition.url_of(issue.newsletter), base=""))


def in_dark_mode(html: str) -> str:
    """The mail with its dark styles applied, whatever the colour scheme of the browser."""
    return re.sub(r"@media\s*\(prefers-color-scheme:\s*dark\)", "@media all", html)
