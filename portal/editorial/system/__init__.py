"""The installation's status for network administrators, and a site's failures for its administrators."""
