"""Generates realistic content in bulk, to measure the portal with."""
