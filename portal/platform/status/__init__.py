"""What tells monitors, administrators and readers how the installation is."""
