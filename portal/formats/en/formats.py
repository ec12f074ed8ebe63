"""British dates: the portal's English readers live in Europe."""

from portal.formats.typed import TIMES, dates, dates_with_times

DATE_FORMAT = "j F Y"
SHORT_DATE_FORMAT = "d/m/Y"
DATETIME_FORMAT = "j F Y, H:i"
SHORT_DATETIME_FORMAT = "d/m/Y H:i"
TIME_FORMAT = "H:i"
YEAR_MONTH_FORMAT = "F Y"
MONTH_DAY_FORMAT = "j F"
FIRST_DAY_OF_WEEK = 1
DATE_INPUT_FORMATS = dates("/")
TIME_INPUT_FORMATS = TIMES
DATETIME_INPUT_FORMATS = dates_with_times("/")
