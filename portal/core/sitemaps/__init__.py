"""Maps of a site for search engines: an index, the pages of each language in parts, and the news of two days."""
