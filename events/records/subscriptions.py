"""Partners' calendars from which events are imported."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext, gettext_lazy as _, pgettext, pgettext_lazy
from wagtail.admin.panels import FieldPanel, MultiFieldPanel

from portal.content.panels import ShownPanel
from portal.platform.zones import time_zones


class Subscription(models.Model):
    """A partner's calendar that is read every hour, or a file that was imported once and has no URL."""

    class Gone(models.TextChoices):
        KEEP = "keep", _("Keep it")
        CANCEL = "cancel", _("Mark it cancelled, as a draft")
        UNPUBLISH = "unpublish", _("Take it down")

    calendar = models.ForeignKey(
        "events.CalendarPage", on_delete=models.CASCADE, related_name="subscriptions", verbose_name=_("calendar")
    )
    name = models.CharField(_("name of the source"), max_length=120, help_text=_("Shown below its events."))
    url = models.CharField(_("address"), max_length=1000, blank=True, help_text=_("https:// or webcal://"))
    time_zone = models.CharField(
        _("time zone"),
        max_length=64,
        choices=time_zones,
        default="Europe/Paris",
        help_text=_("For times without a time zone."),
    )
    when_gone = models.CharField(
        _("when an event is no longer in the source"), max_length=12, choices=Gone, default=Gone.KEEP
    )
    is_active = models.BooleanField(pgettext_lazy("a subscription", "active"), default=True)
    takes_past = models.BooleanField(
        _("events that are over, too"), default=False, help_text=_("New events only; known ones are always updated.")
    )
    # The person who chose the source and the last editor are both authors of its drafts.
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, editable=False, related_name="+"
    )
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, editable=False, related_name="+"
    )
    etag = models.CharField(max_length=200, blank=True, editable=False)
    last_modified = models.CharField(max_length=80, blank=True, editable=False)
    read_at = models.DateTimeField(_("last read"), null=True, editable=False)
    report = models.TextField(_("report"), blank=True, editable=False)
    # The start of an unfinished import, which the next one continues.
    unfinished_since = models.DateTimeField(null=True, editable=False)
    is_failing = models.BooleanField(default=False, editable=False)
    # Until this time, one process has claimed the source and may be reading it.
    reading_until = models.DateTimeField(null=True, editable=False)

    panels = [
        FieldPanel("name"),
        FieldPanel("url"),
        FieldPanel("file"),
        FieldPanel("calendar", widget=forms.Select),
        FieldPanel("time_zone"),
        FieldPanel("when_gone"),
        FieldPanel("takes_past"),
        FieldPanel("is_active"),
        MultiFieldPanel(
            [ShownPanel("read_at", read_only=True), ShownPanel("report", read_only=True)], heading=_("Last reading")
        ),
    ]

    class Meta:
        verbose_name = _("subscribed calendar")
        verbose_name_plural = _("subscribed calendars")
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["calendar", "url"], condition=~models.Q(url=""), name="events_subscription_once"
            )
        ]

    def __str__(self):
        return self.name

    @property
    def author(self) -> Any:
        """The author of every imported version; None for a deleted account."""
        return self.owner or self.changed_by

    @property
    def requester(self) -> Any:
        """The person who requests the reviews, and therefore cannot approve them."""
        return self.changed_by or self.owner

    @property
    def further_author(self) -> Any:
        """The subscription's last editor, who may have uploaded another file, if that is not the author."""
        return self.changed_by if self.changed_by and self.changed_by != self.author else None

    @property
    def state(self) -> str:
        if self.is_failing:
            return pgettext("a reading", "Failed")
        if self.unfinished_since:
            return pgettext("a reading", "Goes on")
        if not self.read_at:
            return gettext("Not read yet")
        # A report's first line has counts only.
        has_more = "\n" in self.report
        return pgettext("a reading", "Done, with a report") if has_more else pgettext("a reading", "Done")

    def clean(self):
        super().clean()
        if self.url and not self.url.startswith(("http://", "https://", "webcal://", "webcals://")):
            raise ValidationError({"url": _("A calendar's address begins with https:// or webcal://.")})


class ImportedEvent(models.Model):
    """Links an event to its entry in the source, with the values of the last import.

    It remains if the event is deleted here, so that the next import does not create the event again.
    """

    subscription = models.ForeignKey(Subscription, on_delete=models.CASCADE, related_name="imported")
    uid = models.CharField(max_length=500)
    event = models.ForeignKey("events.EventPage", on_delete=models.SET_NULL, null=True, related_name="imports")
    # Each field's value at the last import. A field that differs now was edited here.
    imported_values = models.JSONField(default=dict)
    content_hash = models.CharField(max_length=64, blank=True)
    is_gone = models.BooleanField(default=False)
    seen_at = models.DateTimeField()

    class Meta:
        verbose_name = _("imported event")
        verbose_name_plural = _("imported events")
        constraints = [models.UniqueConstraint(fields=["subscription", "uid"], name="events_imported_once")]

    def __str__(self):
        return self.uid
