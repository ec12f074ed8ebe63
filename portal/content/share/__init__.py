"""Share images: the picture with a page's title that social networks show if the page has no lead image.

The URL contains the page's key and a version of its text, so no other text is ever drawn. Each version is drawn once.
"""
