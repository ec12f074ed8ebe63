"""The day-first date and time formats that Europeans type. Django adds the ISO formats itself.

With scripts, `portal/overrides/static/wagtailadmin/js/date-time-chooser.js` accepts these and more.
"""

# “18:00”, “18h00”, “18.00”, “18 h”, “18”.
TIMES = ["%H:%M", "%H:%M:%S", "%Hh%M", "%H h %M", "%H.%M", "%Hh", "%H h", "%H"]


def dates(separator: str) -> list[str]:
    """The formats of a day. Fields show the first one."""
    separators = [separator, *(other for other in "/.-" if other != separator)]
    # “01-12-26” might begin with a year.
    short = [f"%d{each}%m{each}%y" for each in separators if each != "-"]
    return [f"%d{each}%m{each}%Y" for each in separators] + short


def dates_with_times(separator: str) -> list[str]:
    """The formats of a day with a time. A day without a time starts at midnight."""
    days = dates(separator)
    return [f"{day} {time}" for day in days for time in TIMES] + days
