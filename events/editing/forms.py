"""The event edit form: wall times in the event's zone, and the recurrence rule."""

from contextlib import suppress
from datetime import datetime, time, timedelta
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminDateTimeInput
from wagtail.permissions import policy_registry

from events.clock import (
    FIRST_YEAR,
    LAST_YEAR,
    instant,
    is_doubled,
    is_missing,
    is_plausible,
    midnight,
    next_at,
    wall_time,
)
from events.editing.widgets import RecurrenceWidget
from events.records.series import ChangedDate
from events.records.venues import Venue
from portal.content.forms import DistinctRows, PortalPageForm
from portal.content.records.settings import SiteSettings
from portal.formats.fields import EXAMPLE, SPAN, TypedDateField, parse_typed
from portal.formats.reading import NotUnderstoodError, read_date_and_time, read_hour, split_span
from portal.platform.zones import known_names, zone

# The fields on which an event's wall times depend.
CLOCK = ("is_all_day", "time_zone", "zone_change", "doubled_hour")


class WallClockField(forms.DateTimeField):
    """A naive wall time. Its zone is in another field."""

    widget = AdminDateTimeInput

    def prepare_value(self, value: Any) -> Any:
        return value

    def to_python(self, value: Any) -> datetime | None:
        # Django's conversion would use the admin's zone, and overflows for dates in the year 1.
        if value in self.empty_values:
            return None
        shown = parse_typed(lambda: read_date_and_time(str(value), timezone.localdate()), EXAMPLE)
        if not is_plausible(shown):
            raise ValidationError(
                _("The year must be between %(first)d and %(last)d."), params={"first": FIRST_YEAR, "last": LAST_YEAR}
            )
        return shown


def is_day_alone(typed: str) -> bool:
    """Whether this is a day without a time, which `WallClockField` parses as midnight."""
    try:
        TypedDateField().to_python(typed)
    except ValidationError:
        return False
    return bool(typed.strip())


class StartField(WallClockField):
    """A start. The error for “18 décembre 14h-17h” says which field is for the end."""

    def to_python(self, value: Any) -> datetime | None:
        try:
            return super().to_python(value)
        except ValidationError:
            if span := split_span(str(value), timezone.localdate()):
                raise ValidationError(SPAN.format(end=span[1]), code="invalid") from None
            raise


class EndField(WallClockField):
    """An end, which may be a time on the day of the start or in the following night."""

    def to_python(self, value: Any) -> datetime | time | None:  # type: ignore[override]
        try:
            return super().to_python(value)
        except ValidationError:
            with suppress(NotUnderstoodError):
                return read_hour(str(value))
            raise


class ChangedDates(DistinctRows):
    distinct_by = ("day", "hour")

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        kwargs: dict[str, Any] = super().get_form_kwargs(index)
        if index is None or index >= self.initial_form_count():
            # Most new exceptions cancel a date. A date that was opened to be moved already has a row.
            kwargs["initial"] = {"kind": ChangedDate.Kind.CANCELLED}
        return kwargs

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        if form.instance.day:
            # A link to this row finds it by the key.
            form.fields["day"].widget.attrs["data-row"] = form.instance.key

    def repetition_of(self, row: Any) -> str:
        return _("%(day)s is changed twice.") % {"day": row.cleaned_data["day"]}


class EventPageForm(PortalPageForm):
    compared_with: ClassVar[dict[str, tuple[str, ...]]] = PortalPageForm.compared_with | {
        "end": ("start",),
        "recurrence": ("start", "end"),
    }

    start = StartField(label=_("Start"), help_text=_("In the local time of the place."))
    end = EndField(
        label=_("End"),
        required=False,
        help_text=_("Optional. Just “19:30” will do."),
    )
    recurrence = forms.CharField(label=_("Repeats"), required=False, max_length=500, widget=RecurrenceWidget)
    doubled_hour = forms.ChoiceField(
        label=_("When the clocks go back"),
        required=False,
        choices=[("first", _("the hour’s first occurrence")), ("second", _("the hour’s second occurrence"))],
        help_text=_("Only for an hour that occurs twice, on the night when the clocks go back."),
    )
    zone_change = forms.ChoiceField(
        label=_("When the time zone changes"),
        required=False,
        choices=[
            ("", _("ask me")),
            ("wall", _("keep the time of day")),
            ("instant", _("keep the point in time")),
        ],
        help_text=_("Needed only if you change the time zone of saved dates."),
    )

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        # The browser shows the errors of `clean` immediately.
        self.fields["start"].widget.attrs |= {"data-end": "id_end", "data-whole-days": "id_is_all_day"}
        self.fields["end"].widget.attrs |= {"data-not-before": "id_start", "data-whole-days": "id_is_all_day"}
        self._split_span()
        event = self.instance
        if self.for_user is not None and "venue" in self.fields:
            # The current venue may belong to another site if the page was moved.
            self.fields["venue"].queryset = choosable_venues(self.for_user, event.venue_id)
        if event.start is None:
            self.initial["time_zone"] = self._zone_of_site() or event.time_zone
            return
        event_zone = zone(event.time_zone)
        start = wall_time(event.start, event_zone)
        self.initial["start"] = _whole_minutes(start)
        self.initial["doubled_hour"] = "second" if start.fold else "first"
        if event.end is not None:
            end = wall_time(event.end, event_zone)
            self.initial["end"] = None if event.is_open_ended else _whole_minutes(end)
            if event.is_all_day:
                self.initial["end"] = midnight((end - timedelta(days=1)).date())

    def _split_span(self) -> None:
        """If a span was entered as the start, move its end to the empty end field."""
        start, end = self.add_prefix("start"), self.add_prefix("end")
        if not self.is_bound or self.data.get(end, "").strip():
            return
        with suppress(ValidationError):
            self.fields["start"].clean(self.data.get(start))
            return
        if span := split_span(self.data.get(start, ""), timezone.localdate()):
            self.data = self.data.copy()
            self.data[start], self.data[end] = span

    @property
    def read_by(self) -> dict[str, tuple[str, ...]]:
        times = dict.fromkeys(("start", "end"), CLOCK) if self.initial.get("start") else {}
        return super().read_by | {"zone_change": ("time_zone",), **times}

    def _zone_of_site(self) -> str:
        site = self.parent_page.get_site() if self.parent_page else None
        return SiteSettings.for_site(site).time_zone if site else ""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        self._complete_end(cleaned)
        if cleaned.get("time_zone") not in known_names():
            return cleaned
        clock = self._clock(cleaned)
        for name in ("start", "end"):
            shown = cleaned.get(name)
            if shown is None:
                continue
            is_typed = not self.fields[name].disabled
            is_without_hour = is_typed and is_day_alone(self.data.get(self.add_prefix(name), ""))
            if is_without_hour and not cleaned.get("is_all_day"):
                self.add_error(name, _("Add a time, for example 18:00, or choose “All day”."))
                continue
            if cleaned.get("is_all_day"):
                shown = midnight(shown.date()) + timedelta(days=1 if name == "end" else 0)
            elif is_missing(shown, clock):
                self.add_error(name, _("The clocks go forward that night: this hour does not exist."))
                continue
            elif is_doubled(shown, clock):
                shown = shown.replace(fold=int(cleaned.get("doubled_hour") == "second"))
            cleaned[name] = instant(shown, clock)
        return cleaned

    def _complete_end(self, cleaned: dict[str, Any]) -> None:
        start, end = cleaned.get("start"), cleaned.get("end")
        if not isinstance(end, time):
            return
        if start is None:
            self.add_error("end", _("Enter the start first, or the end with its day."))
        else:
            cleaned["end"] = next_at(start, end)

    def _clock(self, cleaned: dict[str, Any]) -> ZoneInfo:
        old, new = self.instance.time_zone, cleaned["time_zone"]
        had_start = self.instance.pk is not None and self.instance.start is not None
        if not had_start or "time_zone" not in self.changed_data:
            return zone(new)
        old = self.initial.get("time_zone", old)
        if not cleaned.get("zone_change"):
            self.add_error("zone_change", _("The time zone has changed: keep the time of day or the point in time?"))
        return zone(old if cleaned.get("zone_change") == "instant" else new)

    def is_valid(self) -> bool:
        return super().is_valid() and not self._is_elsewhere()

    def _is_elsewhere(self) -> bool:
        """Whether a changed date has a venue that the editor may not choose."""
        formset = self.formsets.get("changed_dates")
        if self.for_user is None or formset is None:
            return False
        for row in formset.rows_to_be:
            if not row.cleaned_data.get("venue"):
                continue
            allowed = choosable_venues(self.for_user, row.initial.get("venue"))
            if not allowed.filter(pk=row.cleaned_data["venue"].pk).exists():
                row.add_error("venue", _("Choose a venue of your site."))
                return True
        return False


def choosable_venues(user: Any, current: int | None) -> Any:
    permitted = policy_registry.get_by_type(Venue).instances_user_has_any_permission_for(user, ["choose"])
    return permitted | Venue.objects.filter(pk=current or 0)


def _whole_minutes(shown: datetime) -> datetime:
    return shown.replace(second=0, microsecond=0)
