"""Exceptions to a series' rule: added dates, changed dates and breaks, as inline models of the event page."""

from datetime import datetime, time, timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _, pgettext_lazy
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail.admin.widgets import AdminDateInput
from wagtail.models import Orderable

from events.clock import is_plausible, midnight, next_at
from events.recurrence import AddedOccurrence, ChangedOccurrence, Gap, key_of
from events.status import EventStatus
from portal.content.editing.folded import FoldedPanel
from portal.formats.fields import NEAR

IMPLAUSIBLE = _("The year must be between 1900 and 2200.")


def end_of_date(start: datetime, end: time | None, length: timedelta) -> datetime:
    """Return the end as a wall time: at the next `end` hour, or after the usual length."""
    return start + length if end is None else next_at(start, end)


def check_days(record: models.Model, names: tuple[str, ...]) -> None:
    errors = {name: IMPLAUSIBLE for name in names if (day := getattr(record, name)) and not is_plausible(day)}
    if errors:
        raise ValidationError(errors)


class AddedDate(Orderable):
    """A date in addition to those of the rule, by default at the series' times."""

    page = ParentalKey("events.EventPage", on_delete=models.CASCADE, related_name="added_dates")
    day = models.DateField(_("day"))
    start_time = models.TimeField(_("from"), null=True, blank=True)
    end_time = models.TimeField(_("to"), null=True, blank=True)

    panels = [FieldRowPanel([FieldPanel("day"), FieldPanel("start_time"), FieldPanel("end_time")])]

    class Meta(Orderable.Meta):
        verbose_name = _("added date")
        verbose_name_plural = _("added dates")

    def __str__(self):
        return str(self.day)

    def clean(self):
        super().clean()
        check_days(self, ("day",))

    def addition(self, start: datetime, end: datetime) -> AddedOccurrence:
        """Return the added date of a series with this first date. All are wall times."""
        begin = datetime.combine(self.day, self.start_time or start.time())
        return AddedOccurrence(begin, end_of_date(begin, self.end_time, end - start))


class Break(Orderable):
    """Days on which the series pauses, such as holidays. Without a last day it pauses until further notice."""

    page = ParentalKey("events.EventPage", on_delete=models.CASCADE, related_name="breaks")
    first_day = models.DateField(_("from"))
    last_day = models.DateField(
        pgettext_lazy("the last day", "to"), null=True, blank=True, help_text=_("Empty: until further notice.")
    )
    reason = models.CharField(_("reason"), max_length=200, blank=True, help_text=_("Shown to readers."))

    panels = [
        FieldRowPanel([FieldPanel("first_day"), FieldPanel("last_day", widget=AdminDateInput({NEAR: "first_day"}))]),
        FieldPanel("reason", help_text=_("For the newsroom; readers do not see it.")),
    ]

    class Meta(Orderable.Meta):
        verbose_name = _("pause")
        verbose_name_plural = _("pauses")

    def __str__(self):
        return f"{self.first_day} – {self.last_day or '…'}"

    def clean(self):
        super().clean()
        check_days(self, ("first_day", "last_day"))
        if self.last_day and self.first_day and self.last_day < self.first_day:
            raise ValidationError({"last_day": _("The end is before the start.")})

    @property
    def gap(self) -> Gap:
        return Gap(self.first_day, self.last_day)


_REASON = _("Readers see it beside a date that is cancelled, moved or full, but not for a date that is left out.")


class ChangedDate(Orderable):
    """An exception for one date, identified by its unchanged day and, for an added date, its time."""

    class Kind(models.TextChoices):
        CHANGED = "changed", _("Changed")
        CANCELLED = "cancelled", pgettext_lazy("a date", "Cancelled: stays in sight, struck through")
        REMOVED = "removed", pgettext_lazy("a date", "Left out: as if it had never been announced")

    page = ParentalKey("events.EventPage", on_delete=models.CASCADE, related_name="changed_dates")
    day = models.DateField(_("date"), help_text=_("The day according to the rule."))
    hour = models.TimeField(_("hour"), null=True, blank=True, help_text=_("Only for a date that was added."))
    kind = models.CharField(_("what happens"), max_length=12, choices=Kind, default=Kind.CHANGED)
    reason = models.CharField(_("reason"), max_length=200, blank=True, help_text=_("Shown to readers."))
    new_day = models.DateField(_("new day"), null=True, blank=True)
    new_start = models.TimeField(_("new start"), null=True, blank=True)
    new_end = models.TimeField(_("new end"), null=True, blank=True)
    title = models.CharField(_("other title"), max_length=255, blank=True)
    venue = models.ForeignKey(
        "events.Venue",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("other venue"),
    )
    place = models.CharField(_("other place"), max_length=200, blank=True)
    online_url = models.URLField(_("other address online"), blank=True)
    is_full = models.BooleanField(_("full"), default=False)

    panels = [
        FieldRowPanel(
            [FieldPanel("day"), FieldPanel("kind", widget=forms.RadioSelect), FieldPanel("reason", help_text=_REASON)]
        ),
        FoldedPanel(
            [
                FieldRowPanel(
                    [
                        FieldPanel("new_day", widget=AdminDateInput({NEAR: "day"})),
                        FieldPanel("new_start"),
                        FieldPanel("new_end"),
                    ]
                ),
                FieldRowPanel([FieldPanel("venue"), FieldPanel("place"), FieldPanel("online_url")]),
                FieldRowPanel([FieldPanel("title"), FieldPanel("hour"), FieldPanel("is_full")]),
            ],
            summary=_("Other day, hours, place or title"),
            opens_with=("kind", Kind.CHANGED.value),
        ),
    ]

    class Meta(Orderable.Meta):
        verbose_name = _("changed date")
        verbose_name_plural = _("changed dates")

    def __str__(self):
        return str(self.day)

    def clean(self):
        super().clean()
        check_days(self, ("day", "new_day"))

    @property
    def key(self) -> str:
        """The key of the date that it changes."""
        return key_of(datetime.combine(self.day, self.hour or time()), is_added=self.hour is not None)

    @property
    def is_without_change(self) -> bool:
        """Whether the date takes place as the rule defines it."""
        changes = (self.reason, self.new_day, self.new_start, self.new_end, self.title, self.venue_id, self.place)
        return self.kind == self.Kind.CHANGED and not (any(changes) or self.online_url or self.is_full)

    @property
    def status(self) -> EventStatus | None:
        """This date's status if it differs from the event's; otherwise None."""
        if self.kind == self.Kind.CANCELLED:
            return EventStatus.CANCELLED
        if self.is_full:
            return EventStatus.FULL
        return EventStatus.MOVED if self.new_day else None

    def change(self, start: datetime, end: datetime, *, is_all_day: bool = False) -> ChangedOccurrence:
        """Return the change in a series with this first date. All are wall times."""
        begin = finish = None
        if self.new_day or self.new_start or self.new_end:
            usual = self.hour or start.time()
            begin = datetime.combine(self.new_day or self.day, usual if is_all_day else self.new_start or usual)
            begin = midnight(begin.date()) if is_all_day else begin
            finish = end_of_date(begin, None if is_all_day else self.new_end, end - start)
        return ChangedOccurrence(self.day, self.hour, begin, finish, self.kind == self.Kind.REMOVED, self)
