"""Requests that no form of the newsroom sends, and forms whose sign-in has ended."""
