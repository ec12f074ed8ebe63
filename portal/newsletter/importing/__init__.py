"""Imports an existing subscriber list, with the proof of their consent."""
