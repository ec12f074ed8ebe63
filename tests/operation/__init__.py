"""Faults of what the portal stands on, injected, and what readers and editors notice of them."""
