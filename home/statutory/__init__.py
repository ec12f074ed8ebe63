"""Legally required pages: accessibility statement, legal notice, privacy notice; and the site map."""
