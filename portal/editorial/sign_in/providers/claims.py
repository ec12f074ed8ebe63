"""A provider's claims as plain values. Uses no model and no request."""

from collections.abc import Mapping
from typing import Any

Claims = Mapping[str, Any]
# How a person signed in at a provider: SAML's authentication contexts, under a name that no attribute has.
AUTHN_CONTEXT = "authn_context"
# Values that prove a second factor, of RFC 8176, the REFEDS profile, Microsoft Entra over SAML, and ProConnect.
SECOND_FACTOR = {
    "mfa",
    "https://refeds.org/profile/mfa",
    "http://schemas.microsoft.com/claims/multipleauthn",
    "eidas0-mfa",
    "eidas1-mfa",
    "eidas2",
    "eidas3",
    # Former names of the first two.
    "https://proconnect.gouv.fr/assurance/self-asserted-2fa",
    "https://proconnect.gouv.fr/assurance/consistency-checked-2fa",
}
SAID_BY = ("amr", "acr", AUTHN_CONTEXT, "http://schemas.microsoft.com/claims/authnmethodsreferences")


def merged(data: Claims) -> dict[str, Any]:
    """The combined claims of ID token and userinfo endpoint; with SAML, the attributes.

    Microsoft Entra has roles only in the ID token, and ProConnect has the person only at the endpoint. Keycloak has
    both in both places. The endpoint takes precedence, because it is read later.
    """
    if "id_token" in data or "userinfo" in data:
        return {**(data.get("id_token") or {}), **(data.get("userinfo") or {})}
    return dict(data)


def proves_factor(claims: Claims) -> bool:
    """Whether the provider states that the person signed in with a second factor."""
    return any(SECOND_FACTOR & values_of(claims, name) for name in SAID_BY)


def values_of(claims: Claims, path: str) -> set[str]:
    """The values of a claim. A path such as `realm_access.roles` leads into a claim that is an object.

    A string is one value. A provider may omit groups if there are too many (Entra's `_claim_names`); then there are no
    values.
    """
    found: Any = claims
    # Claim names may contain dots, such as `https://example.org/roles` or `urn:oid:1.3.6.1.4.1.5923.1.1.1.1`.
    steps = [path] if path in claims else path.split(".")
    for step in steps:
        found = found.get(step) if isinstance(found, Mapping) else None
    if isinstance(found, str):
        return {found} if found else set()
    if isinstance(found, list | tuple):
        return {value for value in found if isinstance(value, str) and value}
    return set()
