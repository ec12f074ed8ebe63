"""The public read-only API of a site: its public pages and their files.

This is Wagtail's API version 2. Version 3 is not mounted: it also writes, and runs no hooks.
"""
