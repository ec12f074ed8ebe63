"""The public read-only API of a site: its public pages and the files that they use.

It is Wagtail's API version 2. Version 3 also writes, without running any hook, and is not mounted.
"""
