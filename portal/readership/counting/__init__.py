"""Counts views in the web server, without database queries."""
