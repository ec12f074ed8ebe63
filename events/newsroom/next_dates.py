"""The next dates of a series, shown while an editor chooses its rule."""

from datetime import time
from itertools import islice
from typing import Any

from django import forms
from django.http import HttpRequest, JsonResponse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from events.clock import next_at
from events.editing.forms import EndField, WallClockField
from events.editing.widgets import RecurrenceWidget
from events.formatting.rules import format_rule
from events.recurrence import RuleError, Series, horizon_from

SHOWN = 6


class SeriesForm(forms.Form):
    start = WallClockField()
    end = EndField(required=False)
    recurrence = forms.CharField(max_length=500, widget=RecurrenceWidget)


@require_POST
def next_dates(request: HttpRequest) -> JsonResponse:
    """Return the rule in words and its first dates, or the reason why it has none; empty while either is incomplete."""
    form = SeriesForm(request.POST)
    is_valid, rule = form.is_valid(), form.cleaned_data.get("recurrence", "")
    # The number of dates or the last day is still missing.
    is_unfinished = rule.endswith("=")
    words = "" if is_unfinished else format_rule(rule) or _("One date")
    text = _dates_by(rule, form.cleaned_data) if is_valid and not is_unfinished else ""
    return JsonResponse({"text": text, "words": words})


def _dates_by(rule: str, span: dict[str, Any]) -> str:
    start, end = span["start"], span["end"] or span["start"]
    if isinstance(end, time):
        end = next_at(start, end)
    horizon = horizon_from(start, start)
    series = Series(start=start, end=max(end, start), rule=rule)
    try:
        series.check(horizon)
    except RuleError as error:
        return str(error)
    days = list(islice(series.rule_dates(horizon), SHOWN + 1))
    named = " · ".join(date_format(day, "D j N Y") for day in days[:SHOWN])
    return _("%(dates)s and so on") % {"dates": named} if len(days) > SHOWN else named
