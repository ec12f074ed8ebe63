"""The state of the installation, for monitors, administrators and readers."""
