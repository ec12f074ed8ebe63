"""Share images: the picture that social networks show for a page without a lead image, with its title.

The URL contains the key of a page and a version of its text, so no other text is drawn. Each version is drawn once.
"""
