"""Injected faults of database, cache and storage, and their effect on readers and editors."""
