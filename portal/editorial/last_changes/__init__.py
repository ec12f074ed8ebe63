"""Who last changed each passage of a page's text."""
