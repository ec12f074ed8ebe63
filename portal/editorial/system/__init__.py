"""The state of the installation for network administrators, and the failures of a site for its own administrators."""
