"""Imports an existing list of subscribers, with the proof of their consent."""
