"""The newsletter's admin views: issues, reports on their sending, subscribers."""
