"""Which rows and files belong to a site, and how they are moved, renamed or deleted."""
