"""The form widgets of an event, and of a recurrence rule (RFC 5545, section 3.3.10) with several controls."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from typing import Any

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminPageChooser

from events.formatting.rules import format_rule, weekday_ranks
from events.recurrence import DAYS, Rule, RuleError

UNCHANGED = "UNCHANGED"


class EventChooser(AdminPageChooser):
    """Shows the days of the chosen event beside its title."""

    def __init__(self, **kwargs: Any):
        super().__init__(target_models=["events.EventPage"], **kwargs)
        # Wagtail's label would stay in the language of its first use.
        self.choose_one_text = _("Choose an event")

    def get_display_title(self, instance: Any) -> str:
        return " · ".join(filter(None, [super().get_display_title(instance), instance.days_in_words]))


class PlacesInput(forms.NumberInput):
    """A number of places. Entering one turns on registration on this site."""

    class Media:
        js = ["js/places.js"]


class RecurrenceWidget(forms.Widget):
    """Several controls for one rule. A rule that they cannot express stays unchanged."""

    template_name = "events/widgets/recurrence.html"

    class Media:
        js = ["js/recurrence.js"]
        css = {"all": ["css/recurrence.css"]}

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> str:
        if f"{name}-period" not in data:
            return data.get(name, "")
        period = data.get(f"{name}-period", "")
        if not period:
            return ""
        if period == UNCHANGED:
            return data.get(f"{name}-unchanged", "")
        interval = str(data.get(f"{name}-interval", "")).strip() or "1"
        parts = [f"FREQ={period}"] + ([f"INTERVAL={interval}"] if interval != "1" else [])
        if period == "WEEKLY":
            days = data.getlist(f"{name}-days") if hasattr(data, "getlist") else data.get(f"{name}-days", [])
            parts += [f"BYDAY={','.join(day for day in DAYS if day in days)}"] if days else []
        if period == "MONTHLY":
            parts += self._within_month(data, name)
        end, until, count = (str(data.get(f"{name}-{part}", "")).strip() for part in ("end", "until", "count"))
        if end == "until":
            parts.append(f"UNTIL={until.replace('-', '')}")
        elif end == "count":
            parts.append(f"COUNT={count}")
        return ";".join(parts)

    def _within_month(self, data: Mapping[str, Any], name: str) -> list[str]:
        rank, day = data.get(f"{name}-place", ""), data.get(f"{name}-day", "")
        if rank == "end":
            return ["BYMONTHDAY=-1"]
        return [f"BYDAY={rank}{day}"] if rank in weekday_ranks() and day in DAYS else []

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return name not in data and f"{name}-period" not in data

    def id_for_label(self, id_: str) -> str:
        return f"{id_}-period" if id_ else id_

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        text = str(value or "")
        chosen = _choices_of(text)
        periods: list[tuple[str, Any]] = [
            ("", _("never: a single date")),
            ("DAILY", _("daily")),
            ("WEEKLY", _("weekly")),
            ("MONTHLY", _("monthly")),
            ("YEARLY", _("yearly")),
        ]
        if chosen["period"] == UNCHANGED:
            periods.append((UNCHANGED, format_rule(text)))
        context["widget"] |= {
            "chosen": chosen,
            "text": text,
            "words": format_rule(text),
            "periods": periods,
            "weekdays": [(code, WEEKDAYS[number]) for number, code in enumerate(DAYS)],
            "places": [
                ("", _("on the same day of the month")),
                ("end", _("on the last day")),
                *weekday_ranks().items(),
            ],
            "ends": [
                ("", _("no end date")),
                ("until", _("until (inclusive)")),
                ("count", _("after this many dates")),
            ],
        }
        return context


def _choices_of(text: str) -> dict[str, Any]:
    chosen: dict[str, Any] = dict.fromkeys(("period", "place", "end", "until", "count"), "")
    chosen |= {"interval": 1, "days": [], "day": "MO"}
    if not text:
        return chosen
    try:
        rule = Rule.parse(text)
    except RuleError:
        return chosen | _raw_choices(text)
    parts = dict(rule.parts)
    chosen |= {"period": rule.period, "interval": rule.interval}
    if rule.period == "WEEKLY" and parts.keys() <= {"BYDAY"}:
        chosen["days"] = [day for day in parts.get("BYDAY", "").split(",") if day]
    elif rule.period == "MONTHLY" and parts == {"BYMONTHDAY": "-1"}:
        chosen["place"] = "end"
    elif rule.period == "MONTHLY" and parts.keys() == {"BYDAY"} and parts["BYDAY"][:-2] in weekday_ranks():
        chosen |= {"place": parts["BYDAY"][:-2], "day": parts["BYDAY"][-2:]}
    elif parts:
        chosen["period"] = UNCHANGED
    if any(day not in DAYS for day in chosen["days"]):
        chosen |= {"period": UNCHANGED, "days": []}
    if rule.until:
        chosen |= {"end": "until", "until": rule.until.isoformat()}
    elif rule.count:
        chosen |= {"end": "count", "count": rule.count}
    return chosen


def _raw_choices(text: str) -> dict[str, Any]:
    """Return the control values for an invalid rule, so that the editor can correct it."""
    raw = dict(part.partition("=")[::2] for part in text.split(";"))
    until = raw.get("UNTIL", "")
    if len(until) == len("20270101") and until.isdigit():
        with suppress(ValueError):
            until = date(int(until[:4]), int(until[4:6]), int(until[6:])).isoformat()
    end = "until" if "UNTIL" in raw else "count" if "COUNT" in raw else ""
    return {
        "period": raw.get("FREQ", UNCHANGED),
        "interval": raw.get("INTERVAL", 1),
        "days": raw.get("BYDAY", "").split(",") if raw.get("FREQ") == "WEEKLY" else [],
        "end": end,
        "until": until,
        "count": raw.get("COUNT", ""),
    }
