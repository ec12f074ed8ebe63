"""Accounts of the newsroom: invitations, addresses, and who did what to them."""
