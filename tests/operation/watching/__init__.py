"""Metrics, alerts and access lines."""
