"""Backups of an installation: making, restoring and rehearsing them."""
