"""Sign-in by identity providers (OpenID Connect), and the roles that their claims grant."""
