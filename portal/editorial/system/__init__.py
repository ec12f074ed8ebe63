"""The state of the installation for its administrators, and the failures of a site for the site's."""
