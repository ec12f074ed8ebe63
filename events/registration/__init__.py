"""Registration for the dates of events: seats, waiting list, messages and the public forms."""
