"""Translations of pages: the version that each is based on, what has changed since, and how it is updated."""
