"""The form field for the dates of a proposal: rows of a day, a start and an end."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from events.clock import is_plausible
from events.records.proposals import ProposedDate
from portal.formats.fields import TypedDateField, TypedTimeField

MOST_DATES = 8
# The number of rows shown at first.
SHOWN = 2
PARTS = ("day", "start", "end")


class DatesInput(forms.Widget):
    """Its value is a list of rows of three texts."""

    template_name = "events/proposals/dates_input.html"
    use_fieldset = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[list[str]]:
        return [[data.get(f"{name}-{number}-{part}", "").strip() for part in PARTS] for number in range(MOST_DATES)]

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return False

    def id_for_label(self, id_: str) -> str:
        return ""

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, None, attrs)
        rows = [*(value or []), *([["", "", ""]] * MOST_DATES)][:MOST_DATES]
        named = [
            {"number": number + 1, "name": f"{name}-{number}", **dict(zip(PARTS, row, strict=True))}
            for number, row in enumerate(rows)
        ]
        context["widget"] |= {
            "rows": named[:SHOWN],
            "further": named[SHOWN:],
            "is_unfolded": any(any(row) for row in rows[SHOWN:]),
        }
        return context


class DatesField(forms.Field):
    """Its value is a list of `ProposedDate`, the earliest first."""

    widget = DatesInput
    # Days of an earlier version of the proposal, which are accepted even if they have passed.
    proposed_days: frozenset[date] = frozenset()

    def clean(self, value: Any) -> list[ProposedDate]:
        rows = [(number, row) for number, row in enumerate(value, start=1) if any(row)]
        if not rows:
            raise ValidationError(_("Please enter at least one day."), code="required")
        problems: list[str] = []
        found: list[ProposedDate] = []
        for number, row in rows:
            try:
                found.append(_date_of(row, self.proposed_days))
            except ValidationError as error:
                problems += [_("Date %(number)d: %(problem)s") % {"number": number, "problem": each} for each in error]
        problems = problems or [*_problems_of(found)]
        if problems:
            raise ValidationError(problems)
        return sorted(found, key=lambda each: (each.day, each.start or datetime.min.time()))


def _date_of(row: list[str], proposed_days: frozenset[date]) -> ProposedDate:
    day = TypedDateField().clean(row[0]) if row[0] else None
    start, end = (TypedTimeField(required=False).clean(text) for text in row[1:])
    if day is None:
        raise ValidationError(_("Please enter the day."))
    if not is_plausible(day) or (day < timezone.localdate() and day not in proposed_days):
        raise ValidationError(_("This day has passed: choose a later one."))
    if end and not start:
        raise ValidationError(_("Please enter when it starts."))
    return ProposedDate(day, start, end)


def _problems_of(dates: list[ProposedDate]) -> Iterator[str]:
    if len({bool(each.start) for each in dates}) > 1:
        yield _("Please enter a start for every date, or for none if they take all day.")
    elif len({bool(each.end) for each in dates}) > 1:
        # An added date without an end would get the length of the first date.
        yield _("Please enter an end for every date, or for none if it is open.")
    if len({(each.day, each.start) for each in dates}) < len(dates):
        yield _("The same date appears twice.")
