"""The check-in list of a date, on a phone or printed."""
