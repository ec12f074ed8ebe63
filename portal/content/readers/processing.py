"""How each app processes readers' data, for a site's privacy notice (GDPR, Article 13)."""

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from portal.content.serving.editions import Edition


class LegalGround(models.TextChoices):
    """The grounds of Article 6 (1) of the GDPR on which a site relies."""

    REQUEST = "request", _("your request, which could not be met without this data (GDPR, Article 6 (1) (b))")
    CONSENT = "consent", _("your consent, which you may withdraw at any time (GDPR, Article 6 (1) (a))")
    INTEREST = "interest", _("our legitimate interest, to which you may object (GDPR, Article 6 (1) (f))")


@dataclass(frozen=True)
class Processing:
    """One purpose, in the active language: its data, legal ground and retention.

    `refusal` is the name of the cookie by which a reader refuses it, empty if there is none. The notice has a form that
    posts `choice=refuse`, or another choice to withdraw it, to `refusal_url`, which sets or deletes the cookie.
    """

    purpose: str
    data: str
    ground: LegalGround
    retention: str
    refusal: str = ""
    refusal_url: str = ""


def processing_of(edition: Edition) -> list[Processing]:
    """The purposes in an edition, which apps add by the hook `portal_processing`."""
    return [each for describe in hooks.get_hooks("portal_processing") for each in describe(edition)]
