"""Sitemaps: an index, the pages of each language in parts, and the news of the last two days."""
