"""The description of a recurrence rule, and the widget that edits it."""

import pytest
from django.http import QueryDict
from django.utils.translation import override

from events.editing.widgets import RecurrenceWidget
from events.formatting.rules import format_rule


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("", ""),
        ("FREQ=DAILY", "every day"),
        ("FREQ=DAILY;INTERVAL=3;COUNT=5", "every 3 days, 5 times"),
        ("FREQ=WEEKLY;BYDAY=TU", "every week on Tuesday"),
        (
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH;UNTIL=20260630",
            "every 2 weeks on Tuesday and Thursday until 30 June 2026",
        ),
        ("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "from Monday to Friday"),
        ("FREQ=MONTHLY", "every month"),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", "every month on the last day"),
        ("FREQ=MONTHLY;BYMONTHDAY=15", "every month on day 15"),
        ("FREQ=MONTHLY;BYDAY=2TU", "every month on the second Tuesday"),
        ("FREQ=MONTHLY;INTERVAL=2;BYDAY=-1FR", "every 2 months on the last Friday"),
        ("FREQ=YEARLY", "every year"),
        ("FREQ=YEARLY;BYWEEKNO=20", "FREQ=YEARLY;BYWEEKNO=20"),
        ("nonsense", "nonsense"),
    ],
)
def test_rule_in_words(rule, words):
    with override("en"):
        assert format_rule(rule) == words


def chosen(**parts) -> str:
    data = QueryDict(mutable=True)
    for name, value in parts.items():
        data.setlist(f"rule-{name}", value if isinstance(value, list) else [value])
    return RecurrenceWidget().value_from_datadict(data, {}, "rule")


@pytest.mark.parametrize(
    ("parts", "rule"),
    [
        ({"period": ""}, ""),
        ({"period": "DAILY", "interval": "1", "end": ""}, "FREQ=DAILY"),
        ({"period": "WEEKLY", "interval": "2", "days": ["TU"], "end": "until", "until": "2026-06-30"},
         "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU;UNTIL=20260630"),
        ({"period": "MONTHLY", "interval": "1", "place": "end", "day": "MO", "end": "count", "count": "6"},
         "FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=6"),
        ({"period": "MONTHLY", "interval": "", "place": "2", "day": "TU"}, "FREQ=MONTHLY;BYDAY=2TU"),
        ({"period": "MONTHLY", "place": "", "day": "TU"}, "FREQ=MONTHLY"),
        ({"period": "UNCHANGED", "unchanged": "FREQ=YEARLY;BYWEEKNO=20"}, "FREQ=YEARLY;BYWEEKNO=20"),
    ],
)  # fmt: skip
def test_controls_make_a_rule(parts, rule):
    assert chosen(**parts) == rule


@pytest.mark.parametrize(
    "rule",
    [
        "",
        "FREQ=DAILY;INTERVAL=3;COUNT=5",
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH;UNTIL=20260630",
        "FREQ=MONTHLY",
        "FREQ=MONTHLY;BYMONTHDAY=-1",
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU;WKST=SU",
        "FREQ=MONTHLY;BYDAY=-1FR",
        "FREQ=YEARLY;BYWEEKNO=20",
        "FREQ=WEEKLY;UNTIL=99999999",
    ],
)
def test_opening_and_sending_the_form_changes_no_rule(rule):
    from bs4 import BeautifulSoup

    html = BeautifulSoup(RecurrenceWidget().render("rule", rule, {"id": "id_rule"}), "html.parser")
    parts = {}
    for control in html.select("select"):
        option = control.select_one("option[selected]") or control.select_one("option")
        parts[control["name"].removeprefix("rule-")] = option["value"]
    for control in html.select("input:not([type=checkbox], [type=radio]), input[type=radio][checked]"):
        parts[control["name"].removeprefix("rule-")] = control.get("value", "")
    parts["days"] = [box["value"] for box in html.select("input[type=checkbox][checked]")]

    if rule.endswith("99999999"):
        assert "99999999" in chosen(**parts)
    else:
        assert chosen(**parts) == rule
