"""Backups: making, storing and restoring them."""
