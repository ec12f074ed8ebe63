"""Sign-in through identity providers (OpenID Connect, SAML), and the roles that their claims grant."""
