"""Typed dates, and dates with times as text. The other output formats are Django's."""

from portal.formats.typed import TIMES, dates, dates_with_times

DATETIME_FORMAT = r"j. F Y \u\m H:i \U\h\r"
DATE_INPUT_FORMATS = dates(".")
TIME_INPUT_FORMATS = TIMES
DATETIME_INPUT_FORMATS = dates_with_times(".")
