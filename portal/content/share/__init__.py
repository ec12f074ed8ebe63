"""Share images: the picture that social networks show for a page without a lead image, with its title.

Nobody can have another text drawn: the URL contains the key of a page and a version of its text, and each version is
drawn once and stored as a file.
"""
