"""Newsroom models. They import none of its rules."""
