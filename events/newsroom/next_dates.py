"""The next dates of a series, shown while its rule is being chosen."""

from datetime import time
from itertools import islice

from django import forms
from django.http import HttpRequest, JsonResponse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from events.clock import next_at
from events.editing.forms import EndField, WallClockField
from events.editing.widgets import RecurrenceWidget
from events.recurrence import RuleError, Series, horizon_from

SHOWN = 6


class SeriesForm(forms.Form):
    """What the form of an event says of its series."""

    start = WallClockField()
    end = EndField(required=False)
    recurrence = forms.CharField(max_length=500, widget=RecurrenceWidget)


@require_POST
def next_dates(request: HttpRequest) -> JsonResponse:
    """Name the first dates, or say why there are none; the text is empty while there is no start or no rule."""
    form = SeriesForm(request.POST)
    if not form.is_valid():
        return JsonResponse({"text": ""})
    start, rule = form.cleaned_data["start"], form.cleaned_data["recurrence"]
    end = form.cleaned_data["end"] or start
    if isinstance(end, time):
        end = next_at(start, end)
    horizon = horizon_from(start, start)
    series = Series(start=start, end=max(end, start), rule=rule)
    try:
        series.check(horizon)
    except RuleError as error:
        return JsonResponse({"text": str(error)})
    days = list(islice(series.rule_dates(horizon), SHOWN + 1))
    named = " · ".join(date_format(day, "D j N Y") for day in days[:SHOWN])
    return JsonResponse({"text": _("%(dates)s and so on") % {"dates": named} if len(days) > SHOWN else named})
