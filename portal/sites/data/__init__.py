"""Which rows and files belong to a site, and what becomes of them when it is moved, renamed or deleted."""
