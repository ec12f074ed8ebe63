"""Password reset requests. The response reveals nothing about accounts; the queue composes the emails."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from wagtail.admin.forms.auth import PasswordResetForm
from wagtail.admin.views.account import PasswordResetView

from portal.content.mail import Message, deliver, serialize
from portal.content.readers.sources import source_of
from portal.editorial.people import language_of
from portal.platform.rate_limits import RateLimit
from portal.platform.tasks.durable import mailing

HOUR = timedelta(hours=1)
BY_ADDRESS = RateLimit("reset-address", 3, HOUR)
BY_ACCOUNT = RateLimit("reset-account", 3, HOUR)
BY_SOURCE = RateLimit("reset-source", 20, HOUR)


class ResetRequestForm(PasswordResetForm):
    """Stores one task for any address, known or unknown, so that responses differ in neither text nor time."""

    def save(self, *, request: HttpRequest | None = None, **options: Any) -> None:  # type: ignore[override]
        address = self.cleaned_data["email"]
        if (request is None or BY_SOURCE.allows(source_of(request))) and BY_ADDRESS.allows(address.casefold()):
            mail_reset_links.enqueue(address, translation.get_language() or settings.LANGUAGE_CODE)


@mailing
def mail_reset_links(address: str, language: str) -> None:
    """Email a link to each account with this address, at most three an hour. Only the emails contain the links.

    `language` is that of the request, for people who have chosen none.
    """
    for user in PasswordResetForm().get_users(address):
        with translation.override(language_of(user, None) or language):
            if BY_ACCOUNT.allows(user.pk):
                deliver.call(serialize(_message(user)))


def _message(user: Any) -> Message:
    context = {
        "user": user,
        "uid": urlsafe_base64_encode(force_bytes(user.pk)),
        "token": default_token_generator.make_token(user),
    }
    subject = render_to_string(PasswordResetView.subject_template_name, context)
    text = render_to_string(PasswordResetView.email_template_name, context)
    return Message(to=user.email, subject=" ".join(subject.split()), text=text.strip() + "\n")
