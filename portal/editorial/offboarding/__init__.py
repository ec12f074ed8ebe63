"""Offboarding: when a person leaves the newsroom, their access ends and their work is handed over in one action."""
