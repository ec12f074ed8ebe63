"""Handles requests that the newsroom's own forms never send, and forms whose session has ended."""
