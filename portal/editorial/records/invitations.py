"""Invitations to review a draft by link, and the guests' remarks."""

import secrets
from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.core import signing
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page, Revision

from portal.platform.languages import language_choices
from portal.platform.operation.keys import lasting_signer

# Separates these signatures from others made with the same key.
SALT = "portal.editorial.guests"
LONGEST_REMARK = 4000


def fresh_nonce() -> str:
    return secrets.token_urlsafe(24)


class InvitationQuerySet(models.QuerySet["ReviewInvitation"]):
    def open(self, now: datetime) -> Self:
        return self.filter(revoked_at=None, expires_at__gt=now)

    def by_token(self, token: str) -> "ReviewInvitation | None":
        """The invitation of a link, even if revoked or expired; None for a forged or unknown token."""
        try:
            pk, nonce = _signer().unsign_object(token)
        except (signing.BadSignature, ValueError, TypeError):
            return None
        return self.filter(pk=pk, nonce=nonce).select_related("page", "created_by").first()


class ReviewInvitation(models.Model):
    """Permission for one person without an account to read one page's latest draft.

    The token needs both the row's nonce and the signing key. Neither a copy of the database nor the key alone gives
    access to a draft.
    """

    page = models.ForeignKey(Page, on_delete=models.CASCADE, related_name="review_invitations")
    name = models.CharField(_("name"), max_length=120)
    email = models.EmailField(_("e-mail"))
    language = models.CharField(_("language"), max_length=12, choices=language_choices)
    message = models.TextField(_("message"), max_length=2000, blank=True)
    nonce = models.CharField(max_length=64, default=fresh_nonce, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(_("expires"))
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_seen_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("review by link")
        verbose_name_plural = _("reviews by link")
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["page", "-created_at"], name="editorial_guests_of_a_page")]

    def __str__(self):
        return f"{self.name} <{self.email}>"

    @property
    def token(self) -> str:
        return _signer().sign_object([self.pk, self.nonce])

    def is_open(self, now: datetime) -> bool:
        return self.revoked_at is None and now < self.expires_at

    @property
    def is_open_now(self) -> bool:
        return self.is_open(timezone.now())

    def is_rate_limited(self, now: datetime) -> bool:
        """Whether the rate limit is reached: 10 remarks in 10 minutes, or 100 in total."""
        remarks = self.remarks.all()
        return remarks.filter(created_at__gt=now - timedelta(minutes=10)).count() >= 10 or remarks.count() >= 100


class GuestRemark(models.Model):
    """A guest's remark, or their agreement to the text, which does not count as approval."""

    class Kind(models.TextChoices):
        REMARK = "remark", _("remark")
        AGREED = "agreed", _("agreed")

    invitation = models.ForeignKey(ReviewInvitation, on_delete=models.CASCADE, related_name="remarks")
    kind = models.CharField(max_length=8, choices=Kind)
    name = models.CharField(_("name"), max_length=120)
    text = models.TextField(_("remark"), max_length=LONGEST_REMARK, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    revision = models.ForeignKey(Revision, on_delete=models.SET_NULL, null=True, related_name="+")
    # The content that the guest read; autosaves overwrite revisions.
    content_hash = models.CharField(max_length=64)

    class Meta:
        ordering = ["created_at", "pk"]

    def __str__(self):
        return f"{self.name}: {self.get_kind_display()}"


def _signer() -> signing.Signer:
    return lasting_signer(SALT)
