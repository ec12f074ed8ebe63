"""What other programs may read of a site: its public pages and the files that they use, and nothing else.

Wagtail's API of version 2, which only reads. Its version 3 also writes, past every hook, and is not mounted.
"""
