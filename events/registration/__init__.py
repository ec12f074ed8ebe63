"""Registering for the dates of events: seats, waiting list, letters, and the lists of those who come."""
