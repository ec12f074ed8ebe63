"""Metrics, alerts, and the read-only installation."""
