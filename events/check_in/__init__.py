"""Who has come to a date: the list for the door, ticked on a phone or printed."""
