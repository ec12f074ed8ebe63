"""Counts what readers open in the web server, before any record is read."""
