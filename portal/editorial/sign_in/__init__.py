"""Signing in to the newsroom, and asking for a new password: limited, without locking anybody out."""
