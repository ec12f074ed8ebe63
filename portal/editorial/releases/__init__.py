"""Releases: many pages are checked, approved, published and undone as one."""
