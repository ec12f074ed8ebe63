"""Sitemaps: an index, each language's pages in parts, and the news of the last two days."""
