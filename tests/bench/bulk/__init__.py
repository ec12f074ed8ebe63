"""Generates realistic content in bulk for measurements."""
