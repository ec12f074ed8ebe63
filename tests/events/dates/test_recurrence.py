"""The dates of a rule, compared with a slow day-by-day implementation without a library."""

from calendar import monthrange
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given, settings, strategies as st

from events.recurrence import (
    MAX_DATES,
    AddedOccurrence,
    ChangedOccurrence,
    Gap,
    Rule,
    RuleError,
    Series,
    expand,
    horizon_from,
)

START = datetime(2026, 3, 3, 10)
HORIZON = datetime(2028, 3, 3)
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


def series(rule: str = "", start: datetime = START, hours: float = 2, **facts) -> Series:
    return Series(start, start + timedelta(hours=hours), rule, **facts)


def keys(found: Series, horizon: datetime = HORIZON) -> list[str]:
    return [date_.key for date_ in expand(found, horizon).dates]


def oracle(rule: dict, start: datetime, horizon: datetime) -> list[datetime]:
    """Check for each day whether the rule includes it."""
    found: list[datetime] = []
    day = start.date()
    while day <= horizon.date():
        if wants(rule, start.date(), day) and datetime.combine(day, start.time()) <= horizon:
            if rule["until"] and day > rule["until"]:
                break
            found.append(datetime.combine(day, start.time()))
            if len(found) == rule["count"]:
                break
        day += timedelta(days=1)
    return found


def wants(rule: dict, first: date, day: date) -> bool:
    months = (day.year - first.year) * 12 + day.month - first.month
    monday, first_monday = day - timedelta(days=day.weekday()), first - timedelta(days=first.weekday())
    match rule["period"]:
        case "DAILY":
            return (day - first).days % rule["interval"] == 0
        case "WEEKLY":
            return day.weekday() in rule["days"] and (monday - first_monday).days // 7 % rule["interval"] == 0
        case "MONTHLY" if rule["last"]:
            return months % rule["interval"] == 0 and day.day == monthrange(day.year, day.month)[1]
        case "MONTHLY":
            return months % rule["interval"] == 0 and day.day == first.day
        case _:
            return (day.year - first.year) % rule["interval"] == 0 and (day.month, day.day) == (first.month, first.day)


@st.composite
def rules(draw) -> tuple[str, dict, datetime]:
    start = draw(st.datetimes(datetime(2024, 1, 1), datetime(2027, 12, 31))).replace(second=0, microsecond=0)
    period = draw(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]))
    interval = draw(st.integers(1, 5))
    rule = {"period": period, "interval": interval, "days": set(), "last": False, "until": None, "count": None}
    text = [f"FREQ={period}"] + ([f"INTERVAL={interval}"] if interval > 1 else [])
    if period == "WEEKLY":
        rule["days"] = {start.weekday()} | draw(st.sets(st.integers(0, 6), max_size=3))
        text.append("BYDAY=" + ",".join(DAYS[number] for number in sorted(rule["days"])))
    if period == "MONTHLY" and start.day == monthrange(start.year, start.month)[1]:
        rule["last"] = True
        text.append("BYMONTHDAY=-1")
    end = draw(st.sampled_from(["", "until", "count"]))
    if end == "until":
        rule["until"] = start.date() + timedelta(days=draw(st.integers(0, 500)))
        text.append(f"UNTIL={rule['until']:%Y%m%d}")
    elif end == "count":
        rule["count"] = draw(st.integers(1, 60))
        text.append(f"COUNT={rule['count']}")
    return ";".join(text), rule, start


@settings(deadline=None, max_examples=150)
@given(rules())
def test_rule_gives_the_same_days_as_a_day_by_day_check(drawn):
    text, rule, start = drawn
    horizon = start + timedelta(days=900)

    assert list(Rule.parse(text).dates(start, horizon)) == oracle(rule, start, horizon)
    assert str(Rule.parse(str(Rule.parse(text)))) == str(Rule.parse(text))


@settings(deadline=None, max_examples=100)
@given(rules(), st.lists(st.integers(0, 40), max_size=6), st.lists(st.integers(0, 900), max_size=4))
def test_removed_and_added_dates_are_the_only_difference(drawn, left_out, added):
    text, rule, start = drawn
    horizon = start + timedelta(days=900)
    dates = oracle(rule, start, horizon)
    gone = {dates[number] for number in left_out if number < len(dates)}
    more = {start + timedelta(days=number, hours=1) for number in added}
    found = expand(
        series(
            text,
            start,
            changes=tuple(ChangedOccurrence(moment.date(), is_removed=True) for moment in gone),
            additions=tuple(AddedOccurrence(moment, moment + timedelta(hours=1)) for moment in more),
        ),
        horizon,
    )

    starts = [date_.start for date_ in found.dates]
    assert starts == sorted((set(dates) - gone) | more)
    assert len({date_.key for date_ in found.dates}) == len(starts)
    assert not found.unattached


def test_single_date_has_one_key_whatever_its_day():
    assert keys(series()) == ["single"]


@pytest.mark.parametrize(
    ("rule", "start", "days"),
    [
        ("FREQ=MONTHLY;COUNT=4", datetime(2026, 1, 31, 9), ["2026-01-31", "2026-03-31", "2026-05-31", "2026-07-31"]),
        ("FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=3", datetime(2026, 1, 31, 9), ["2026-01-31", "2026-02-28", "2026-03-31"]),
        ("FREQ=MONTHLY;BYDAY=5FR;COUNT=3", datetime(2026, 1, 30, 9), ["2026-01-30", "2026-05-29", "2026-07-31"]),
        ("FREQ=YEARLY;COUNT=2", datetime(2024, 2, 29, 9), ["2024-02-29", "2028-02-29"]),
    ],
)
def test_days_missing_in_some_months(rule, start, days):
    assert keys(series(rule, start), datetime(2032, 1, 1)) == days


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("FREQ=WEEKLY;BYDAY=TH,TU;WKST=MO", "FREQ=WEEKLY;BYDAY=TU,TH"),
        ("COUNT=3;INTERVAL=1;FREQ=DAILY", "FREQ=DAILY;COUNT=3"),
        ("FREQ=WEEKLY;WKST=SU;INTERVAL=2", "FREQ=WEEKLY;INTERVAL=2;WKST=SU"),
    ],
)
def test_equal_rules_are_written_alike(text, same):
    assert str(Rule.parse(text)) == same


def test_cancelled_date_still_counts():
    found = series("FREQ=DAILY;COUNT=3", changes=(ChangedOccurrence(date(2026, 3, 4), is_removed=True),))

    assert keys(found) == ["2026-03-03", "2026-03-05"]


def test_last_day_is_included():
    assert keys(series("FREQ=DAILY;UNTIL=20260305")) == ["2026-03-03", "2026-03-04", "2026-03-05"]


def test_added_date_that_the_rule_has_is_one_date():
    addition = AddedOccurrence(START + timedelta(days=7), START + timedelta(days=7, hours=1))

    assert keys(series("FREQ=WEEKLY;COUNT=2", additions=(addition,))) == ["2026-03-03", "2026-03-10"]


def test_date_moved_onto_another_stays_itself():
    moved = START + timedelta(days=1)
    found = series("FREQ=DAILY;COUNT=2", changes=(ChangedOccurrence(date(2026, 3, 3), start=moved, end=moved),))

    assert keys(found) == ["2026-03-03", "2026-03-04"]
    assert [date_.start for date_ in expand(found, HORIZON).dates] == [moved, moved]


def test_change_of_an_unknown_date_stays_unattached():
    change = ChangedOccurrence(date(2026, 3, 4), start=START)
    found = expand(series("FREQ=WEEKLY;COUNT=3", changes=(change,)), HORIZON)

    assert found.unattached == [change]
    assert all(date_.change is None for date_ in found.dates)


def test_open_ended_pause_and_its_end():
    rule = "FREQ=WEEKLY;COUNT=5"

    assert keys(series(rule, gaps=(Gap(date(2026, 3, 10), None),))) == ["2026-03-03"]
    assert keys(series(rule, gaps=(Gap(date(2026, 3, 10), date(2026, 3, 20)),))) == [
        "2026-03-03",
        "2026-03-24",
        "2026-03-31",
    ]


def test_added_date_is_kept_during_a_pause():
    addition = AddedOccurrence(datetime(2026, 3, 12, 10), datetime(2026, 3, 12, 12))
    found = series("FREQ=WEEKLY;COUNT=2", gaps=(Gap(date(2026, 3, 10), None),), additions=(addition,))

    assert keys(found) == ["2026-03-03", "2026-03-12-1000"]


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        ("FREQ=SECONDLY", "hourly"),
        ("FREQ=HOURLY;COUNT=3", "hourly"),
        ("FREQ=DAILY;BYHOUR=9,10", "hourly"),
        ("FREQ=DAILY;COUNT=4000", "number of dates"),
        ("FREQ=DAILY;COUNT=0", "number of dates"),
        ("FREQ=DAILY;INTERVAL=0", "interval"),
        ("FREQ=DAILY;INTERVAL=100000", "interval"),
        ("FREQ=DAILY;COUNT=2;UNTIL=20270101", "not both"),
        ("FREQ=WEEKLY;UNTIL=20260302", "before its first"),
        ("FREQ=WEEKLY;BYDAY=WE", "4 March 2026"),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "no date"),
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;COUNT=3", "no date"),
        ("FREQ=DAILY;UNTIL=soon", "not a valid recurrence rule"),
        ("every tuesday", "not a valid recurrence rule"),
        ("FREQ=WEEKLY;UNTIL=", "^Enter the last day.$"),
        ("FREQ=WEEKLY;COUNT=", "^Enter the number of dates.$"),
        ("FREQ=DAILY;RSCALE=HEBREW", "not supported"),
    ],
)
def test_rule_that_no_series_can_have_is_refused_with_its_reason(rule, why):
    from django.utils.translation import override

    with override("en"), pytest.raises(RuleError, match=why):
        series(rule).check(HORIZON)


def test_series_with_too_many_dates_is_refused():
    with pytest.raises(RuleError):
        series("FREQ=DAILY", datetime(1960, 1, 1, 9)).check(horizon_from(datetime(2026, 1, 1), START))


def test_series_of_many_years_has_its_latest_dates():
    horizon = horizon_from(datetime(2026, 1, 1), START)
    old = series("FREQ=DAILY", datetime(2010, 1, 1, 9), changes=(ChangedOccurrence(date(2011, 3, 3)),))
    old.check(horizon)

    found = expand(old, horizon)

    assert (len(found.dates), found.dates[-1].start) == (
        MAX_DATES,
        datetime(horizon.year, horizon.month, horizon.day, 9),
    )
    # A change of a date that no longer exists is not an error.
    assert found.unattached == []


def test_endless_rule_ends_at_its_horizon():
    found = expand(series("FREQ=DAILY"), horizon_from(START, START))

    assert len(found.dates) == 732
    assert not series("FREQ=DAILY").is_over(HORIZON)
    assert series("FREQ=DAILY;COUNT=9").is_over(HORIZON)
    assert series("FREQ=DAILY;UNTIL=20260901").is_over(HORIZON)


def test_change_of_an_added_date_is_identified_by_its_hour():
    addition = AddedOccurrence(datetime(2026, 3, 12, 16), datetime(2026, 3, 12, 17))
    by_hour = series(
        "FREQ=WEEKLY;COUNT=1",
        additions=(addition,),
        changes=(ChangedOccurrence(date(2026, 3, 12), time(16), is_removed=True),),
    )
    by_day = series(
        "FREQ=WEEKLY;COUNT=1", additions=(addition,), changes=(ChangedOccurrence(date(2026, 3, 12), is_removed=True),)
    )

    assert keys(by_hour) == keys(by_day) == ["2026-03-03"]
