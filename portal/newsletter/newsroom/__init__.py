"""The newsletter's rooms in the newsroom: issues and their reports, subscribers."""
