"""Providers of identities (OpenID Connect) by which people sign in, and the roles that their claims give."""
