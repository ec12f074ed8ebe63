"""The calendar of the newsroom: its page, planned items, moving an entry, and the file for calendar programs."""
