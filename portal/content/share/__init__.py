"""Share images: the picture with a page's title that social networks show if the page has no lead image.

The URL contains the page's key and a version of its text, so that nobody can have another text drawn. Each version is
drawn once.
"""
