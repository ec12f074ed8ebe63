"""Webhooks of a site, the log of their deliveries, and the pages that were public at the last comparison."""

from base64 import b64encode
from datetime import datetime, timedelta
from secrets import token_bytes
from typing import Any, Self
from urllib.parse import urlsplit
from uuid import uuid4

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _, pgettext_lazy
from wagtail.models import Site

from portal.editorial.sign_in.encryption import decrypt, encrypt

# The log of deliveries is deleted after this time.
LOG_AGE = timedelta(days=30)
SECRET_BYTES = 32
# Characters of the first part of an address's path.
LONGEST_SHOWN = 16


class EventType(models.TextChoices):
    """The types of messages; they are part of the documented format and never change."""

    PUBLISHED = "page.published", _("A page is published")
    CORRECTED = "page.corrected", _("A story is corrected")
    TAKEN_DOWN = "page.taken_down", _("A page is taken down")
    REGISTERED = "registration.made", _("Somebody registers for an event")
    SHEET_REQUESTED = "sheet.requested", _("Somebody requests a sheet")
    SUBSCRIBED = "subscription.confirmed", _("Somebody confirms a subscription")
    FORM_SENT = "form.sent", _("Somebody sends a form")


# The type of the message that an administrator sends as a test.
SAMPLE = "sample"


class MessageFormat(models.TextChoices):
    STANDARD = "standard", _("Standard Webhooks: for n8n and your own programs")
    CHAT = "chat", _("A line of text for a chat: Mattermost, Matrix (Hookshot), Slack")


def new_secret() -> str:
    """A secret as Standard Webhooks writes it."""
    return f"whsec_{b64encode(token_bytes(SECRET_BYTES)).decode()}"


class WebhookQuerySet(models.QuerySet["Webhook"]):
    def active_at(self, site: int) -> Self:
        return self.filter(site=site, is_active=True)


class Webhook(models.Model):
    """An address that gets messages about one site."""

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="webhooks", verbose_name=_("site"))
    name = models.CharField(_("name"), max_length=80, help_text=_("For your own list."))
    url = models.URLField(_("address"), max_length=500)
    format = models.CharField(
        pgettext_lazy("of a message", "format"),
        max_length=12,
        choices=MessageFormat.choices,
        default=MessageFormat.STANDARD,
    )
    events = models.JSONField(_("messages"), default=list)
    is_active = models.BooleanField(
        pgettext_lazy("a webhook", "active"),
        default=True,
        help_text=_("While it is paused, nothing is sent or stored."),
    )
    # Encrypted, so that a copy of the database cannot sign messages.
    secret = models.TextField(editable=False)
    # Why the portal itself has paused the webhook; empty if it has not.
    problem = models.CharField(max_length=300, blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = WebhookQuerySet.as_manager()

    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ["site", "name", "pk"]
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")

    def __str__(self):
        return self.name

    def renew_secret(self) -> str:
        """Set and return a new secret; the caller saves the record."""
        secret = new_secret()
        self.secret = encrypt(secret)
        return secret

    @property
    def plain_secret(self) -> str:
        """Raises `InvalidToken` if the record comes from another installation."""
        return decrypt(self.secret)

    @property
    def shown_url(self) -> str:
        """Host and beginning of the path: anybody who knows the full address of a chat's webhook can post to it."""
        parts = urlsplit(self.url)
        first, *others = parts.path.strip("/").split("/")
        # A path of one part, or a long one, may be a token.
        beginning = f"/{first}/…" if others and len(first) <= LONGEST_SHOWN else "/…" if first or parts.query else ""
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{beginning}"

    @property
    def state(self) -> Any:
        if self.is_active:
            return pgettext_lazy("of a webhook", "active")
        return pgettext_lazy("of a webhook", "paused after failures") if self.problem else _("paused")


class WebhookDeliveryQuerySet(models.QuerySet["WebhookDelivery"]):
    def old(self, now: datetime) -> Self:
        return self.filter(created_at__lt=now - LOG_AGE)


class WebhookDelivery(models.Model):
    """One message to one webhook. All attempts send the same `body` with the same key."""

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("of a message", "waiting")
        DELIVERED = "delivered", pgettext_lazy("of a message", "delivered")
        GIVEN_UP = "given up", pgettext_lazy("of a message", "given up")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries")
    event = models.CharField(max_length=30)
    body = models.TextField()
    state = models.CharField(max_length=12, choices=State.choices, default=State.WAITING)
    tries = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now, db_index=True)
    tried_at = models.DateTimeField(null=True)
    # The status of the last response; 0 if there was none.
    status = models.PositiveIntegerField(default=0)
    reason = models.CharField(max_length=300, blank=True)

    objects = WebhookDeliveryQuerySet.as_manager()

    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ["-created_at", "-pk"]

    def __str__(self):
        return f"{self.event} {self.pk}"

    @property
    def event_label(self) -> Any:
        return _("Sample") if self.event == SAMPLE else dict(EventType.choices).get(self.event, self.event)


class ReportedPage(models.Model):
    """A page that was public at the last comparison, with the values that messages have about it.

    A message about a page that was taken down has these values, because its own may no longer be public.
    """

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="+")
    # Not a foreign key: the page may be deleted before the message about it is created.
    page_key = models.BigIntegerField()
    values = models.JSONField()
    correction = models.CharField(max_length=340, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["site", "page_key"], name="webhooks_reported_page_once_per_site"),
        ]

    def __str__(self):
        return f"{self.site_id}: {self.page_key}"
