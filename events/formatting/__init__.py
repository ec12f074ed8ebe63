"""Formats and folds texts about dates: pure modules."""
