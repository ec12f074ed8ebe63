"""Site administration: site administrators manage the accounts, roles and redirects of their own sites."""
