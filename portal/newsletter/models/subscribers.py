"""Who receives a site's newsletter, what of it, and what they agreed to."""

from datetime import datetime
from typing import Self
from uuid import UUID

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.models import Site


class Rhythm(models.TextChoices):
    ISSUES = "issues", _("Each issue, as the newsroom composes it")
    WEEKLY = "weekly", _("Once a week, what was published")
    ALERTS = "alerts", _("As soon as something is published")


class SubscriberQuerySet(models.QuerySet["Subscriber"]):
    def of(self, site: Site) -> Self:
        return self.filter(site=site)

    def receiving(self) -> Self:
        return self.filter(state=Subscriber.State.ACTIVE)

    def expecting(self, site: Site, language: str, rhythm: Rhythm) -> Self:
        """Those whom a mail of this rhythm goes to."""
        return self.of(site).receiving().filter(language=language, rhythm=rhythm)

    def never_confirmed(self, since: datetime) -> Self:
        """Whose last request is older than `since` and was never answered."""
        return self.filter(state=Subscriber.State.PENDING, confirmed_at=None, asked_at__lt=since)


class Subscriber(models.Model):
    """One person of one site.

    `digest` names the address without holding it: who left can be forgotten and still not be imported again.
    Nothing is noted of what a subscriber opens or clicks.
    """

    class State(models.TextChoices):
        PENDING = "pending", _("not confirmed")
        ACTIVE = "active", _("receives it")
        LEFT = "left", _("unsubscribed")
        STOPPED = "stopped", _("stopped: mails came back")

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="+", verbose_name=_("site"))
    address = models.EmailField(_("e-mail address"), max_length=254, blank=True)
    digest = models.CharField(max_length=64, editable=False)
    language = models.CharField(_("language"), max_length=12, choices=settings.LANGUAGES)
    rhythm = models.CharField(_("rhythm"), max_length=8, choices=Rhythm, default=Rhythm.ISSUES)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.PENDING)
    asked_at = models.DateTimeField(_("asked on"))
    confirmed_at = models.DateTimeField(_("confirmed on"), null=True)
    left_at = models.DateTimeField(_("left on"), null=True)
    # Counts the requests: a link of an earlier one confirms nothing.
    request_number = models.PositiveIntegerField(default=1)

    objects = SubscriberQuerySet.as_manager()

    class Meta:
        verbose_name = _("subscriber")
        verbose_name_plural = _("subscribers")
        constraints = [models.UniqueConstraint(fields=["site", "digest"], name="newsletter_subscriber_once_per_site")]
        indexes = [
            models.Index(fields=["site", "state", "language", "rhythm", "id"], name="newsletter_expecting"),
            models.Index(fields=["state", "asked_at"], name="newsletter_by_request"),
        ]

    def __str__(self):
        return self.address or str(_("forgotten address"))

    @property
    def section_keys(self) -> set[UUID]:
        """The translation keys of the chosen sections; none means all of them, those to come included."""
        return {chosen.section_key for chosen in self.chosen_sections.all()}

    @property
    def masked(self) -> str:
        """The address as a person who holds a forwarded mail may see it: `c…@example.org`."""
        name, _at, domain = self.address.partition("@")
        return f"{name[:1]}…@{domain}" if domain else ""


class ChosenSection(models.Model):
    """A section that a subscriber wants, by its translation key: the choice outlives a change of language."""

    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="chosen_sections")
    section_key = models.UUIDField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subscriber", "section_key"], name="newsletter_section_chosen_once")
        ]

    def __str__(self):
        return str(self.section_key)


class ConsentStep(models.Model):
    """What a subscriber did or agreed to, with the words that were shown: the proof of consent."""

    class Kind(models.TextChoices):
        ASKED = "asked", _("asked for it")
        CONFIRMED = "confirmed", _("confirmed the address")
        IMPORTED = "imported", _("was imported")
        CHANGED = "changed", _("changed the choice")
        LEFT = "left", _("unsubscribed")
        STOPPED = "stopped", _("was stopped: mails came back")

    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="steps")
    kind = models.CharField(max_length=9, choices=Kind)
    at = models.DateTimeField()
    words = models.TextField(blank=True)
    # The version of the words of consent.
    version = models.CharField(max_length=16, blank=True)

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self):
        return f"{self.get_kind_display()}, {self.at:%Y-%m-%d}"
