"""How the installation is, for its administrators, and what fails at a site, for the site's."""
