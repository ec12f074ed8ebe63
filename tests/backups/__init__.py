"""Backups: what is made, kept, and put back."""
