"""Sendings and their deliveries: the content, the recipients and the state."""

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Count, F, Q
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page, Site

from portal.newsletter.models.pages import IssuePage, NewsletterPage
from portal.newsletter.models.subscribers import Subscriber


class SendingQuerySet(models.QuerySet["Sending"]):
    def unfinished(self) -> Self:
        return self.filter(state__in=[Sending.State.PREPARING, Sending.State.UNDER_WAY])

    def abandoned(self, now: datetime) -> Self:
        """Unfinished sendings whose lease has expired or was never taken."""
        return self.unfinished().filter(Q(leased_until=None) | Q(leased_until__lt=now))

    def newest_first(self) -> Self:
        return self.order_by("-created_at", "-pk")


class Sending(models.Model):
    """One issue, digest or alert that is sent once, with a copy of its content: later edits of pages change nothing.

    `slot` is an idempotency key, such as `weekly:2026-11-27`: a newsletter has one sending for each.
    """

    class Kind(models.TextChoices):
        ISSUE = "issue", _("issue")
        WEEKLY = "weekly", _("weekly digest")
        ALERT = "alert", _("alert")

    class State(models.TextChoices):
        PREPARING = "preparing", _("being prepared")
        UNDER_WAY = "under way", _("being sent")
        PAUSED = "paused", _("paused")
        STOPPED = "stopped", _("stopped")
        DONE = "done", _("sent")

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="+")
    newsletter = models.ForeignKey(NewsletterPage, on_delete=models.CASCADE, related_name="sendings")
    issue = models.OneToOneField(IssuePage, on_delete=models.SET_NULL, null=True, related_name="sending")
    kind = models.CharField(max_length=8, choices=Kind)
    slot = models.CharField(max_length=60)
    subject = models.CharField(max_length=255)
    content = models.JSONField()
    state = models.CharField(max_length=10, choices=State, default=State.PREPARING)
    ordered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("ordered by")
    )
    created_at = models.DateTimeField()
    begun_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    # The key of the last subscriber whose delivery was created.
    prepared_to = models.BigIntegerField(default=0)
    # The number of subscribers who chose none of the sections in it.
    skipped = models.PositiveIntegerField(default=0)
    # The worker that holds the lease, and when the lease expires; empty while the next batch is in the queue.
    lease = models.CharField(max_length=32, blank=True)
    leased_until = models.DateTimeField(null=True)
    # The reason why the sending does not progress, such as an unavailable mail server.
    last_error = models.CharField(max_length=200, blank=True)
    # The number of deliveries in each state, once the deliveries themselves are deleted.
    totals = models.JSONField(null=True)

    objects = SendingQuerySet.as_manager()

    class Meta:
        verbose_name = _("sending")
        verbose_name_plural = _("sendings")
        constraints = [models.UniqueConstraint(fields=["newsletter", "slot"], name="newsletter_sending_once")]
        indexes = [models.Index(fields=["state", "leased_until"], name="newsletter_unfinished")]

    def __str__(self):
        return self.subject


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def waiting(self) -> Self:
        return self.filter(state=Delivery.State.WAITING)

    def in_order(self) -> Self:
        """Ordered by variant within each attempt, so that a mail is rendered once for all its recipients."""
        return self.order_by("attempts", "variant", "pk")

    def counts_by_state(self) -> dict[str, int]:
        return dict(self.order_by().values_list("state").annotate(Count("pk")))

    def unsubscribed_since(self) -> int:
        """The number of recipients who have unsubscribed since they got the mail."""
        return self.filter(
            state=Delivery.State.SENT, subscriber__state=Subscriber.State.LEFT, subscriber__left_at__gte=F("sent_at")
        ).count()


class Delivery(models.Model):
    """One copy for one subscriber. A worker claims it before it sends it, and sends it once.

    If the worker dies in between, the delivery is `UNCERTAIN`: the copy may have arrived, so only an administrator can
    send it again.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        CLAIMED = "claimed", _("being handed over")
        SENT = "sent", _("sent")
        FAILED = "failed", _("refused")
        UNCERTAIN = "uncertain", _("uncertain")
        DROPPED = "dropped", _("no longer wanted")

    sending = models.ForeignKey(Sending, on_delete=models.CASCADE, related_name="deliveries")
    subscriber = models.ForeignKey(Subscriber, on_delete=models.SET_NULL, null=True, related_name="deliveries")
    # The indexes of the groups that the subscriber gets; see `Bulletin.variant_for`.
    variant = models.CharField(max_length=120, blank=True)
    state = models.CharField(max_length=9, choices=State, default=State.WAITING)
    lease = models.CharField(max_length=32, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    bounced_at = models.DateTimeField(null=True)
    reply = models.CharField(max_length=200, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        constraints = [
            models.UniqueConstraint(fields=["sending", "subscriber"], name="newsletter_one_copy_per_subscriber")
        ]
        indexes = [
            models.Index(fields=["sending", "state", "attempts", "variant", "id"], name="newsletter_delivery_order")
        ]

    def __str__(self):
        return f"{self.sending_id} to {self.subscriber_id}"


class AnnouncedStory(models.Model):
    newsletter = models.ForeignKey(NewsletterPage, on_delete=models.CASCADE, related_name="+")
    story = models.ForeignKey(Page, on_delete=models.CASCADE, related_name="+")
    announced_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["newsletter", "story"], name="newsletter_story_announced_once")]

    def __str__(self):
        return f"{self.story_id} by {self.newsletter_id}"
