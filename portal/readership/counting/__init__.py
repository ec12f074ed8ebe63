"""Counts views in the web server, without reading any record."""
