"""The picture that social networks show of a page without one: its title in the look of its site.

Nobody can have other words drawn: the address names a page of the site and the version of what is drawn of it, and
each version is drawn once and kept as a file.
"""
