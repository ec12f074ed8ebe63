"""How each app processes readers' data, for a site's privacy notice (GDPR, Article 13)."""

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from portal.content.serving.editions import Edition


class LegalGround(models.TextChoices):
    """The legal grounds of Article 6 (1) GDPR that a site relies on."""

    REQUEST = "request", _("your request, which could not be met without this data (GDPR, Article 6 (1) (b))")
    CONSENT = "consent", _("your consent, which you may withdraw at any time (GDPR, Article 6 (1) (a))")
    INTEREST = "interest", _("our legitimate interest, to which you may object (GDPR, Article 6 (1) (f))")


@dataclass(frozen=True)
class Processing:
    """One purpose with its data, legal ground and retention, in the active language.

    `refusal` is the name of the cookie with which a reader opts out; empty if there is none. The notice has a form that
    posts `choice=refuse` to `refusal_url`, or another choice to opt in again. The view at `refusal_url` sets or deletes
    the cookie.
    """

    purpose: str
    data: str
    ground: LegalGround
    retention: str
    refusal: str = ""
    refusal_url: str = ""


def processing_of(edition: Edition) -> list[Processing]:
    """The purposes of an edition, added by apps through the hook `portal_processing`."""
    return [each for describe in hooks.get_hooks("portal_processing") for each in describe(edition)]
