"""Keeps the portal working when its cache or database fails, or its keys change."""
