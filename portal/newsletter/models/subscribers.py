"""The subscribers of a site, the sections that they chose, and the proof of their consent."""

from datetime import datetime
from typing import Self
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.models import Site

from portal.newsletter.models.imports import ListImport
from portal.platform.languages import language_choices


class Rhythm(models.TextChoices):
    ISSUES = "issues", _("Each issue, as the newsroom composes it")
    WEEKLY = "weekly", _("Once a week, what was published")
    ALERTS = "alerts", _("As soon as something is published")


class SubscriberQuerySet(models.QuerySet["Subscriber"]):
    def of(self, site: Site) -> Self:
        return self.filter(site=site)

    def active(self) -> Self:
        return self.filter(state=Subscriber.State.ACTIVE)

    def recipients(self, site: Site, language: str, rhythm: Rhythm) -> Self:
        return self.of(site).active().filter(language=language, rhythm=rhythm)

    def receiving_since(self, time: datetime) -> Self:
        """Subscribers who had confirmed or were imported by this time. An imported consent may have no date."""
        confirmed = models.Q(confirmed_at=None) | models.Q(confirmed_at__lte=time)
        return self.filter(confirmed, asked_at__lte=time)

    def unconfirmed_before(self, time: datetime) -> Self:
        """Subscribers who signed up before this time, have never confirmed, and had not unsubscribed before."""
        return self.filter(state=Subscriber.State.PENDING, confirmed_at=None, left_at=None, asked_at__lt=time)


class Subscriber(models.Model):
    """One person's subscription to one site.

    `address_hash` is a keyed hash of the address. The hashes are the suppression list: when somebody unsubscribes and
    the address is deleted, its hash stays and prevents another import. Opens and clicks are not recorded.
    """

    class State(models.TextChoices):
        PENDING = "pending", _("not confirmed")
        ACTIVE = "active", _("receives it")
        LEFT = "left", _("unsubscribed")
        STOPPED = "stopped", _("stopped: mails came back")

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="+", verbose_name=_("site"))
    address = models.EmailField(_("e-mail address"), max_length=254, blank=True)
    address_hash = models.CharField(max_length=64, editable=False)
    language = models.CharField(_("language"), max_length=12, choices=language_choices)
    rhythm = models.CharField(_("rhythm"), max_length=8, choices=Rhythm, default=Rhythm.ISSUES)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.PENDING)
    # For an import, the time of the import. The list's date of consent, if any, is `confirmed_at`.
    asked_at = models.DateTimeField(_("asked on"))
    confirmed_at = models.DateTimeField(_("confirmed on"), null=True)
    left_at = models.DateTimeField(_("left on"), null=True)
    # The number of requests so far. Only the link of the latest request is valid.
    request_number = models.PositiveIntegerField(default=1)

    objects = SubscriberQuerySet.as_manager()

    class Meta:
        verbose_name = _("subscriber")
        verbose_name_plural = _("subscribers")
        constraints = [
            models.UniqueConstraint(fields=["site", "address_hash"], name="newsletter_subscriber_once_per_site")
        ]
        indexes = [
            models.Index(fields=["site", "state", "language", "rhythm", "id"], name="newsletter_recipients"),
            models.Index(fields=["state", "asked_at"], name="newsletter_by_request"),
        ]

    def __str__(self):
        return self.address or str(_("forgotten address"))

    @property
    def has_left(self) -> bool:
        """Whether the person has unsubscribed or was stopped, and has not confirmed again since.

        A request does not change this, because anybody can make a request for them.
        """
        if self.state == self.State.PENDING:
            return self.left_at is not None or self.confirmed_at is not None
        return self.state != self.State.ACTIVE

    @property
    def section_keys(self) -> set[UUID]:
        """The translation keys of the chosen sections; an empty set means all sections, new ones included."""
        return {chosen.section_key for chosen in self.chosen_sections.all()}

    @property
    def receives_since(self) -> datetime:
        return max(self.asked_at, self.confirmed_at or self.asked_at)

    @property
    def masked(self) -> str:
        """The address such as `c…@example.org`, for pages that anybody with a forwarded mail can open."""
        name, _at, domain = self.address.partition("@")
        return f"{name[:1]}…@{domain}" if domain else ""


class ChosenSection(models.Model):
    """A section that a subscriber chose, by its translation key, so that it is the same in every language."""

    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="chosen_sections")
    section_key = models.UUIDField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subscriber", "section_key"], name="newsletter_section_chosen_once")
        ]

    def __str__(self):
        return str(self.section_key)


class ConsentStep(models.Model):
    """A step in the history of a subscriber's consent. `details` is the text of consent, the choice, or the bounce."""

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
    details = models.TextField(blank=True)
    # The version of the text of consent.
    version = models.CharField(max_length=16, blank=True)
    # The list from which the person was imported.
    list_import = models.ForeignKey(ListImport, on_delete=models.SET_NULL, null=True, related_name="steps")

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self):
        return f"{self.get_kind_display()}, {self.at:%Y-%m-%d}"
