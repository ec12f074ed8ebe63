"""Handles requests that no form of the newsroom sends, and forms whose session has ended."""
