"""Typed dates; Django has the formats for output."""

from portal.formats.typed import TIMES, dates, dates_with_times

DATE_INPUT_FORMATS = dates("/")
TIME_INPUT_FORMATS = TIMES
DATETIME_INPUT_FORMATS = dates_with_times("/")
