"""Offboarding: if a person leaves the newsroom, one action ends their access and hands over their work."""
