"""Newsroom accounts: invitations, addresses, roles, and the history of changes."""
