"""Keeps the portal working when something it relies on fails or changes: the cache, the database, the keys."""
