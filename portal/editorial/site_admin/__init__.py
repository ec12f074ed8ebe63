"""What a site administrator keeps: the people of the own site with their roles, and its redirects."""
