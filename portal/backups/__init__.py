"""Backups of an installation: making them, restoring them, and trying whether they can be restored."""
