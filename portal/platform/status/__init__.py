"""The installation's status, for monitors, administrators and readers."""
