"""Offboarding: a person leaves the newsroom; what is theirs ends or is handed over, in one act."""
