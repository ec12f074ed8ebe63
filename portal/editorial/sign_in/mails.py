"""Emails account owners about changes to their sign-in, and about attempts."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _, override

from portal.content.mail import compose, deliver, serialize
from portal.content.readers.sources import network_of
from portal.editorial.mails.page_mails import admin_url, time_zone_of
from portal.editorial.models import RoleGroup
from portal.editorial.people import language_of
from portal.editorial.sign_in.browsers import browser_in_words
from portal.platform.rate_limits import RateLimit
from portal.platform.tasks.durable import mailing

NEW_BROWSER, GUESSED = "new_browser", "guessed"
# The other keys are django-allauth's email names.
EVENTS = {
    NEW_BROWSER: _("Somebody signed in to your account from a new browser."),
    GUESSED: _("Somebody entered so many wrong passwords or codes for your account that further attempts are delayed."),
    "mfa/email/totp_activated": _("An app with codes was set up as a second factor."),
    "mfa/email/totp_deactivated": _("The app with codes was removed from your second factors."),
    "mfa/email/webauthn_added": _("A passkey was added."),
    "mfa/email/webauthn_removed": _("A passkey was removed."),
    "mfa/email/recovery_codes_generated": _("New recovery codes were made."),
    "account/email/password_changed": _("Your password was changed."),
}
# A continuing attack is reported once a day.
GUESSES_REPORTED = RateLimit("guesses-reported", 1, timedelta(days=1))


def tell_owner(user: Any, event: str, request: HttpRequest) -> None:
    if event in EVENTS and user.email:
        send_sign_in_news.enqueue(user.get_username(), event, *_from_where(request))


def tell_of_guesses(username: str, request: HttpRequest) -> None:
    """Do the same for any name, so that neither the response nor its duration reveals whether the account exists."""
    if GUESSES_REPORTED.allows(username.casefold()):
        send_sign_in_news.enqueue(username[:150], GUESSED, *_from_where(request))


def _from_where(request: HttpRequest) -> tuple[str, str, str]:
    return request.META.get("HTTP_USER_AGENT", "")[:200], network_of(request), timezone.now().isoformat()


@mailing
def send_sign_in_news(username: str, event: str, user_agent: str, network: str, at: str) -> None:
    user = get_user_model()._default_manager.filter(username=username, is_active=True).exclude(email="").first()
    if user is None:
        return
    role = RoleGroup.objects.filter(group__user=user).select_related("site__root_page__locale").order_by("site").first()
    language = language_of(user, role and role.site) or settings.LANGUAGE_CODE
    with timezone.override(time_zone_of(None)), override(language):
        context = {
            "account": user,
            "event": str(EVENTS[event]),
            "at": datetime.fromisoformat(at),
            "browser": browser_in_words(user_agent),
            "network": network,
            "link": admin_url(reverse("account_change_password")),
            "link_label": _("Choose a new password"),
        }
        mail = compose("account_sign_in", context, to=user.email, language=language)
    deliver.func(serialize(mail))
