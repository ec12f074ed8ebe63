"""Injected faults of database, cache and storage, and what readers and editors notice of them."""
